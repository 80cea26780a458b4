"""AP50: average precision at an overlap of one half, over all recalls (the area under the precision envelope)."""

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]


def overlaps(box: Boxes, others: Boxes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return intersection over union, and intersection over the area of `box`, with each of `others` (N x 4)."""
    wide = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    high = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    shared = wide.clip(0) * high.clip(0)
    own = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return shared / (own + areas - shared + 1e-9), shared / (own + 1e-9)


def matched(found: Boxes, true: Boxes, ignored: Boxes, least: float = 0.5) -> tuple[Boxes, list[float]]:
    """Return the score with which each true box was found (N, 0: not found), and the scores of false boxes.

    `found` is N x 5, the score last. Boxes that lie mostly in an ignored one are left out.
    """
    scores, false = np.zeros(len(true), np.float32), []
    for box in found[np.argsort(-found[:, 4], kind="stable")]:
        if len(true):
            iou, _ = overlaps(box, true)
            iou[scores > 0] = -1
            best = int(iou.argmax())
            if iou[best] >= least:
                scores[best] = box[4]
                continue
        if len(ignored) and overlaps(box, ignored)[1].max() > 0.5:
            continue
        false.append(float(box[4]))
    return scores, false


def judged(found: Boxes, true: Boxes, ignored: Boxes, least: float = 0.5) -> list[tuple[float, bool]]:
    """Return (score, right) of each found box that has a say, as `matched` pairs them."""
    scores, false = matched(found, true, ignored, least)
    return [(float(score), True) for score in scores if score > 0] + [(score, False) for score in false]


def average_precision(verdicts: list[tuple[float, bool]], people: int) -> float:
    """Return the AP of all verdicts of a set of pictures with that many people."""
    if not verdicts or not people:
        return 0.0
    scores, right = (np.array(column) for column in zip(*verdicts, strict=True))
    hits = right[np.argsort(-scores, kind="stable")].cumsum()
    precision = hits / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    recall = np.concatenate([[0.0], hits / people])
    return float(np.trapezoid(np.concatenate([envelope[:1], envelope]), recall))
