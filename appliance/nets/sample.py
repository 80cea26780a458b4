"""Pictures to calibrate and judge a net on: drawn evenly from all that were offered, most with people in them.

Ranges measured on an empty shop would cut off what people make the net say, so at most a quarter show nobody. They are
kept in memory alone, at the net's size, and die with the process.
"""

import random

from appliance.frame import Pixels
from appliance.nets.detectors import Detector
from appliance.nets.letterbox import letterbox

SURE = 0.5
EMPTY_SHARE = 0.25
KEPT_BACK = 4  # every so manieth picture is judged on, and not calibrated on


class Sample:
    """Takes pictures as they come. A reservoir (Vitter 1985): each that was offered is as likely to be kept."""

    def __init__(self, wanted: int, size: tuple[int, int], detector: Detector) -> None:
        self._most = {True: wanted - int(wanted * EMPTY_SHARE), False: int(wanted * EMPTY_SHARE)}
        self._kept: dict[bool, list[Pixels]] = {True: [], False: []}
        self._offered = {True: 0, False: 0}
        self._size, self._detector = size, detector
        self._random = random.Random(1)  # noqa: S311 - the same pictures give the same net

    def offer(self, image: Pixels) -> None:
        """Look at a picture (H x W x 3, BGR; copied) and keep it, or not."""
        scores = self._detector.detect(image).scores
        somebody = bool(len(scores) and scores.max() >= SURE)
        kept, most = self._kept[somebody], self._most[somebody]
        self._offered[somebody] += 1
        if len(kept) < most:
            kept.append(letterbox(image, *self._size)[0])
        elif (place := self._random.randrange(self._offered[somebody])) < most:
            kept[place] = letterbox(image, *self._size)[0]

    @property
    def people(self) -> int:
        """How many of the kept pictures show somebody."""
        return len(self._kept[True])

    def split(self) -> tuple[list[Pixels], list[Pixels]]:
        """Return the pictures to calibrate on and, every fourth, those to judge on."""
        people, empty = self._kept[True], self._kept[False][: max(1, self.people // 3)]
        every = [*people, *empty]
        judged = every[::KEPT_BACK]
        return [p for i, p in enumerate(every) if i % KEPT_BACK], judged
