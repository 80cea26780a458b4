"""Who works here, as far as looks tell: people who cross again and again, over hours of one day.

Crossings whose vectors (nets.appearance) are alike are one person's. A person with many of them, spread over a long
time, is staff; a customer who comes back twice is not. As with all vectors: memory alone, and `forget` at closing time.
"""

from dataclasses import dataclass, field

import numpy as np

from appliance.frame import Floats

MOST = 400  # different people remembered at once; beyond it those with the fewest crossings go, the oldest first


@dataclass(slots=True)
class _Person:
    """The mean look of somebody, and when they crossed."""

    vector: Floats
    first: float
    last: float
    crossings: int = 1


@dataclass(slots=True)
class Staff:
    """Counts crossings by looks. crossed(vector, time) -> whether this is one of the staff, as far as known now."""

    same: float
    crossings: int = 6  # at least this many, in and out
    over: float = 2 * 3600.0  # seconds between the first and the last
    _people: list[_Person] = field(default_factory=list)

    def crossed(self, vector: Floats, time: float) -> bool:
        """Take one crossing, either way."""
        if not vector.any():
            return False
        person = self._find(vector)
        if person is None:
            self._people.append(_Person(vector, time, time))
            if len(self._people) > MOST:
                self._people.remove(min(self._people, key=lambda one: (one.crossings, one.last)))
            return False
        mean = person.vector * person.crossings + vector
        person.vector = np.asarray(mean / np.linalg.norm(mean), np.float32)
        person.crossings += 1
        person.last = time
        return person.crossings >= self.crossings and person.last - person.first >= self.over

    def forget(self) -> None:
        """Forget everybody: closing time."""
        self._people.clear()

    def _find(self, vector: Floats) -> _Person | None:
        if not self._people:
            return None
        alike = np.stack([person.vector for person in self._people]) @ vector
        best = int(alike.argmax())
        return self._people[best] if alike[best] >= self.same else None
