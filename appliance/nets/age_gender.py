"""The age and gender net: a face -> a distribution over ages, a probability of a man, and how far to believe both.

The net answers for single years so that the bands are the shop's choice; a single answer is a guess, and only many
together, corrected by `metrics` for how the net errs, say something of a day.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from appliance.frame import Floats, Pixels
from appliance.nets.catalogue import Entry
from appliance.nets.session import USUAL, Engine, Session

SIDE = 64
AGES = 101
LEAST_FACE = 24  # pixels; the net answers nothing for smaller ones
WIDER = 1.1  # of a second square, for gender, which hair tells too; chosen on faces of UTKFace


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """What one look at a face gave: probabilities of the ages 0 to 100, of a man, and of being right."""

    ages: Floats
    man: float
    right: float

    def of_bands(self, bands: tuple[tuple[int, int], ...]) -> Floats:
        """Return the probability of each band, ends included."""
        return np.array([self.ages[low : high + 1].sum() for low, high in bands], np.float32)


class AgeGender:
    """Guesses ages. guess(image, box) -> Guess, or None for a face too small to tell."""

    def __init__(self, entry: Entry, engine: Engine = USUAL, *, twin: bytes | None = None) -> None:
        self._session = Session(entry.read() if twin is None else twin, (SIDE, SIDE), engine)

    def guess(self, image: Pixels, box: Floats) -> Guess | None:
        """Look at the face in a box (x1, y1, x2, y2; brow to chin, as the face net gives it) of a picture."""
        if min(box[2] - box[0], box[3] - box[1]) < LEAST_FACE:
            return None
        return self._answer(square(image, box), square(image, box, WIDER))

    def look(self, face: Pixels) -> Guess:
        """Look at a face that fills its square picture, of any size; in the wider look its edges are repeated."""
        margin = round(face.shape[0] * (WIDER - 1) / 2)
        wider = cv2.copyMakeBorder(face, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        return self._answer(face, np.asarray(wider, np.uint8))

    def _answer(self, face: Pixels, wider: Pixels) -> Guess:
        near, far = self._logits(face), self._logits(wider)
        ages = np.exp(near[:AGES] - near[:AGES].max())
        man, right = 1 / (1 + np.exp(-np.array([(near[AGES] + far[AGES]) / 2, near[AGES + 1]])))
        return Guess(ages / ages.sum(), float(man), float(right))

    def _logits(self, face: Pixels) -> Floats:
        """Return the net's mean answer to a square picture as it is and mirrored."""
        how = cv2.INTER_AREA if face.shape[0] > SIDE else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(face, (SIDE, SIDE), interpolation=how), np.uint8)
        mirrored = np.ascontiguousarray(small[:, ::-1])
        return np.asarray((self._session.run(small)[0][0] + self._session.run(mirrored)[0][0]) / 2, np.float32)


def square(image: Pixels, box: Floats, wider: float = 1.0) -> Pixels:
    """Return the square around a face as the net learnt it: as high as the box times `wider`, and a little lower.

    Where it reaches beyond the picture, the picture's edge is repeated.
    """
    side = float(box[3] - box[1]) / 1.035
    middle = (float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2 + 0.068 * side)
    side *= wider
    pixels = max(2, round(side))
    matrix = np.array([[1, 0, middle[0] - side / 2], [0, 1, middle[1] - side / 2]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(image, matrix, (pixels, pixels), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)
