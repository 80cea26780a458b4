"""The face net: a person in a picture -> where the face is. It looks at the upper half of the person alone."""

import numpy as np

from appliance.frame import Floats, Pixels
from appliance.nets.age_gender import AgeGender, Guess
from appliance.nets.catalogue import Catalogue, Entry
from appliance.nets.person import PersonDetector
from appliance.nets.session import USUAL, Engine

SIZE = (128, 128)
LEAST = 0.5  # probability


class FaceFinder:
    """Finds a person's face. find(image, person) -> its box (x1, y1, x2, y2), or None where none is seen."""

    def __init__(self, entry: Entry, engine: Engine = USUAL) -> None:
        self._detector = PersonDetector(entry, SIZE, engine, LEAST)

    def find(self, image: Pixels, person: Floats) -> Floats | None:
        """Look for the face of the person in a box."""
        x1, y1, x2, y2 = upper_half(person, image.shape[1], image.shape[0])
        if x2 - x1 < 8 or y2 - y1 < 8:
            return None
        found = self._detector.detect(image[y1:y2, x1:x2])
        if not len(found.boxes):
            return None
        return np.asarray(found.boxes[0] + (x1, y1, x1, y1), np.float32)


class FaceReader:
    """From a person in a picture to a guess of age and gender: the face net, then the age and gender net."""

    def __init__(self, catalogue: Catalogue, engine: Engine = USUAL) -> None:
        self._finder = FaceFinder(catalogue.find("face"), engine)
        self._guesser = AgeGender(catalogue.find("age-gender"), engine)

    def look(self, image: Pixels, person: Floats) -> Guess | None:
        """Return a guess, or None where no face is seen well enough."""
        box = self._finder.find(image, person)
        return None if box is None else self._guesser.guess(image, box)


def upper_half(person: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the part of a person's box in which a face can be, with a margin, within the picture."""
    x1, y1, x2, y2 = (float(v) for v in person)
    aside, above = 0.1 * (x2 - x1), 0.05 * (y2 - y1)
    left, right = max(0, int(x1 - aside)), min(width, int(x2 + aside) + 1)
    return left, max(0, int(y1 - above)), right, min(height, int((y1 + y2) / 2) + 1)
