"""Colours and patterns of a person: skin, hair, cloth. Albedos are linear RGB, one row a region of the body."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bodies import REGIONS, Body

_PART = 51
Rows = NDArray[np.float32]
R = {name: index for index, name in enumerate(REGIONS)}
CLOTH = ("top", "bottom", "outer", "inner")
SKIN = np.array(
    [[.80, .60, .48], [.72, .52, .40], [.62, .42, .30], [.45, .29, .19], [.30, .18, .12], [.20, .12, .08], [.84, .66,
    .56]],
    np.float32,
)  # fmt: skip
HAIR = np.array(
    [[.02, .018, .016], [.035, .025, .02], [.09, .05, .03], [.16, .09, .045], [.36, .24, .11], [.30, .10, .05],
     [.55, .53, .5], [.75, .74, .72], [.25, .24, .23]], np.float32,
)  # fmt: skip
GREY_HAIR = (6, 7, 8)
HAIR_CHANCES = (0.26, 0.24, 0.24, 0.12, 0.09, 0.05)  # of the first six, which are not grey
NO_PARTING = 9.0


@dataclass(frozen=True, slots=True)
class Look:
    """Two colours and a pattern (kind, scale) a region; hair: parting, bald patch, strands, shine; accents of bags."""

    colours: Rows
    seconds: Rows
    patterns: NDArray[np.int32]
    hair: tuple[float, float, float, float]
    accents: Rows  # 4 x 3: hat, bag, and their second colours


def draw_look(body: Body, seed: int, person: int, *, infrared: bool) -> Look:
    """Draw how a person is coloured; the same seed and person give the same."""
    rng = np.random.default_rng([seed, _PART, person])
    look = _by_day(rng, body)
    return _in_infrared(rng, look) if infrared else look


def uniformed(look: Look, seed: int) -> Look:
    """Return the look in the shop's uniform: one colour for all of its staff, dark trousers."""
    rng = np.random.default_rng([seed, _PART])
    shirt = _hsv(rng.random() * 360, rng.uniform(0.4, 0.8), rng.uniform(0.25, 0.8))
    colours, patterns = look.colours.copy(), look.patterns.copy()
    for name in ("top", "outer"):
        colours[R[name]], patterns[R[name]] = shirt, (0, 0)
    colours[R["bottom"]], patterns[R["bottom"]] = _hsv(220, 0.1, 0.2), (0, 0)
    return replace(look, colours=colours, patterns=patterns)


def plastic(rng: np.random.Generator) -> Look:
    """Return a mannequin's look: one colour all over."""
    tone = np.float32(rng.choice([0.05, 0.35, 0.7, 0.8])) * np.array([1, rng.uniform(0.9, 1), rng.uniform(0.8, 1)])
    rows = np.tile(tone.astype(np.float32), (len(REGIONS), 1))
    none = np.zeros((len(REGIONS), 2), np.int32)
    return Look(rows, rows, none, (NO_PARTING, 0.0, 1.0, 0.0), np.tile(rows[:1], (4, 1)))


def _by_day(rng: np.random.Generator, body: Body) -> Look:
    colours = np.zeros((len(REGIONS), 3), np.float32)
    trousers, dress = body.meta["lower"] == "trousers", body.meta["lower"] == "dress"
    colours[R["skin"]] = SKIN[rng.integers(len(SKIN))] * rng.uniform(0.85, 1.1)
    colours[R["hair"]] = _hair(rng, body.info.age)
    jeans = rng.random() < 0.4 and not dress
    colours[R["bottom"]] = (
        _hsv(218, rng.uniform(0.3, 0.65), rng.uniform(0.22, 0.6)) if jeans else _cloth(rng, 0.55 if trousers else 0.2)
    )
    for name, dark in (("top", 0.25), ("outer", 0.5), ("shoes", 0.6), ("prop", 0.3), ("inner", 0.15)):
        colours[R[name]] = _cloth(rng, dark)
    colours[R["sole"]] = _hsv(0, 0, 0.9 if rng.random() < 0.4 else 0.1)
    for name in CLOTH:  # cloth of the skin's hue reads as a naked body
        while _alike(colours[R[name]], colours[R["skin"]]):
            colours[R[name]] = _cloth(rng, 0.4)
    seconds = np.stack([_cloth(rng, 0.3) for _ in REGIONS])
    patterns = _patterns(rng)
    if patterns[R["bottom"], 0] == 0:
        patterns[R["bottom"]], seconds[R["bottom"]] = (5, 10), colours[R["bottom"]] * 0.6
    return Look(colours, seconds, patterns, _strands(rng, body), np.stack([_cloth(rng, 0.35) for _ in range(4)]))


