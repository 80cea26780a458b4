"""Line crossings: when a followed point has passed a finite line, and which way.

Where it passed is decided by the swept segment between two observations, so a runner at 5 frames a second is not
missed. A crossing stands only after the point has stayed beyond a band around the line for a while, or is far beyond
it, so flicker counts nothing. Distances are body lengths, times are seconds; no constant is frames or pixels.
"""

from dataclasses import dataclass, field
from math import hypot

from appliance.config import Line
from appliance.counting.anchor import anchor_of
from appliance.frame import Crossing, Direction, Track


@dataclass(frozen=True, slots=True)
class LineSettings:
    """The constants, chosen on the development clips (docs/accuracy.md says how)."""

    band: float = 0.2  # half the band in which nothing is decided, body lengths
    settle: float = 0.35  # seconds beyond the band that settle a crossing
    far: float = 0.5  # body lengths beyond the line that settle it at once
    ends: float = 0.02  # a crossing may miss the line's ends by this share of its length
    forget: float = 2.0  # seconds without a sight after which a track's state goes
    same_time: float = 0.8  # two crossings one way within these seconds ...
    same_place: float = 0.4  # ... and these body lengths are one person, if one of the tracks ...
    young: float = 2.0  # ... is younger than this: an id was lost and found at the line


@dataclass(slots=True)
class _Passing:
    """Where and when a track last went through the line's plane."""

    time: float
    frame: int
    at: float
    x: float
    y: float


@dataclass(slots=True)
class _State:
    """What is known of one track at this line."""

    side: float  # the settled side: 1 inside, -1 outside
    distance: float  # signed, body lengths, at the last sight
    along: float  # 0..1 along the line, at the last sight
    time: float
    beyond_since: float | None = None
    passing: _Passing | None = None
    pending: list[tuple[_Passing, Direction, float, float]] = field(default_factory=list)  # ..., body length, age


@dataclass(frozen=True, slots=True)
class _Counted:
    crossing: Crossing
    x: float
    y: float
    age: float


class LineCounter:
    """Counts tracks over one line.

    update(tracks, time, frame, width, height) -> the crossings that became certain now, with the moment they happened.
    Memory is bounded: a track unseen for `forget` seconds is dropped.
    """

    def __init__(self, camera: str, line: Line, anchor: str = "auto", settings: LineSettings | None = None) -> None:
        self._camera, self._line, self._anchor = camera, line, anchor
        self._settings = settings or LineSettings()
        self._states: dict[int, _State] = {}
        self._recent: list[_Counted] = []
        self._size = (0, 0)

    def update(self, tracks: list[Track], time: float, frame: int, width: int, height: int) -> list[Crossing]:
        """Take the tracks of one frame, boxes in pixels of a picture of that size."""
        if (width, height) != self._size:
            self._lay_out(width, height)
        s = self._settings
        self._recent = [c for c in self._recent if time - c.crossing.time <= 2 * s.same_time + s.young]
        crossings = []
        for track in tracks:
            state = self._observe(track, time, frame)
            if state.pending and track.confirmed:
                crossings += [c for p in state.pending if (c := self._count(track, *p)) is not None]
                state.pending.clear()
        for gone in [i for i, state in self._states.items() if time - state.time > s.forget]:
            del self._states[gone]
        return crossings

    def _lay_out(self, width: int, height: int) -> None:
        """Put the line into pixels: its start, its unit vector, its normal towards the inside."""
        (x1, y1), (x2, y2), (xi, yi) = self._line.start, self._line.end, self._line.inside
        self._size = (width, height)
        self._x, self._y = x1 * width, y1 * height
        dx, dy = (x2 - x1) * width, (y2 - y1) * height
        self._length = hypot(dx, dy)
        self._ux, self._uy = dx / self._length, dy / self._length
        inwards = (xi * width - self._x) * -self._uy + (yi * height - self._y) * self._ux
        sign = 1.0 if inwards > 0 else -1.0
        self._nx, self._ny = -self._uy * sign, self._ux * sign
        self._states.clear()

    def _observe(self, track: Track, time: float, frame: int) -> _State:
        s = self._settings
        x, y = anchor_of(track.box, self._anchor)
        body = _body_length(track)
        distance = ((x - self._x) * self._nx + (y - self._y) * self._ny) / body
        along = ((x - self._x) * self._ux + (y - self._y) * self._uy) / self._length
        state = self._states.get(track.id)
        if state is None:
            state = _State(1.0 if distance >= 0 else -1.0, distance, along, time)
            self._states[track.id] = state
            return state
        if distance * state.distance <= 0 and distance != state.distance:
            share = state.distance / (state.distance - distance)
            moment = state.time + share * (time - state.time)
            state.passing = _Passing(moment, frame, state.along + share * (along - state.along), x, y)
        state.distance, state.along, state.time = distance, along, time
        beyond = -distance * state.side  # how far on the other side
        if beyond <= 0:
            state.beyond_since = None
        elif beyond >= s.band:
            if state.beyond_since is None:
                state.beyond_since = time
            if time - state.beyond_since >= s.settle or beyond >= s.far:
                self._settle(track, state, body)
        return state

    def _settle(self, track: Track, state: _State, body: float) -> None:
        state.side, state.beyond_since = -state.side, None
        passing, ends = state.passing, self._settings.ends
        if passing is not None and -ends <= passing.at <= 1 + ends:
            direction: Direction = "in" if state.side > 0 else "out"
            state.pending.append((passing, direction, body, passing.time - track.born))

    def _count(self, track: Track, passing: _Passing, direction: Direction, body: float, age: float) -> Crossing | None:
        """Return the crossing, unless this person was just counted here under an id that was lost at the line."""
        s = self._settings
        for other in self._recent:
            if (
                other.crossing.direction == direction
                and other.crossing.track != track.id
                and abs(other.crossing.time - passing.time) <= s.same_time
                and hypot(other.x - passing.x, other.y - passing.y) <= s.same_place * body
                and min(age, other.age) < s.young
            ):
                return None
        at = min(1.0, max(0.0, passing.at))
        crossing = Crossing(passing.time, self._camera, self._line.name, direction, track.id, passing.frame, at)
        self._recent.append(_Counted(crossing, passing.x, passing.y, age))
        return crossing


def _body_length(track: Track) -> float:
    x1, y1, x2, y2 = track.box.tolist()
    return float(max(8.0, ((x2 - x1) * (y2 - y1)) ** 0.5))
