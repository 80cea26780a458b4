"""Who wears and carries what, and where it hangs: from a pose's words to accessories in their places.

The same person of a scene always gets the same hat, bag and colours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scripts.synthetic_shop.accessories import HATS, PUSHED
from scripts.synthetic_shop.bodies import ANCHORS, Body, Moment
from scripts.synthetic_shop.looks import Look, R

if TYPE_CHECKING:
    from scripts.synthetic_shop.agents import Pose

Reals = NDArray[np.float64]
_PART = 52
_OVER = ("jacket", "puffer", "coat")
_BAKED_HATS = ("scarf", "cap", "beanie")


@dataclass(frozen=True, slots=True)
class Worn:
    """An accessory in its place: `model` (4 x 4) puts it into its owner's space, `paint` (3 x 3) colours it.

    `own`: it counts as part of the person, in the box and in what is visible. What is held or hangs from a shoulder
    does not, as in photographs that people labelled.
    """

    name: str
    model: Reals
    paint: Reals
    own: bool = True


@dataclass(frozen=True, slots=True)
class _Fitting:
    """All that decides where a person's things hang, and what they are like."""

    pose: "Pose"
    body: Body
    look: Look
    at: dict[str, Reals]  # the body's anchors at this moment
    hat: str
    taste: float  # 0..1: which of several kinds
    sizes: Reals  # three times 0..1

    @property
    def grown(self) -> float:
        return self.body.info.height_m / 1.7

    def first(self) -> Reals:
        return painted(self.look.accents[0], self.look.accents[2])

    def second(self) -> Reals:
        return painted(self.look.accents[1], self.look.accents[3])

    def between_hands(self) -> Reals:
        return np.asarray((self.at["left"][:3, 3] + self.at["right"][:3, 3]) / 2, float)


def worn_by(
    pose: "Pose", body: Body, look: Look, moment: Moment, seed: Sequence[int], *, steep: bool
) -> tuple[Worn, ...]:
    """Return what a person wears and carries at a moment. `steep`: an open umbrella counts as its owner."""
    rng = np.random.default_rng([*seed, _PART])
    first, second = body.anchors[moment.first], body.anchors[moment.second]
    anchors = dict(zip(ANCHORS, np.asarray(first + (second - first) * moment.share, float), strict=True))
    fitting = _Fitting(pose, body, look, anchors, str(rng.choice(HATS)), float(rng.random()), rng.random(3))
    return (*_on_head(fitting), *_hung(fitting), *_held(fitting, steep), *_pushed(fitting))


def holds(pose: "Pose") -> str:
    """Return which set of frames a person's arms need."""
    if any(name in pose.carries for name in ("box", *PUSHED)):
        return "push"
    return "raise" if "umbrella" in pose.carries else "free"


def painted(first: ArrayLike, second: ArrayLike) -> Reals:
    """Return the paint that makes an accessory's first and second tint these colours, and leaves white."""
    return np.stack([np.asarray(first, float), np.asarray(second, float), np.ones(3)], 1)


def turned(angle: float, at: ArrayLike) -> Reals:
    """Return the 4 x 4 turn about z by `angle`, then the move to `at`."""
    model = np.eye(4)
    model[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    model[:3, 3] = np.asarray(at)
    return model


def _hang(anchor: Reals, scale: ArrayLike, shift: ArrayLike = (0.0, 0.0, 0.0)) -> Reals:
    model = anchor.copy()
    model[:3, 3] += model[:3, :3] @ np.asarray(shift, float)
    model[:3, :3] = model[:3, :3] * np.broadcast_to(np.asarray(scale, float), (3,))
    return model


def _on_head(of: _Fitting) -> Iterator[Worn]:
    """A hood, a hat (unless one is baked in), or the knot and tail of hair that the bake leaves out."""
    hair, on_head = of.body.meta["hair"], _hang(of.at["head"], of.body.meta["head"])
    if "hood" in of.pose.wears:
        cloth = of.look.colours[R["outer" if of.body.meta["upper"] in _OVER else "top"]]
        yield Worn("hood", on_head, painted(cloth, cloth))
    elif "hat" in of.pose.wears and hair not in _BAKED_HATS:
        yield Worn(of.hat, on_head, of.first())
    elif hair in ("bun", "tail"):
        tone = of.look.colours[R["hair"]]
        yield Worn("bun" if hair == "bun" else "ponytail", on_head, painted(tone, tone))


def _hung(of: _Fitting) -> Iterator[Worn]:
    """Backpacks, and bags at the hip or in one or both hands."""
    if "backpack" in of.pose.carries:
        size = np.array([0.34, 0.2, 0.46]) * of.grown * (0.8 + 0.4 * of.sizes[0])
        yield Worn("backpack", _hang(of.at["back"], size, (0, 0.02, 0.02)), of.second())
    if "bag" not in of.pose.carries:
        return
    if of.taste < 0.5:
        size = np.array([0.3, 0.32, 0.3]) * (0.7 + 0.5 * of.sizes[1])
        yield Worn("shoulder bag", _hang(of.at["hip"], size, (0.06, 0, 0)), of.second(), own=False)
        return
    for hand, share, paint in (("right", of.sizes[1], of.second()), ("left", of.sizes[2], of.first())):
        if hand == "right" or of.taste > 0.85:
            size = np.array([0.32, 0.36, 0.36]) * of.grown * (0.8 + 0.5 * share)
            yield Worn("bag", _hang(of.at[hand], size, (0, 0, -0.08)), paint, own=False)


def _held(of: _Fitting, steep: bool) -> Iterator[Worn]:
    """A box in both hands, an umbrella in the raised one: open on the street, and sometimes indoors."""
    if "box" in of.pose.carries:
        size = np.array([0.45, 0.36, 0.3]) * of.grown * (0.7 + 0.6 * of.sizes)
        paint = painted(of.look.accents[1], of.look.accents[3])
        yield Worn("box", _hang(turned(0.0, of.between_hands()), size, (0, 0.02, 0.04)), paint, own=False)
    if "umbrella" in of.pose.carries:
        is_open = of.pose.y < 0 or of.taste < 0.35
        plain = painted(of.look.accents[0], of.look.accents[0])
        grip = _hang(turned(0.0, of.at["right"][:3, 3]), 0.85 + 0.3 * of.sizes[0])
        yield Worn(
            "umbrella" if is_open else "folded umbrella", grip, of.first() if of.sizes[1] < 0.5 else plain,
            own=is_open and steep,
        )  # fmt: skip


def _pushed(of: _Fitting) -> Iterator[Worn]:
    """A pram or a trolley, its handle in the hands, its wheels on the floor."""
    for name in PUSHED:
        if name in of.pose.carries:
            mesh = name if name == "pram" else ("trolley0", "trolley1", "wheeled bag")[int(of.taste * 3)]
            x, y, z = of.between_hands()
            yield Worn(mesh, _hang(turned(0.0, (x, y, 0.0)), (1, 1, min(1.0, max(0.8, z)))), of.second(), own=False)