def _hair(rng: np.random.Generator, age: float) -> Rows:
    grey = 0.8 if age > 60 else 0.35 if age > 45 else 0.0
    index = rng.choice(GREY_HAIR) if rng.random() < grey else rng.choice(len(HAIR_CHANCES), p=HAIR_CHANCES)
    tone = HAIR[index]
    if rng.random() < 0.05:
        return _hsv(rng.random() * 360, 0.6, 0.5)
    return np.asarray(tone * np.float32(rng.uniform(0.7, 1.3)), np.float32)


def _strands(rng: np.random.Generator, body: Body) -> tuple[float, float, float, float]:
    parting = float(rng.choice([0.0, 0.03, -0.03])) if rng.random() < 0.3 else NO_PARTING
    thin = body.info.gender == "m" and body.info.age > 35 and rng.random() < 0.3
    patch = float(rng.uniform(0.03, 0.09)) if thin else 0.0
    return parting, patch, float(rng.uniform(5, 14)), float(rng.uniform(0.0, 0.08))


def _patterns(rng: np.random.Generator) -> NDArray[np.int32]:
    patterns = np.zeros((len(REGIONS), 2), np.int32)
    for name in ("top", "bottom", "outer"):
        if rng.random() < (0.2 if name == "bottom" else 0.45):
            kinds = (2, 3, 5, 6, 8, 9) if name == "bottom" else (1, 2, 3, 4, 6, 7, 8, 9, 10, 11)
            patterns[R[name]] = rng.choice(kinds), rng.integers(6, 26)
    return patterns


def _in_infrared(rng: np.random.Generator, look: Look) -> Look:
    """Dyes differ in the near infrared; cloth must differ from skin and from other cloth, or all look naked in grey."""
    colours, seconds = look.colours.copy(), look.seconds.copy()
    skin = float(rng.uniform(0.26, 0.42))
    colours[R["skin"]], colours[R["hair"]], colours[R["sole"]] = skin, rng.uniform(0.06, 0.25), 0.1
    for name in ("top", "outer", "bottom", "prop", "inner", "shoes"):
        for _ in range(30):
            value = float(rng.choice([rng.uniform(0.05, 0.2), rng.uniform(0.2, 0.55)]))
            near = (
                min(abs(np.log(value / colours[R[other]][0])) for other in ("top", "outer"))
                if name == "bottom"
                else 9.0
            )
            if abs(np.log(value / skin)) > 0.35 and near > 0.25:
                break
        colours[R[name]] = value
        seconds[R[name]] = np.clip(value * rng.choice([rng.uniform(0.4, 0.7), rng.uniform(1.4, 2.2)]), 0, 0.6)
    accents = np.repeat(rng.uniform(0.05, 0.5, (4, 1)), 3, 1).astype(np.float32)
    return replace(look, colours=colours, seconds=seconds, accents=accents)


def _cloth(rng: np.random.Generator, dark: float) -> Rows:
    """Draw a cloth's colour: dark with that chance, else pale or coloured."""
    kind = rng.random()
    if kind < dark:
        return _hsv(float(rng.choice([0, 220, 30, 230])), rng.uniform(0, 0.35), rng.uniform(0.12, 0.38))
    if kind < 0.72:
        return _hsv(float(rng.choice([0, 35, 210])), rng.uniform(0, 0.25), rng.uniform(0.5, 0.95))
    vivid = rng.random() < 0.12
    return _hsv(rng.random() * 360, 0.9 if vivid else rng.uniform(0.25, 0.72), rng.uniform(0.25, 0.85))


def _alike(a: Rows, b: Rows) -> bool:
    return bool(np.abs(a / a.max() - b / b.max()).sum() < 0.28)


def _hsv(hue: float, saturation: float, value: float) -> Rows:
    rgb = cv2.cvtColor(np.array([[[hue % 360, saturation, value]]], np.float32), cv2.COLOR_HSV2RGB)[0, 0]
    return np.asarray((rgb**2.2), np.float32)
