"""A visitor's script -> the points they walk to, one after the other, and how long they pause at each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.scene import Door, Scene, Visitor
from scripts.synthetic_shop.walkable import BODY, Floor

Point = NDArray[np.float64]

_OUTSIDE = 0.9  # metres before the wall where one lines up for the door
_BEYOND = 0.9  # metres past the counting line until which one walks straight on
_BESIDE = ((0.0, 0.0), (0.6, 0.0), (0.0, -0.65), (0.6, -0.65))  # metres: where members of a group stand
_BROWSE = 1.5  # metres past the counting line that browsing keeps


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to walk to and the seconds to stand there. `straight`: no detour, the lane through the door is kept."""

    point: Point
    pause: float = 0.0
    straight: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Where a visitor appears, their stops, and whether they vanish (on the street) after the last one."""

    start: Point
    stops: tuple[Stop, ...]
    leaves: bool


class Planner:
    """Plans the route of one visitor. Members of a group get equal generators, so that they go the same ways."""

    def __init__(self, scene: Scene, floor: Floor, rng: np.random.Generator, member: int = 0) -> None:
        self._scene, self._floor, self._rng = scene, floor, rng
        self._beside = np.array(_BESIDE[member % len(_BESIDE)])
        self._scripts: dict[str, Callable[[Visitor, Door], Route]] = {
            "in": self._enter, "run": self._enter, "out": self._leave, "in_out": self._in_out,
            "re_enter": self._re_enter, "turn_back": self._turn_back, "pass_by": self._pass_by,
            "linger": self._linger, "staff": self._staff,
        }  # fmt: skip

    def route(self, visitor: Visitor) -> Route:
        """Return the route of a visitor."""
        return self._scripts[visitor.script](visitor, self._scene.door(visitor.door))

    def _enter(self, visitor: Visitor, door: Door) -> Route:
        return Route(self._street(door), (*self._inwards(visitor, door), *self._browsing(visitor, door)), False)

    def _leave(self, visitor: Visitor, door: Door) -> Route:
        return Route(self._goal(visitor, door), (*self._outwards(visitor, door), Stop(self._street(door))), True)

    def _in_out(self, visitor: Visitor, door: Door) -> Route:
        middle = Stop(self._goal(visitor, door, near=True), visitor.stay)
        stops = (*self._inwards(visitor, door), middle, *self._outwards(visitor, door), Stop(self._street(door)))
        return Route(self._street(door), stops, True)

    def _re_enter(self, visitor: Visitor, door: Door) -> Route:
        way_in = self._inwards(visitor, door)
        middle = Stop(self._goal(visitor, door, near=True), visitor.stay)
        outside = Stop(np.array([door.x + self._rng.uniform(-0.8, 0.8), -1.9]), visitor.stay)
        again = (*self._inwards(visitor, door), *self._browsing(visitor, door))
        return Route(self._street(door), (*way_in, middle, *self._outwards(visitor, door), outside, *again), False)

    def _turn_back(self, visitor: Visitor, door: Door) -> Route:
        """Comes up to the door, stops well short of the line, and goes away again."""
        short = min(door.line - 0.75, 0.15)
        front = Stop(self._at(visitor, door, -_OUTSIDE), straight=True)
        look = Stop(self._at(visitor, door, short), visitor.stay, straight=True)
        return Route(self._street(door), (front, look, front, Stop(self._street(door))), True)

    def _pass_by(self, visitor: Visitor, door: Door) -> Route:
        side, y = float(self._rng.choice([-1, 1])), float(self._rng.uniform(-2.6, -1.3))
        far = float(self._rng.uniform(-0.3, 0.3))
        return Route(np.array([door.x - side * 7.5, y]), (Stop(np.array([door.x + side * 7.5, y + far])),), True)

    def _linger(self, visitor: Visitor, door: Door) -> Route:
        """Stands with their toes on the line for a while, shifting their weight, and then goes in."""
        spots = [door.line - float(self._rng.uniform(0.05, 0.3)) for _ in range(3)]
        stands = tuple(Stop(self._at(visitor, door, y), visitor.stay / 3, straight=True) for y in spots)
        front, *rest = self._inwards(visitor, door)
        return Route(self._street(door), (front, *stands, *rest[1:], *self._browsing(visitor, door)), False)

    def _staff(self, visitor: Visitor, door: Door) -> Route:
        """Goes out, does something before the shop, comes back."""
        outside = Stop(np.array([door.x + self._rng.uniform(-1.2, 1.2), -1.6]), visitor.stay)
        back = self._inwards(visitor, door)
        stops = (*self._outwards(visitor, door), outside, *back, *self._browsing(visitor, door))
        return Route(self._goal(visitor, door), stops, False)

    def _inwards(self, visitor: Visitor, door: Door) -> tuple[Stop, ...]:
        ys = (-_OUTSIDE, min(0.0, door.line), door.line + _BEYOND)
        return tuple(Stop(self._at(visitor, door, y), straight=i > 0) for i, y in enumerate(ys))

    def _outwards(self, visitor: Visitor, door: Door) -> tuple[Stop, ...]:
        """The same way back, in the lane on the other side."""
        ys = (door.line + _BEYOND, 0.0, min(-_OUTSIDE, door.line - _BEYOND))
        return tuple(Stop(self._at(visitor, door, y), straight=i > 0) for i, y in enumerate(ys))

    def _at(self, visitor: Visitor, door: Door, y: float) -> Point:
        return np.array([door.x + visitor.lane * max(0.0, door.width / 2 - BODY - 0.08), y])

    def _street(self, door: Door) -> Point:
        x, y = int(self._rng.choice([-1, 1])) * self._rng.uniform(5.0, 7.0), self._rng.uniform(-3.0, -1.6)
        spot: Point = np.array([door.x + float(x), float(y)]) + self._beside
        return spot

    def _goal(self, visitor: Visitor, door: Door, near: bool = False) -> Point:
        """Return the visitor's goal, or some free spot inside; members of a group stand beside each other."""
        spot = np.array(visitor.goal) if visitor.goal is not None else self._spot(door, near)
        beside = spot + self._beside
        return beside if self._floor.free(*beside) and beside[1] > door.line + 1.0 else spot

    def _spot(self, door: Door, near: bool) -> Point:
        depth, half = self._scene.room.depth, self._scene.room.width / 2
        first = max(0.0, door.line) + _BROWSE
        last = min(depth - 0.5, first + 2.0) if near else depth - 0.5
        for _ in range(400):
            x = float(self._rng.uniform(-half + 0.5, half - 0.5))
            y = float(self._rng.uniform(min(first, last - 0.2), last))
            if self._floor.free(x, y, BODY + 0.2):
                return np.array([x, y])
        return np.array([door.x, last])

    def _browsing(self, visitor: Visitor, door: Door) -> tuple[Stop, ...]:
        """Look at two things, then stay at a third."""
        first = Stop(self._goal(visitor, door), float(self._rng.uniform(3, 8)))
        second = Stop(self._goal(visitor, door), float(self._rng.uniform(3, 8)))
        return first, second, Stop(self._goal(visitor, door), 600.0)
