"""Who comes: the visitors that are written, those drawn for the crowd, and the body each of them gets."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.scene import Crowd, Scene, Visitor

_PART = 21
AGE_GROUPS = {"child": (0, 12), "teen": (13, 19), "adult": (20, 64), "senior": (65, 120)}
_CARRIED = {"box": 0.12, "bag": 0.44, "backpack": 0.3, "trolley": 0.06, "pram": 0.04, "umbrella": 0.04}
SPEEDS = {"child": (0.95, 1.3), "teen": (1.05, 1.5), "adult": (1.0, 1.5), "senior": (0.65, 1.0)}  # metres a second


def cast(scene: Scene) -> tuple[Visitor, ...]:
    """Return everybody who comes, written and drawn, in the order of their ids (which count from 1)."""
    rng = np.random.default_rng([scene.seed, _PART])
    return (*scene.visitors, *_draw(scene.crowd, rng, tuple(door.name for door in scene.doors), _next_group(scene)))


def bodies_for(visitors: Sequence[Visitor], bodies: Sequence[BodyInfo], seed: int) -> list[int]:
    """Return an index into `bodies` a visitor: of the right age, and nobody twice while there are others."""
    rng = np.random.default_rng([seed, _PART + 1])
    uses = np.zeros(len(bodies))
    ages = np.array([body.age for body in bodies])
    chosen = []
    for visitor in visitors:
        low, high = AGE_GROUPS[visitor.age]
        off = np.maximum(np.maximum(low - ages, ages - high), 0)
        score = off * 10 + uses + rng.random(len(bodies)) * 0.9
        index = int(np.argmin(score))
        uses[index] += 1
        chosen.append(index)
    return chosen


def _next_group(scene: Scene) -> int:
    return max((visitor.group for visitor in scene.visitors), default=0) + 1


def _draw(crowd: Crowd, rng: np.random.Generator, doors: tuple[str, ...], group: int) -> list[Visitor]:
    visitors: list[Visitor] = []
    while len(visitors) < crowd.people:
        left = crowd.people - len(visitors)
        together = left > 1 and rng.random() < crowd.together
        size = min(left, int(rng.choice([2, 2, 3, 4]))) if together else 1
        first = _one(crowd, rng, doors, group if together else 0)
        members = [first, *(_companion(crowd, rng, first, number) for number in range(1, size))]
        pace = min(member.speed for member in members)
        visitors += [replace(member, speed=pace) for member in members]
        group += together
    return visitors


def _one(crowd: Crowd, rng: np.random.Generator, doors: tuple[str, ...], group: int) -> Visitor:
    age = str(rng.choice(["adult", "teen", "senior"], p=[0.72, 0.12, 0.16]))
    start = float(rng.uniform(crowd.first, max(crowd.first, crowd.last)))
    script, door, lane = str(rng.choice(list(crowd.scripts))), str(rng.choice(doors)), float(rng.uniform(-0.7, 0.7))
    pace = float(rng.uniform(*SPEEDS[age])) * (2.3 if script == "run" else 1.0)
    role = {"pass_by": "passer-by", "staff": "staff"}.get(script, "customer")
    worn = ("uniform",) if role == "staff" else _worn(rng)
    return Visitor(script, start, door, age, lane, pace, float(rng.uniform(1.5, 5)), group, role, _carried(rng), worn)


def _companion(crowd: Crowd, rng: np.random.Generator, first: Visitor, number: int) -> Visitor:
    """Someone who comes with `first`: beside them, then behind; a child as often as the crowd has children."""
    young = rng.random() < min(1.0, 2.5 * crowd.children)
    age = str(rng.choice(["child", "teen"], p=[0.7, 0.3])) if young else "adult"
    lane = first.lane - 0.8 * np.sign(first.lane or 1) if number % 2 else first.lane
    start = first.start + 0.15 + 0.5 * (number // 2)
    speed = float(rng.uniform(*SPEEDS[age]))
    return replace(first, start=start, age=age, lane=float(lane), speed=speed, carries=_carried(rng), wears=_worn(rng))


def _carried(rng: np.random.Generator) -> tuple[str, ...]:
    if rng.random() >= 0.3:
        return ()
    return (str(rng.choice(list(_CARRIED), p=list(_CARRIED.values()))),)


def _worn(rng: np.random.Generator) -> tuple[str, ...]:
    return (str(rng.choice(["hat", "hood"])),) if rng.random() < 0.2 else ()
