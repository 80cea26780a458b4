"""Who comes back: of everybody who went out lately, whether one looks like whoever comes in now.

Only vectors of looks are compared (nets.appearance). They are kept here, in memory, for `within` seconds at the most,
and none outlives the day: who builds this calls `forget` at closing time.
"""

from dataclasses import dataclass, field

import numpy as np

from appliance.frame import Floats

WITHIN = 30 * 60.0  # seconds after which somebody who left is a new visitor when they come again
MOST = 500  # people remembered at once; beyond it the oldest go


@dataclass(frozen=True, slots=True, eq=False)
class _Gone:
    """Somebody who went out."""

    time: float
    vector: Floats


@dataclass(slots=True)
class Reentry:
    """Remembers who went out. went_out(vector, time); came_in(vector, time) -> seconds they were away, or None.

    `same` is the cosine from which two vectors are one person's. `margin`: the best must be that much better than the
    second best, or nobody is recognised; two people in the same uniform are told apart by nothing else.
    """

    same: float
    within: float = WITHIN
    margin: float = 0.02
    _gone: list[_Gone] = field(default_factory=list)

    def went_out(self, vector: Floats, time: float) -> None:
        """Remember somebody who crossed outwards; a vector of zeros (not seen well) is not remembered."""
        self._drop(time)
        if vector.any():
            self._gone = [*self._gone, _Gone(time, vector)][-MOST:]

    def came_in(self, vector: Floats, time: float) -> float | None:
        """Return how long somebody who crosses inwards was away, or None for a new visitor.

        Who is back is forgotten.
        """
        self._drop(time)
        if not self._gone or not vector.any():
            return None
        alike = np.stack([gone.vector for gone in self._gone]) @ vector
        best, *others = np.argsort(-alike, kind="stable").tolist()
        if alike[best] < self.same or (others and alike[best] - alike[others[0]] < self.margin):
            return None
        return time - self._gone.pop(best).time

    def forget(self) -> None:
        """Forget everybody: closing time."""
        self._gone.clear()

    def _drop(self, time: float) -> None:
        self._gone = [gone for gone in self._gone if 0 <= time - gone.time <= self.within]
