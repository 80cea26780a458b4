"""The appearance net: people in a picture -> a vector each, close for the same person on the same day.

It tells by clothes, build and what is carried, not by faces, so it is worthless the next day, which is as it should be.
A vector is as private as a picture: it lives in memory, is written nowhere, and dies at closing time at the latest.
"""

import cv2
import numpy as np

from appliance.frame import Floats, Pixels
from appliance.nets.catalogue import Entry
from appliance.nets.session import USUAL, Engine, Session

WIDTH, HEIGHT, NUMBERS = 64, 128, 96
LEAST_HEIGHT = 24.0  # pixels of a person; smaller ones all look alike


class AppearanceReader:
    """Describes people. read(image, boxes) -> vectors.

    `same` is the cosine from which two are taken for one person's, as measured on real people.
    """

    def __init__(self, entry: Entry, engine: Engine = USUAL, *, twin: bytes | None = None) -> None:
        self._session = Session(entry.read() if twin is None else twin, (WIDTH, HEIGHT), engine)
        self.same = float(entry.figures["same"]["real-tracks"])

    def read(self, image: Pixels, boxes: Floats) -> Floats:
        """Return the vectors of the people in boxes (N x 4) of a picture, N x NUMBERS, each of length 1.

        A box that is out of the picture, or lower than LEAST_HEIGHT within it, gives zeros: alike to nobody.
        """
        vectors = np.zeros((len(boxes), NUMBERS), np.float32)
        for vector, box in zip(vectors, boxes, strict=True):
            crop = crop_of(image, box)
            if crop is not None:
                vector[:] = self.look(crop)
        return vectors

    def look(self, crop: Pixels) -> Floats:
        """Return the vector of a crop, HEIGHT x WIDTH x 3."""
        vector = self._session.run(crop)[0][0]
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)


def crop_of(image: Pixels, box: Floats) -> Pixels | None:
    """Return what a box (x1, y1, x2, y2) holds of a picture, stretched to WIDTH x HEIGHT; None for too little."""
    high, wide = image.shape[:2]
    if not np.isfinite(box).all():
        return None
    x1, y1 = max(0, int(box[0])), max(0, int(box[1]))
    x2, y2 = min(wide, int(box[2]) + 1), min(high, int(box[3]) + 1)
    if y2 - y1 < LEAST_HEIGHT or x2 - x1 < LEAST_HEIGHT / 4:
        return None
    how = cv2.INTER_AREA if y2 - y1 > HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image[y1:y2, x1:x2], (WIDTH, HEIGHT), interpolation=how), np.uint8)
