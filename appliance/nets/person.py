"""The person net: a picture -> the people in it.

Per cell the net gives a logit, four distributions over eleven distances in strides (Generalized Focal Loss, Li et al.
2020), and the ground point in two strides. Only cells above the asked probability are decoded.
"""

import numpy as np
from numpy.typing import NDArray

from appliance.frame import Detections, Floats, Pixels
from appliance.nets.catalogue import Entry
from appliance.nets.letterbox import GREY, letterbox
from appliance.nets.session import USUAL, Engine, Session

BINS = 11
OVERLAP = 0.6  # of two boxes that overlap more, the weaker one goes,
SAME_OVERLAP = 0.5  # and from above already of two that overlap by this, whose ground points are
SAME_GROUND = 0.35  # so near to one another, in shorter sides of the narrower box;
FROM_ABOVE = 0.1  # from above: the ground point lies this share of the box's height above its lower edge
MOST = 300  # cells that are decoded at the most: a picture full of noise must not stall the box

_DISTANCES = np.arange(BINS, dtype=np.float32)[:, None]


class PersonDetector:
    """Finds people. detect(image) -> Detections with at least `least` probability, strongest first."""

    def __init__(
        self,
        entry: Entry,
        size: tuple[int, int],
        engine: Engine = USUAL,
        least: float = 0.05,
        *,
        twin: bytes | None = None,
    ) -> None:
        self._session = Session(entry.read() if twin is None else twin, size, engine)
        self._a, self._b = entry.score_line(size)
        self._grounded = entry.kind == "person"  # a face stands nowhere
        self._least = float((np.log(least / (1 - least)) - self._b) / self._a)
        self._width, self._height = size
        self._canvas = np.full((size[1], size[0], 3), GREY, np.uint8)
        self._filled = (0, 0)

    def detect(self, image: Pixels) -> Detections:
        """Return the people in `image` (H x W x 3, BGR), boxes clipped to it."""
        if image.shape[:2] != self._filled:
            self._canvas[:] = GREY
            self._filled = image.shape[:2]
        canvas, scale = letterbox(image, self._width, self._height, self._canvas)
        logits, boxes, grounds = self._decode(self._session.run(canvas))
        keep = suppress(boxes, logits, grounds if self._grounded else None)
        boxes = boxes[keep] / scale
        np.clip(boxes[:, 0::2], 0, image.shape[1], out=boxes[:, 0::2])
        np.clip(boxes[:, 1::2], 0, image.shape[0], out=boxes[:, 1::2])
        scores = 1 / (1 + np.exp(-(self._a * logits[keep] + self._b)))
        return Detections(boxes, scores.astype(np.float32), grounds[keep] / scale)

    def _decode(self, maps: list[Floats]) -> tuple[Floats, Floats, Floats]:
        """Return logits (N), boxes (N x 4) and ground points (N x 2), in pixels of the net's picture."""
        cells, centres, strides = [], [], []
        for found in maps:
            level = found[0]
            stride = self._height / level.shape[1]
            y, x = np.nonzero(level[0] > self._least)
            cells.append(level[:, y, x])
            centres.append((np.stack([x, y], 1) + 0.5) * stride)
            strides.append(np.full(len(x), stride))
        cell = np.concatenate(cells, 1)
        centre = np.concatenate(centres).astype(np.float32)
        stride = np.concatenate(strides).astype(np.float32)[:, None]
        if cell.shape[1] > MOST:
            best = np.argpartition(cell[0], -MOST)[-MOST:]
            cell, centre, stride = cell[:, best], centre[best], stride[best]
        share = np.exp(cell[1 : 1 + 4 * BINS].reshape(4, BINS, -1))
        sides = ((share * _DISTANCES).sum(1) / share.sum(1)).T * stride
        boxes = np.concatenate([centre - sides[:, :2], centre + sides[:, 2:]], 1)
        return cell[0], boxes, centre + cell[-2:].T * stride * 2


def suppress(
    boxes: Floats, scores: Floats, grounds: Floats | None = None, *, overlap: float = OVERLAP
) -> NDArray[np.intp]:
    """Return the indices of the boxes to keep, strongest first: non-maximum suppression by intersection over union.

    With ground points (N x 2) also of boxes that overlap less, where people are seen from above and the same spot is
    below both: people side by side stand apart, two guesses at one person's hidden half do not. At eye level people
    behind one another stand on nearly one spot of the picture, so it doesn't hold there.
    """
    order = np.argsort(-scores, kind="stable")
    x1, y1, x2, y2 = boxes[order].T
    areas = (x2 - x1) * (y2 - y1)
    narrow = np.minimum(x2 - x1, y2 - y1)
    feet = np.zeros((len(order), 2)) if grounds is None else grounds[order]
    alive = np.ones(len(order), bool)
    for i in range(len(order)):
        if not alive[i]:
            continue
        rest = slice(i + 1, None)
        wide = np.minimum(x2[i], x2[rest]) - np.maximum(x1[i], x1[rest])
        high = np.minimum(y2[i], y2[rest]) - np.maximum(y1[i], y1[rest])
        shared = np.maximum(wide, 0) * np.maximum(high, 0)
        whole = areas[i] + areas[rest] - shared + 1e-9
        alive[rest] &= shared < overlap * whole
        if grounds is not None and y2[i] - feet[i, 1] > FROM_ABOVE * (y2[i] - y1[i]):
            near = SAME_GROUND * np.minimum(narrow[i], narrow[rest])
            apart = ((feet[rest] - feet[i]) ** 2).sum(1) >= near**2
            alive[rest] &= apart | (shared < SAME_OVERLAP * whole)
    return order[alive]
