"""Scripted walks: people as boxes that move, for tests of tracks and lines. Pixels of a 640 x 360 picture."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from appliance.config import Line
from appliance.counting import LineCounter
from appliance.frame import Crossing, Detections
from appliance.tracking import Tracker

WIDTH, HEIGHT = 640, 360
DOOR = Line("door", (0.1, 0.5), (0.9, 0.5), (0.5, 0.9))
PERSON = (40.0, 100.0)

Point = tuple[float, float]  # the foot, pixels
Walk = Sequence[tuple[float, Point]]  # time and place; straight between


def at(walk: Walk, time: float) -> Point | None:
    """Return where a walker is, or None before the first and after the last moment."""
    for (t0, (x0, y0)), (t1, (x1, y1)) in itertools.pairwise(walk):
        if t0 <= time <= t1:
            share = (time - t0) / (t1 - t0)
            return x0 + share * (x1 - x0), y0 + share * (y1 - y0)
    return None


def seen(feet: Iterable[Point], score: float = 0.9, size: tuple[float, float] = PERSON) -> Detections:
    """Return the detections of people whose feet stand there."""
    wide, high = size
    boxes = np.array([(x - wide / 2, y - high, x + wide / 2, y) for x, y in feet], np.float32).reshape(-1, 4)
    return Detections(boxes, np.full(len(boxes), score, np.float32), boxes[:, 2:])


def count(
    walks: Sequence[Walk], *, fps: float = 10.0, line: Line = DOOR, anchor: str = "foot", score: float = 0.9
) -> list[Crossing]:
    """Walk everybody through tracker and line counter."""
    tracker, counter = Tracker(), LineCounter("camera", line, anchor)
    end = max(walk[-1][0] for walk in walks) + 1
    crossings = []
    for frame in range(int(end * fps)):
        time = 100 + frame / fps
        feet = [p for walk in walks if (p := at(walk, frame / fps)) is not None]
        tracks = tracker.update(seen(feet, score), time)
        crossings += counter.update(tracks, time, frame, WIDTH, HEIGHT)
    return crossings
