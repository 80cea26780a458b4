"""Looks at who crosses: who comes back soon and who works here are marked on their crossing, which counts all the same.

A person gets a few looks, one a picture; their mean is compared when they cross. All vectors live in this object's
memory while the shop is open, and are forgotten when it closes; before and after, nobody is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from appliance.counting.reentry import Reentry
from appliance.counting.staff import Staff
from appliance.frame import Crossing, Floats, Mark, Pixels, Track

ENOUGH = 8  # looks at a person
APART = 0.2  # seconds between two looks at one person: the next picture shows nothing new
LEAST_HEIGHT = 40.0  # pixels of a person

Read = Callable[
    [Pixels, Floats], Floats
]  # a picture and boxes N x 4 -> unit vectors N x D, zeros for what is too small


@dataclass(slots=True)
class _Looks:
    """What is known of one track: the sum of its vectors."""

    total: Floats | None = None
    count: int = 0
    last: float = -1e9


@dataclass(slots=True)
class Familiar:
    """One camera's memory of looks. update(...) -> the crossings, marked.

    `opening` names the opening hours that a moment lies in (None: closed); where the name changes, all is forgotten.
    """

    read: Read
    reentry: Reentry
    staff: Staff
    opening: Callable[[float], object | None]
    _open: object | None = None
    _looks: dict[int, _Looks] = field(default_factory=dict)

    def update(self, image: Pixels, tracks: list[Track], crossings: list[Crossing], time: float) -> list[Crossing]:
        """Take one picture's tracks and what crossed with it."""
        if (opening := self.opening(time)) != self._open:
            self._forget()
            self._open = opening
        if opening is None:
            return crossings
        self._look_at_one(image, tracks, {c.track for c in crossings}, time)
        marked = [replace(c, mark=self._mark(c)) for c in crossings]
        there = {track.id for track in tracks}
        self._looks = {i: looks for i, looks in self._looks.items() if i in there or time - looks.last < 2.0}
        return marked

    def _look_at_one(self, image: Pixels, tracks: list[Track], crossing: set[int], time: float) -> None:
        """Spend this picture's one look: on who crosses without one, else on who had the fewest."""
        open_ones = [
            (bool(looks.count) or t.id not in crossing, looks.count, t.id, looks, t)
            for t in tracks
            if t.confirmed and t.box[3] - t.box[1] >= LEAST_HEIGHT
            for looks in (self._looks.setdefault(t.id, _Looks()),)
            if looks.count < ENOUGH and time - looks.last >= APART
        ]
        if not open_ones:
            return
        *_, looks, track = min(open_ones, key=lambda row: row[:3])
        vector = self.read(image, track.box[None])[0]
        looks.total = vector if looks.total is None else looks.total + vector
        looks.count, looks.last = looks.count + 1, time

    def _mark(self, crossing: Crossing) -> Mark:
        looks = self._looks.get(crossing.track)
        if looks is None or looks.total is None or not looks.total.any():
            return ""
        vector = np.asarray(looks.total / np.linalg.norm(looks.total), np.float32)
        works_here = self.staff.crossed(vector, crossing.time)
        away = None
        if crossing.direction == "out":
            self.reentry.went_out(vector, crossing.time)
        else:
            away = self.reentry.came_in(vector, crossing.time)
        return "staff" if works_here else "" if away is None else "back"

    def _forget(self) -> None:
        self._looks.clear()
        self.reentry.forget()
        self.staff.forget()
