"""What a baked person wears: kinds of garments, their cut in metres, and hair. Colours come when they are drawn."""

from dataclasses import dataclass

import numpy as np

UPPER = {"tee": 0.22, "shirt": 0.22, "hoodie": 0.18, "jacket": 0.16, "puffer": 0.1, "coat": 0.12}
THICK = {
    "tee": (0.012, 0.028), "shirt": (0.012, 0.028), "hoodie": (0.02, 0.034), "jacket": (0.022, 0.036),
    "puffer": (0.04, 0.06), "coat": (0.03, 0.044),
}  # fmt: skip
OVER = ("jacket", "puffer", "coat")
LOWER = {
    "f": {"trousers": 0.54, "shorts": 0.07, "skirt": 0.18, "dress": 0.21},
    "m": {"trousers": 0.86, "shorts": 0.14},
}
HAIR = {
    "f": {"short": 0.06, "crop": 0.03, "long": 0.3, "bob": 0.2, "bun": 0.1, "tail": 0.13, "afro": 0.05, "cap": 0.02,
          "beanie": 0.03, "scarf": 0.08},
    "m": {"short": 0.44, "crop": 0.18, "bald": 0.14, "long": 0.04, "bob": 0.03, "tail": 0.02, "afro": 0.05, "cap": 0.06,
          "beanie": 0.04},
}  # fmt: skip
HAIR_THICK = {"short": 0.016, "crop": 0.006, "bald": 0.004, "long": 0.02, "bob": 0.02, "bun": 0.012, "tail": 0.012,
              "afro": 0.055, "cap": 0.008, "beanie": 0.008, "scarf": 0.01}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outfit:
    """Garments and cut. Thicknesses and widths are metres off the body; hems are shares of the leg from the hip."""

    upper: str
    lower: str
    hair: str
    sleeve: float  # share of the arm
    upper_thick: float
    lower_thick: float
    leg_width: float
    trouser_hem: float
    skirt_hem: float
    coat_hem: float
    open_front: float  # half its width in metres; 0 is closed
    hair_thick: float
    hair_length: float  # metres below the chin
    beard: bool
    stockings: bool
    smooth: int


def draw_outfit(rng: np.random.Generator, age: float, gender: str, scale: float) -> Outfit:
    """Draw an outfit for someone of that age and gender; `scale` is 1 for an adult's size."""
    upper, lower = _pick(rng, UPPER), _pick(rng, LOWER[gender])
    hair = _hair(rng, age, gender)
    size = 0.6 + 0.4 * scale
    loose = upper in OVER
    return Outfit(
        upper, lower, hair,
        sleeve=float(rng.uniform(0.18, 0.45)) if upper == "tee" else {"shirt": 0.96, "coat": 1.0}.get(upper, 0.98),
        upper_thick=rng.uniform(*THICK[upper]) * size,
        lower_thick=rng.uniform(0.006, 0.02) * size,
        leg_width=rng.uniform(0.0, 0.05) * size,
        trouser_hem=1.02 if lower == "trousers" else rng.uniform(0.32, 0.55),
        skirt_hem=rng.uniform(0.42, 1.0),
        coat_hem=rng.uniform(0.25, 0.65),
        open_front=0.035 + 0.03 * rng.random() if loose and rng.random() < 0.55 else 0.0,
        hair_thick=HAIR_THICK[hair] * (0.7 + 0.5 * rng.random()),
        hair_length=(0.3 if hair == "long" else 0.05) + 0.12 * rng.random(),
        beard=bool(gender == "m" and age > 20 and rng.random() < 0.3),
        stockings=bool(gender == "f" and rng.random() < 0.4),
        smooth=int(rng.integers(4, 9)) + 6 * loose,
    )  # fmt: skip


def _hair(rng: np.random.Generator, age: float, gender: str) -> str:
    hair = _pick(rng, HAIR[gender])
    if age < 12.5 and hair in ("bald", "scarf"):
        return "short"
    if age > 65 and gender == "m" and hair in ("long", "tail", "afro"):
        return "bald"
    return hair


def _pick(rng: np.random.Generator, chances: dict[str, float]) -> str:
    weights = np.array(list(chances.values()))
    return str(rng.choice(list(chances), p=weights / weights.sum()))
