"""Doors: they open for those who come near, and people wait for them and for each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.scene import Door

Reals = NDArray[np.float64]

_NEAR = {"open": 0.0, "swing": 1.0, "sliding": 1.7}  # metres from the door at which it begins to open
_OPENS = {"open": 1.0, "swing": 1.6, "sliding": 1.1}  # share a second
_CLOSES = {"open": 1.0, "swing": 0.5, "sliding": 0.7}
_HOLDS = 1.2  # seconds a door stays open after the last one
_NARROW = 1.3  # metres: through a door this wide or wider two can pass


class Doors:
    """How far each door is open, and what that means for those who walk through."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = doors
        self.openness = np.array([1.0 if door.kind == "open" else 0.0 for door in doors])
        self._quiet = np.full(len(doors), np.inf)

    def step(self, places: Reals, seconds: float) -> None:
        """Move the doors on, given where everybody is (N x 2)."""
        for i, door in enumerate(self._doors):
            if door.kind == "open":
                continue
            off = np.maximum(np.abs(places[:, 0] - door.x) - door.width / 2, 0)
            near = bool((np.hypot(off, places[:, 1]) < _NEAR[door.kind]).any())
            self._quiet[i] = 0.0 if near else self._quiet[i] + seconds
            rate = _OPENS[door.kind] if near else -_CLOSES[door.kind] if self._quiet[i] > _HOLDS else 0.0
            self.openness[i] = np.clip(self.openness[i] + rate * seconds, 0.0, 1.0)

    def gate(self, places: Reals, wish: Reals) -> Reals:
        """Return the share (N) of the wished speed that doors still closed leave to those right before them."""
        share = np.ones(len(places))
        for door, openness in zip(self._doors, self.openness, strict=True):
            ahead = -places[:, 1] * np.sign(wish[:, 1])  # metres to the wall, along the way
            stopped = (np.abs(places[:, 0] - door.x) < door.width / 2 + 0.3) & (ahead > 0) & (ahead < 0.9)
            share[stopped] *= np.clip((openness - 0.3) / 0.5, 0.0, 1.0)
        return share

    def courtesy(self, places: Reals, wish: Reals, there: NDArray[np.bool_], same: NDArray[np.bool_]) -> Reals:
        """Return 0 (N, else 1) for those who let somebody pass first who comes through a narrow door towards them."""
        share = np.ones(len(places))
        for door in self._doors:
            if door.width >= _NARROW:
                continue
            near = there & (np.abs(places[:, 0] - door.x) < 1.2) & (np.abs(places[:, 1]) < 1.8)
            towards = np.sign(wish[:, 1])
            for i in np.flatnonzero(near & (np.abs(wish[:, 1]) > 0.1)):
                ahead = -places[i, 1] * towards[i]
                if not 0.5 < ahead < 1.1:
                    continue
                other = near & (towards == -towards[i]) & ~same[i] & (-places[:, 1] * towards < ahead)
                other &= -places[:, 1] * towards > -0.7
                if other.any():
                    share[i] = 0.0
        return share
