"""How a person walks and stands: joint rotations by the phase of the walking cycle.

The knots of hip, knee and ankle are those of textbook gait curves (percent of the cycle from heel strike, degrees).
Rotations are about the rest axes of the model: x to the person's left, y backwards, z up; the person faces -y.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scripts.synthetic_shop.bodies import STANDING, WALKING

Reals = NDArray[np.float64]
Rotations = dict[str, Reals]

HIP = ((0, 27), (10, 25), (25, 12), (50, -12), (60, -6), (75, 23), (87, 32))
KNEE = ((0, 4), (14, 17), (40, 4), (55, 28), (70, 66), (85, 28), (96, 2))
ANKLE = ((0, 2), (8, -6), (45, 11), (63, -20), (78, 2), (90, 3))  # + is toes up
ARMS_AT_REST = 41  # degrees that the model's arms stand off the body
ADULT_ARMS = {
    "swing": 0.46, "bag": 0.16, "phone": 0.1, "pockets": 0.14, "shoulder": 0.08, "back": 0.06,
}  # fmt: skip
CHILD_ARMS = {"swing": 0.88, "bag": 0.06, "pockets": 0.06}
# arms: swing (+ is back), bend of the elbow, towards the body, twist; how much of the swing stays
FIXED = {
    "push": (-30, 55, 36, 10, 0.0), "phone": (-24, 105, 40, 30, 0.0), "bag": (0, 8, 32, 0, 0.35),
    "shoulder": (-8, 110, 34, 10, 0.0), "pockets": (14, 48, 28, 0, 0.25), "back": (22, 55, 34, 50, 0.0),
    "raise": (-48, 96, 40, 8, 0.0),
}  # fmt: skip
ONE_SIDED = {"phone": "R", "bag": "R", "shoulder": "L", "raise": "R"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How one person moves: shares of the textbook's swing, and degrees."""

    legs: float
    arms: float
    arms_off: float
    toes_out: float
    stoop: float
    nod: float
    stand_hip: float
    hold: str  # what the arms do


@dataclass(frozen=True, slots=True)
class Elbow:
    """Axis and bend at rest of both elbows."""

    axis: dict[str, Reals]
    rest: dict[str, float]


def draw_manner(rng: np.random.Generator, age: float) -> Manner:
    """Draw how someone of that age moves."""
    old = age > 65
    holds = CHILD_ARMS if age < 12.5 else ADULT_ARMS
    return Manner(
        legs=rng.uniform(0.85, 1.1) * (0.72 if old else 1), arms=rng.uniform(0.5, 1.3), arms_off=rng.uniform(6, 13),
        toes_out=rng.uniform(2, 10), stoop=rng.uniform(0, 6) + (rng.uniform(4, 18) if old else 0),
        nod=rng.uniform(-3, 16), stand_hip=rng.uniform(2, 6), hold=str(rng.choice(list(holds), p=list(holds.values()))),
    )  # fmt: skip


def frames_of(manner: Manner, elbow: Elbow, hold: str) -> list[Rotations]:
    """Return the rotations of one set: a walking cycle, then the standing postures."""
    walking = [_pose(manner, elbow, hold, step / WALKING, None) for step in range(WALKING)]
    return walking + [_pose(manner, elbow, hold, 0.0, stance) for stance in range(STANDING)]


def _pose(manner: Manner, elbow: Elbow, hold: str, phase: float, stance: int | None) -> Rotations:
    joints: Rotations = {}
    swing = manner.legs if stance is None else 0.0
    for side, sign, when in (("L", 1, phase), ("R", -1, phase + 0.5)):
        joints |= _leg(manner, side, sign, when, stance)
        joints |= _arm(manner, elbow, hold, side, sign, when, stance)
    return joints | _trunk(manner, np.cos(2 * np.pi * phase) * 5 * swing, stance)


def _leg(manner: Manner, side: str, sign: int, when: float, stance: int | None) -> Rotations:
    if stance is None:
        hip, ankle = curve(when, HIP) * manner.legs, curve(when, ANKLE) * manner.legs
        knee = curve(when, KNEE) * (0.35 + 0.65 * manner.legs)
    else:
        hip = manner.stand_hip * (sign if stance == 1 else 0)
        knee, ankle = 3.0, 3.0 - hip
    return {
        f"upperleg01.{side}": turn("x", -hip) @ turn("y", sign * 3.5),
        f"lowerleg01.{side}": turn("x", knee),
        f"foot.{side}": turn("z", sign * manner.toes_out) @ turn("x", -ankle),
    }


def _arm(manner: Manner, elbow: Elbow, hold: str, side: str, sign: int, when: float, stance: int | None) -> Rotations:
    """Arms swing against the leg of their side; what is held stills them."""
    moving = manner.legs if stance is None else 0.0
    swing = -np.cos(2 * np.pi * (when - 0.03)) * 22 * manner.arms * moving - 3
    bend = 24 + 12 * max(0.0, -np.cos(2 * np.pi * when)) if stance is None else 18.0
    towards, twist = ARMS_AT_REST - manner.arms_off, 0.0
    if hold in FIXED and ONE_SIDED.get(hold, side) == side:
        forward, bend, towards, twist, keep = FIXED[hold]
        swing = forward + swing * keep
    elif stance == 1 and side == "R" and hold not in ("push", "raise"):
        swing, bend, towards = -62, 38, 36  # reaches to a shelf
    elif stance == 2 and hold not in ("push", "raise"):
        swing, bend, towards, twist = -18, 88, 40, 35  # hands together
    upper = turn("x", swing) @ turn("z", -sign * twist) @ turn("y", sign * towards)
    return {f"upperarm01.{side}": upper, f"lowerarm01.{side}": turn(elbow.axis[side], bend - elbow.rest[side])}


def _trunk(manner: Manner, twist: float, stance: int | None) -> Rotations:
    yaw = {1: 18.0, 2: -8.0}.get(stance if stance is not None else 0, 0.0)
    nod = 22.0 if stance == 2 else manner.nod
    upright = turn("x", manner.stoop * 0.4 - nod * 0.5)
    return {
        "root": turn("z", -twist),  # the pelvis follows the leg that is in front
        "spine03": turn("z", twist * 1.1) @ turn("x", -manner.stoop * 0.5),
        "spine01": turn("z", twist * 0.9) @ turn("x", -manner.stoop * 0.5),
        "neck01": turn("z", yaw) @ upright,
        "head": turn("z", yaw * 0.6) @ upright,
    }


def curve(phase: float, knots: tuple[tuple[int, int], ...]) -> float:
    """Return a smooth periodic curve through knots (percent, degrees) at `phase` cycles."""
    percent, degrees = np.array(knots, float).T
    values = np.interp(np.arange(100), np.r_[percent, 100 + percent[0]], np.r_[degrees, degrees[0]])
    values = np.convolve(np.r_[values[-4:], values, values[:4]], np.full(9, 1 / 9), "valid")
    return float(np.interp((phase % 1) * 100, np.arange(101), np.r_[values, values[0]]))


def turn(axis: str | ArrayLike, degrees: float) -> Reals:
    """Return the rotation about an axis ("x", "y", "z" or a vector), by Rodrigues' formula."""
    along = np.eye(3)["xyz".index(axis)] if isinstance(axis, str) else np.asarray(axis, float)
    along = along / np.linalg.norm(along)
    angle = np.radians(degrees)
    cross = np.array([[0, -along[2], along[1]], [along[2], 0, -along[0]], [-along[1], along[0], 0]])
    rotation: Reals = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return rotation
