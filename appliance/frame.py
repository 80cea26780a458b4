"""The nouns: what travels between the stages of the pipeline. Frozen, typed, no behaviour.

Times are seconds since 1970-01-01 UTC as float. Boxes are N x 4 float32, (x1, y1, x2, y2) in pixels of that frame.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Direction = Literal["in", "out"]
Mark = Literal["", "back", "staff"]
HangingState = Literal["new", "same", "moved", "covered"]
Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of one camera. `image` (H x W x 3, BGR) is lent: it is valid until the next frame is asked for."""

    camera: str
    index: int
    time: float
    image: Pixels
    decode_ms: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a net found in one frame: boxes N x 4, the probability that each is a person (N), ground points N x 2."""

    boxes: Floats
    scores: Floats
    grounds: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person followed from frame to frame, as known at `time`. `confirmed`: enough evidence that it is a person."""

    id: int
    time: float
    born: float
    box: Floats
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """A track passed a line: the moment it passed, which way, and how far along the line (0..1).

    `mark` is what looks say of the person, where they are asked: was here lately, or works here.
    """

    time: float
    camera: str
    line: str
    direction: Direction
    track: int
    frame: int
    at: float
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class VisitorGuess:
    """What the nets made of one person who came in at `time`: the bands of ages and a man, with their probabilities.

    Both are None where no face was seen well enough to say. `child` is the probability of a child under twelve: by the
    face where one was seen, else by stature, or None where neither tells.
    """

    time: float
    camera: str
    ages: tuple[tuple[str, float], ...] | None
    man: float | None
    child: float | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A track was in a zone from `entered` until `left`."""

    entered: float
    left: float
    camera: str
    zone: str
    track: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one minute a camera saw. `minute` is the UTC second at which it began; `seen` is seconds, 0..60."""

    camera: str
    minute: int
    seen: float
    frames: int


@dataclass(frozen=True, slots=True)
class Hanging:
    """How a camera hangs, beside how it hung when it was set up, and all that is kept to tell.

    In `state` since the UTC second `since`: new (not looked at long enough), same, moved (its picture lies about `x`,
    `y` shares of it further right and lower, `turned` degrees clockwise; all 0 where it shows something else) or
    covered. `looks` are sketches of the still scene, one after another (counting.sketch), the first learnt at `begun`;
    `set_up` is the sha256 of what they belong to: the camera's source, place and lines.
    """

    camera: str
    set_up: str
    state: HangingState = "new"
    since: float = 0.0
    begun: float = 0.0
    x: float = 0.0
    y: float = 0.0
    turned: int = 0
    looks: bytes = b""
