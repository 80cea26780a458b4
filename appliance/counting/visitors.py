"""Who comes in, as far as faces and statures tell: each who comes inwards gets a few looks and one guess.

Looks are rationed: one a picture, and to each person only until enough were good. A single guess is often wrong; the
day's mix corrects for how the net errs (metrics.mix). A face that is not seen well is "unknown", which is an answer;
where the camera's place is known, stature still tells children.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from appliance.counting.stature import CHILD, Stature, View
from appliance.counting.stature import ENOUGH as STATURES
from appliance.frame import Crossing, Floats, Pixels, Track, VisitorGuess
from appliance.nets import Guess
from appliance.nets.answers import Bands, names

ENOUGH, TRIES = 5, 15  # good looks at a person, and looks at all
PATIENCE = 5.0  # seconds after the crossing, in which a face may still turn up
LEAST_HEIGHT = 80.0  # pixels of a person; a face is an eighth of that at the most

Look = Callable[[Pixels, Floats], Guess | None]
ViewOf = Callable[[int, int], View | None]


@dataclass(slots=True)
class _Votes:
    """What is known of one track."""

    ages: Floats
    man: float = 0.0
    weight: float = 0.0
    child: float = 0.0
    good: int = 0
    tries: int = 0
    stature: Stature = field(default_factory=Stature)


@dataclass(slots=True)
class Visitors:
    """One camera's looks at faces. update(...) -> the guesses that are final now.

    `view` gives how the camera looks at the floor, for a picture's width and height, or None where that is not known.
    """

    camera: str
    look: Look
    bands: Bands
    view: ViewOf = lambda width, height: None
    _votes: dict[int, _Votes] = field(default_factory=dict)
    _waiting: list[Crossing] = field(default_factory=list)

    def update(self, image: Pixels, tracks: list[Track], crossings: list[Crossing], time: float) -> list[VisitorGuess]:
        """Take one picture's tracks and what crossed with it."""
        there = {track.id for track in tracks}
        self._look_at_one(image, tracks)
        self._measure_one(image, tracks)
        self._waiting += [crossing for crossing in crossings if crossing.direction == "in"]
        ripe = [c for c in self._waiting if c.track not in there or time - c.time > PATIENCE]
        self._waiting = [c for c in self._waiting if c not in ripe]
        guesses = [self._guess(crossing) for crossing in ripe]
        expected = there | {c.track for c in self._waiting}
        self._votes = {track: votes for track, votes in self._votes.items() if track in expected}
        return guesses

    def _look_at_one(self, image: Pixels, tracks: list[Track]) -> None:
        """Spend this picture's one look on the person who had the fewest."""
        tall = [t for t in tracks if t.confirmed and t.box[3] - t.box[1] >= LEAST_HEIGHT]
        fresh = [(self._of(t.id), t) for t in tall]
        open_ones = [(votes.tries, t.id, votes, t) for votes, t in fresh if votes.good < ENOUGH and votes.tries < TRIES]
        if not open_ones:
            return
        _, _, votes, track = min(open_ones, key=lambda row: row[:2])
        votes.tries += 1
        guess = self.look(image, track.box)
        if guess is not None:
            votes.ages = votes.ages + guess.right * guess.of_bands(self.bands)
            votes.man += guess.right * guess.man
            votes.child += guess.right * float(guess.ages[:CHILD].sum())
            votes.weight += guess.right
            votes.good += 1

    def _measure_one(self, image: Pixels, tracks: list[Track]) -> None:
        """Measure the stature of the person who was measured the fewest times."""
        view = self.view(image.shape[1], image.shape[0])
        if view is None:
            return
        known = [(self._of(t.id).stature, t) for t in tracks if t.confirmed]
        for stature, track in sorted(known, key=lambda row: (row[0].looks, row[1].id)):
            if stature.looks >= STATURES or stature.look(view, track.box):
                return

    def _of(self, track: int) -> _Votes:
        return self._votes.setdefault(track, _Votes(np.zeros(len(self.bands), np.float32)))

    def _guess(self, crossing: Crossing) -> VisitorGuess:
        votes = self._of(crossing.track)
        if not votes.weight:
            return VisitorGuess(crossing.time, self.camera, None, None, votes.stature.child())
        ages = tuple(zip(names(self.bands), (votes.ages / votes.weight).tolist(), strict=True))
        man, child = votes.man / votes.weight, votes.child / votes.weight
        return VisitorGuess(crossing.time, self.camera, ages, man, child)
