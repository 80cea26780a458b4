"""People who walk: scripts and avoidance at 100 steps a second, and doors that open for them. No graphics here."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.cast import bodies_for, cast
from scripts.synthetic_shop.doors import Doors
from scripts.synthetic_shop.routes import Planner, Route
from scripts.synthetic_shop.scene import Scene, Visitor
from scripts.synthetic_shop.walkable import BODY, Floor

Reals = NDArray[np.float64]

STEP = 0.01  # seconds
_PART = 31
_SENSE = 0.95  # metres at which people begin to make way
_TOUCH = 0.46  # metres between two people's middles that are never undercut for long
_TURN = 5.0  # 1/s: how fast one turns towards where one walks
_REACT = 4.5  # 1/s: how fast one takes up a wished speed
_STILL = 0.14  # metres a second: slower is standing
_REACHED = 0.25  # metres
_PATIENCE = 1.2  # seconds one is held up before one squeezes through


@dataclass(frozen=True, slots=True)
class Pose:
    """One person at one moment. `person` counts from 1, `body` is an index into the bodies.

    `phase` is how many walking cycles they have made (None: they stand, in posture `stance` 0 to 2); `heading` is the
    direction of walking (0 is +x, turned left), `speed` metres a second along it.
    """

    person: int
    body: int
    x: float
    y: float
    heading: float
    phase: float | None
    stance: int = 0
    speed: float = 0.0
    carries: tuple[str, ...] = ()
    wears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Everybody's way through a clip, a row each 0.01 s from second 0 on; NaN while somebody is not there."""

    fps: float
    visitors: tuple[Visitor, ...]
    bodies: tuple[int, ...]
    position: Reals  # T x N x 2, metres
    heading: Reals  # T x N, radians
    walked: Reals  # T x N, walking cycles
    speed: Reals  # T x N, metres a second
    standing: NDArray[np.bool_]  # T x N
    openness: Reals  # T x doors, 0 shut to 1 open

    def poses(self, frame: int) -> list[Pose]:
        """Return everybody who is there at the moment of a frame."""
        row = self._row(frame)
        return [self._pose(row, i) for i in range(len(self.visitors)) if np.isfinite(self.position[row, i, 0])]

    def doors(self, frame: int) -> list[float]:
        """Return how far each door is open at the moment of a frame, 0 shut to 1 open."""
        return [float(v) for v in self.openness[self._row(frame)]]

    def _row(self, frame: int) -> int:
        return min(round(frame / self.fps / STEP), len(self.position) - 1)

    def _pose(self, row: int, i: int) -> Pose:
        x, y = self.position[row, i]
        phase = None if self.standing[row, i] else float(self.walked[row, i])
        visitor = self.visitors[i]
        return Pose(
            i + 1, self.bodies[i], float(x), float(y), float(self.heading[row, i]), phase, i % 3,
            float(self.speed[row, i]), visitor.carries, visitor.wears,
        )  # fmt: skip


def simulate(scene: Scene, bodies: Sequence[BodyInfo]) -> Walks:
    """Let everybody of a scene walk. The same scene, seed and bodies give the same walks."""
    visitors = cast(scene)
    chosen = bodies_for(visitors, bodies, scene.seed)
    floor = Floor(scene)
    routes = [_plan(scene, floor, visitors, i) for i in range(len(visitors))]
    people = _People(scene, floor, visitors, routes)
    first = min([0.0, *(visitor.start for visitor in visitors)])
    steps = round(scene.seconds / STEP) + 1
    rows, doors = [], []
    for number in range(-round(-first / STEP), steps):
        people.step(number * STEP)
        if number >= 0:
            rows.append(people.row())
            doors.append(people.doors.openness.copy())
    kept = np.array(rows).reshape(steps, 6, len(visitors))
    strides = np.array([bodies[b].stride_m for b in chosen])
    return Walks(
        scene.camera.fps, visitors, tuple(chosen), kept[:, :2].transpose(0, 2, 1), kept[:, 2], kept[:, 3] / strides,
        kept[:, 4], kept[:, 5] > 0.5, np.array(doors),
    )  # fmt: skip


