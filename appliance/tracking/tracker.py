"""Tracks by centre distance in body lengths, with a gate bounded by walking speed.

Two stages (after ByteTrack, Zhang et al. 2022): confident detections are given out first, then the weak ones, which may
continue a track but never start one. All constants are seconds and body lengths, none is frames or pixels, so the frame
rate and the size of the picture do not matter. A body length is the square root of the box's area.
"""

from dataclasses import dataclass, field
from math import exp, hypot, log, sqrt

import numpy as np

from appliance.frame import Detections, Track
from appliance.tracking.assignment import assign


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """The constants, chosen on the development clips (docs/accuracy.md says how)."""

    birth: float = 0.6  # probability that starts a track
    high: float = 0.35  # probability of the first stage
    low: float = 0.06  # probability of the second
    reach: float = 0.6  # how far a track may jump at once, body lengths
    speed: float = 0.8  # and how much further a second, body lengths
    run: float = 2.5  # the same for a track seen once, whose velocity nobody knows yet
    growth: float = 0.7  # how much the size may change, as a logarithm
    forget: float = 0.6  # seconds without a detection that end a track
    ahead: float = 0.6  # seconds that a lost track is carried on at its speed
    evidence: float = 1.5  # sum of (probability - 0.2) that makes a person
    smooth_box: float = 0.12  # time constants, seconds
    smooth_velocity: float = 0.35
    inside: float = 0.75  # a detection that lies inside a tracked box by this share starts nothing


@dataclass(slots=True)
class _Body:
    """A track in the making, in pixels. Plain floats: there are few of them, and arrays cost more."""

    id: int
    born: float
    time: float
    x: float
    y: float
    wide: float
    high: float
    vx: float = 0.0
    vy: float = 0.0
    evidence: float = 0.0
    seen: int = 1
    size: float = field(init=False)

    def __post_init__(self) -> None:
        self.size = body_length(self.wide, self.high)


Found = tuple[float, float, float, float, float]  # centre x, centre y, width, height, probability


def body_length(wide: float, high: float) -> float:
    """Return the size of a box in pixels, at least 8."""
    return max(8.0, sqrt(wide * high))


class Tracker:
    """Follows people. update(detections, time) -> the tracks that were seen in this frame."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._bodies: list[_Body] = []
        self._next_id = 1

    def update(self, detections: Detections, time: float) -> list[Track]:
        """Take one frame's detections; `time` must be later than that of the frame before."""
        s = self._settings
        self._bodies = [body for body in self._bodies if time - body.time <= s.forget]
        found = _as_found(detections, s.low)
        left = list(range(len(found)))
        for least, share in ((s.high, 1.0), (s.low, 0.8)):
            left = self._match([i for i in left if found[i][4] >= least], found, time, share) + [
                i for i in left if found[i][4] < least
            ]
        for i in sorted(left, key=lambda i: -found[i][4]):
            if found[i][4] >= s.birth and not self._is_inside_a_track(found[i], time):
                self._start(found[i], time)
        return [_as_track(body, s.evidence) for body in self._bodies if body.time == time]

    def _match(self, candidates: list[int], found: list[Found], time: float, share: float) -> list[int]:
        """Give the candidates to the tracks not seen yet; return those that none wanted."""
        bodies = [body for body in self._bodies if body.time < time]
        costs = {}
        for row, body in enumerate(bodies):
            for i in candidates:
                cost = self._cost(body, found[i], time, share)
                if cost is not None:
                    costs[row, i] = cost
        taken = set()
        for row, i in assign(costs):
            self._see(bodies[row], found[i], time)
            taken.add(i)
        return [i for i in candidates if i not in taken]

    def _cost(self, body: _Body, found: Found, time: float, share: float) -> float | None:
        """Return how ill a detection fits a track (0 is best), or None where it can't be the same person."""
        s = self._settings
        gap = time - body.time
        carried = min(gap, s.ahead)
        size = body_length(found[2], found[3])
        reach = (s.reach + (s.speed if body.seen > 1 else s.run) * gap) * share
        limit = reach * (body.size + size) / 2
        dx = found[0] - body.x - body.vx * carried
        dy = found[1] - body.y - body.vy * carried
        if abs(dx) > limit or abs(dy) > limit:
            return None
        distance, change = hypot(dx, dy), abs(log(size / body.size))
        if distance > limit or change > s.growth:
            return None
        return distance / limit + 0.5 * change - 0.15 * found[4]

    def _see(self, body: _Body, found: Found, time: float) -> None:
        s = self._settings
        gap = time - body.time
        blend = 1 - exp(-gap / s.smooth_velocity)
        body.vx += blend * ((found[0] - body.x) / gap - body.vx)
        body.vy += blend * ((found[1] - body.y) / gap - body.vy)
        blend = 1 - exp(-gap / s.smooth_box)
        body.x += blend * (found[0] - body.x)
        body.y += blend * (found[1] - body.y)
        body.wide += blend * (found[2] - body.wide)
        body.high += blend * (found[3] - body.high)
        body.size = body_length(body.wide, body.high)
        body.time = time
        body.seen += 1
        body.evidence += max(0.0, found[4] - 0.2)

    def _is_inside_a_track(self, found: Found, time: float) -> bool:
        x, y, wide, high, _ = found
        for body in self._bodies:
            if body.time < time:
                continue
            shared_x = min(x + wide / 2, body.x + body.wide / 2) - max(x - wide / 2, body.x - body.wide / 2)
            shared_y = min(y + high / 2, body.y + body.high / 2) - max(y - high / 2, body.y - body.high / 2)
            smaller = min(wide * high, body.wide * body.high)
            if shared_x > 0 and shared_y > 0 and shared_x * shared_y > self._settings.inside * smaller:
                return True
        return False

    def _start(self, found: Found, time: float) -> None:
        body = _Body(self._next_id, time, time, found[0], found[1], found[2], found[3])
        body.evidence = max(0.0, found[4] - 0.2)
        self._bodies.append(body)
        self._next_id += 1


def _as_found(detections: Detections, least: float) -> list[Found]:
    return [
        ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, score)
        for (x1, y1, x2, y2), score in zip(detections.boxes.tolist(), detections.scores.tolist(), strict=True)
        if score >= least
    ]


def _as_track(body: _Body, evidence: float) -> Track:
    half_wide, half_high = body.wide / 2, body.high / 2
    box = np.array((body.x - half_wide, body.y - half_high, body.x + half_wide, body.y + half_high), dtype=np.float32)
    return Track(body.id, body.time, body.born, box, body.seen >= 2 and body.evidence >= evidence)