def _plan(scene: Scene, floor: Floor, visitors: Sequence[Visitor], i: int) -> Route:
    group = visitors[i].group
    member = sum(other.group == group for other in visitors[:i]) if group else 0
    rng = np.random.default_rng([scene.seed, _PART, 1, group] if group else [scene.seed, _PART, 0, i])
    return Planner(scene, floor, rng, member).route(visitors[i])


class _People:
    """The state of everybody, an array a quantity, moved on step by step."""

    def __init__(self, scene: Scene, floor: Floor, visitors: Sequence[Visitor], routes: Sequence[Route]) -> None:
        n = len(visitors)
        self.doors = Doors(scene.doors)
        self._floor, self._visitors, self._routes = floor, visitors, routes
        self._place = np.array([route.start for route in routes], float).reshape(n, 2)
        self._velocity = np.zeros((n, 2))
        self._heading = np.array([_towards(route.stops[0].point - route.start) for route in routes])
        self._walked = np.random.default_rng([scene.seed, _PART]).random(n)  # nobody walks in step
        self._slow = np.zeros(n)  # seconds of standing
        self._held = np.zeros(n)  # seconds of being held up
        self._wait = np.zeros(n)  # seconds of a pause that are left
        self._there = np.zeros(n, bool)
        self._gone = np.zeros(n, bool)
        self._next = [0] * n  # the stop that is walked to
        self._corners: list[list[Reals]] = [[] for _ in range(n)]
        self._pace = np.array([visitor.speed for visitor in visitors])
        wide = [0.25 if {"pram", "trolley"} & set(visitor.carries) else 0.0 for visitor in visitors]
        self._reach = np.add.outer(np.array(wide), np.array(wide)).reshape(n, n)
        groups = np.array([visitor.group or -1 - i for i, visitor in enumerate(visitors)])
        self._same = np.equal.outer(groups, groups).reshape(n, n)

    def row(self) -> Reals:
        """Return 6 x N: x, y (NaN if not there), heading, metres walked, speed, whether standing."""
        place = np.where(self._there[:, None], self._place, np.nan)
        speed = np.hypot(*self._velocity.T)
        return np.stack([*place.T, self._heading, self._walked, speed, (self._slow > 0.2).astype(float)])

    def step(self, time: float) -> None:
        """Move everybody on by one step, to `time`."""
        for i in np.flatnonzero(~self._there & ~self._gone).tolist():
            away = np.hypot(*(self._place[self._there] - self._place[i]).T)
            if time >= self._visitors[i].start and (away > _TOUCH).all():  # nobody appears within somebody
                self._there[i] = True
                self._aim(i)
        wish = self._wishes()
        self.doors.step(self._place[self._there], STEP)
        wish *= self.doors.gate(self._place, wish)[:, None]
        wish *= self.doors.courtesy(self._place, wish, self._there, self._same)[:, None]
        push = self._make_way(wish) + self._keep_off()
        self._velocity += (wish + push - self._velocity) * min(1.0, STEP * _REACT)
        top = np.maximum(self._pace * 1.25, 1.5)
        speed = np.hypot(*self._velocity.T)
        self._velocity *= np.minimum(1.0, top / np.maximum(speed, 1e-9))[:, None]
        self._velocity[~self._there] = 0.0
        self._place = self._place + self._velocity * STEP
        self._part()
        self._settle(wish)

    def _wishes(self) -> Reals:
        """Return everybody's wished velocity, and pass on to the next corner or stop where one is reached."""
        wish = np.zeros_like(self._place)
        for i in np.flatnonzero(self._there).tolist():
            if self._wait[i] > 0:
                self._wait[i] -= STEP
                continue
            to = self._corners[i][0] - self._place[i]
            distance = float(np.hypot(*to))
            if distance < _REACHED or (distance < 0.9 and self._held[i] > _PATIENCE):
                self._arrive(i)
                continue
            last = len(self._corners[i]) == 1 and self._routes[i].stops[self._next[i]].pause > 0
            slow = min(1.0, 0.3 + distance / 0.9) if last else 1.0
            wish[i] = to / distance * self._pace[i] * slow
        return wish

    def _arrive(self, i: int) -> None:
        self._held[i] = 0.0
        self._corners[i].pop(0)
        if self._corners[i]:
            return
        stops = self._routes[i].stops
        self._wait[i] = stops[self._next[i]].pause
        self._next[i] += 1
        if self._next[i] == len(stops):
            if self._routes[i].leaves:
                self._there[i], self._gone[i] = False, True
            self._next[i] -= 1
            self._wait[i] = 1e9
        self._aim(i)

    def _aim(self, i: int) -> None:
        stop = self._routes[i].stops[self._next[i]]
        self._corners[i] = [stop.point] if stop.straight else list(self._floor.way(self._place[i], stop.point))

    def _make_way(self, wish: Reals) -> Reals:
        """Return the push (metres a second) that keeps people apart: away, and past each other on the right."""
        apart = self._place[:, None] - self._place[None]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + 1e-6
        sense = np.where(self._same, 0.7, _SENSE) + self._reach
        force = np.clip((sense - distance) / sense, 0, None) * np.where(self._same, 1.0, 2.0)
        force *= self._there[:, None] & self._there[None] & ~np.eye(len(apart), dtype=bool)
        force /= (1 + 0.6 * np.clip(self._held - _PATIENCE, 0, 3))[:, None]
        away = apart / distance[..., None]
        moving = np.hypot(*wish.T)
        ahead = -np.einsum("ijk,ik->ij", away, wish) / np.maximum(moving, 1e-6)[:, None]
        right = np.stack([wish[:, 1], -wish[:, 0]], 1) / np.maximum(moving, 1e-6)[:, None]
        aside = (force * np.clip(ahead, 0, 1) * 0.6).sum(1)[:, None] * right
        return np.asarray((force[..., None] * away).sum(1) + aside)

    def _keep_off(self) -> Reals:
        distance, away = self._floor.clearance(self._place)
        return np.asarray(away * (np.clip(0.42 - distance, 0, None) * 5.0)[:, None])

    def _part(self) -> None:
        """Undo what overlaps: half the way each for two people, all the way for one and a wall."""
        apart = self._place[:, None] - self._place[None]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + 1e-6
        least = _TOUCH - 0.12 * np.clip(self._held - _PATIENCE, 0, 1)
        deep = np.clip(np.minimum.outer(least, least) - distance, 0, None)
        deep *= self._there[:, None] & self._there[None] & ~np.eye(len(apart), dtype=bool)
        self._place = self._place + (apart / distance[..., None] * (deep * 0.1)[..., None]).sum(1)
        clear, away = self._floor.clearance(self._place)
        self._place = self._place + away * np.clip(BODY - 0.05 - clear, 0, 0.02)[:, None]

    def _settle(self, wish: Reals) -> None:
        """Keep what depends on the speed: metres walked, where one looks, standing, being held up."""
        speed, wished = np.hypot(*self._velocity.T), np.hypot(*wish.T)
        self._walked += np.where(self._there, speed, 0.0) * STEP
        self._slow = np.where(speed < _STILL, self._slow + STEP, 0.0)
        held = (self._wait <= 0) & (speed < 0.3 * self._pace) & self._there
        self._held = np.where(held, self._held + STEP, np.maximum(0.0, self._held - 2 * STEP))
        facing = np.arctan2(self._velocity[:, 1] + wish[:, 1], self._velocity[:, 0] + wish[:, 0])
        turn = (facing - self._heading + pi) % (2 * pi) - pi
        rate = np.where(np.maximum(speed, wished) > 0.12, _TURN * np.clip(np.maximum(speed, 0.5 * wished), 0, 1), 0.0)
        self._heading += turn * np.minimum(1.0, rate * STEP)


def _towards(step: Reals) -> float:
    return float(np.arctan2(step[1], step[0]))
