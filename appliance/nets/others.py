"""Well-known nets of others that a shop may pull: how a picture goes in and what comes out means.

Each is trained on COCO's 80 classes, of which the first is "person", and takes pictures of one size only. Their
scores are not calibrated, so the tracker's thresholds stand beside each in models.toml.
"""

from abc import ABC, abstractmethod

import cv2
import numpy as np

from appliance.config import parse_size
from appliance.frame import Detections, Floats, Pixels
from appliance.nets.catalogue import Entry
from appliance.nets.person import suppress
from appliance.nets.session import USUAL, Engine, Session


class CocoDetector(ABC):
    """A net of others. detect(image) -> Detections with at least the score `least`, strongest first."""

    fill = 114  # grey around the picture
    centred = False  # the picture lies in the middle, and not in the upper left corner

    def __init__(self, entry: Entry, size: tuple[int, int], engine: Engine = USUAL, least: float = 0.05) -> None:
        self.size = parse_size(entry.figures["sizes"][0])  # the only one; `size` is for nets that take several
        self._session, self._least = Session(entry.read(), self.size, engine), least
        self._rgb = bool(entry.figures.get("rgb"))

    def detect(self, image: Pixels) -> Detections:
        """Return the people in `image` (H x W x 3, BGR), boxes clipped to it."""
        canvas, scale, offset = self._boxed(image)
        outputs = self._session.run(self.scaled(canvas[..., ::-1] if self._rgb else canvas))
        boxes, scores = self.people(outputs[0][0])
        keep = suppress(boxes, scores)
        boxes = ((boxes[keep] - [*offset, *offset]) / [*scale, *scale]).astype(np.float32)
        np.clip(boxes[:, 0::2], 0, image.shape[1], out=boxes[:, 0::2])
        np.clip(boxes[:, 1::2], 0, image.shape[0], out=boxes[:, 1::2])
        grounds = np.stack([boxes[:, [0, 2]].mean(1), boxes[:, 3]], 1)
        return Detections(boxes, scores[keep].astype(np.float32), grounds)

    def _boxed(self, image: Pixels) -> tuple[Pixels, tuple[float, float], tuple[int, int]]:
        """Return the picture on a canvas of the net's size, its scale and where it begins, both in x and y."""
        high, wide = image.shape[:2]
        scale = min(self.size[0] / wide, self.size[1] / high)
        small = (max(1, round(wide * scale)), max(1, round(high * scale)))
        canvas = np.full((self.size[1], self.size[0], 3), self.fill, np.uint8)
        x, y = ((self.size[0] - small[0]) // 2, (self.size[1] - small[1]) // 2) if self.centred else (0, 0)
        canvas[y : y + small[1], x : x + small[0]] = cv2.resize(image, small, interpolation=cv2.INTER_LINEAR)
        return canvas, (scale, scale), (x, y)

    def scaled(self, canvas: Pixels) -> Floats:
        """Return the canvas as the net takes it, 1 x 3 x H x W."""
        return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)

    @abstractmethod
    def people(self, rows: Floats) -> tuple[Floats, Floats]:
        """Turn the net's first output into boxes (N x 4, pixels of the canvas) and scores (N)."""

    def _cells(self, strides: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Return the upper left corner (A x 2) and the stride (A x 1) of every cell, level after level."""
        corners, steps = [], []
        for stride in strides:
            high, wide = (-(-side // stride) for side in (self.size[1], self.size[0]))
            y, x = np.mgrid[:high, :wide]
            corners.append(np.stack([x.ravel(), y.ravel()], 1) * stride)
            steps.append(np.full((high * wide, 1), stride))
        return np.concatenate(corners).astype(np.float32), np.concatenate(steps).astype(np.float32)


class Yolox(CocoDetector):
    """YOLOX (Ge et al. 2021): a cell tells its centre's offset and the log of its size in strides, then the classes."""

    def people(self, rows: Floats) -> tuple[Floats, Floats]:
        """Decode A x (4 + 1 + classes)."""
        corner, stride = self._cells((8, 16, 32))
        score = rows[:, 4] * rows[:, 5]
        kept = (score > self._least) & (rows[:, 5:].argmax(1) == 0)
        middle = rows[kept, :2] * stride[kept] + corner[kept]
        half = np.exp(rows[kept, 2:4]) * stride[kept] / 2
        return np.concatenate([middle - half, middle + half], 1), score[kept]


class NanodetPlus(CocoDetector):
    """NanoDet-Plus (RangiLyu 2021): a cell tells the classes, then four distributions over eight distances."""

    fill, centred = 0, True

    def scaled(self, canvas: Pixels) -> Floats:
        """Return the canvas less COCO's mean, over its deviation."""
        told = (canvas.astype(np.float32) - (103.53, 116.28, 123.675)) / (57.375, 57.12, 58.395)
        return np.ascontiguousarray(told.transpose(2, 0, 1)[None], np.float32)

    def people(self, rows: Floats) -> tuple[Floats, Floats]:
        """Decode A x (classes + 4 x 8)."""
        corner, stride = self._cells((8, 16, 32, 64))
        kept = (rows[:, 0] > self._least) & (rows[:, :-32].argmax(1) == 0)
        share = np.exp(rows[kept, -32:].reshape(-1, 4, 8))
        sides = (share @ np.arange(8)) / share.sum(2) * stride[kept]
        return np.concatenate([corner[kept] - sides[:, :2], corner[kept] + sides[:, 2:]], 1), rows[kept, 0]


class FastestDet(CocoDetector):
    """FastestDet (dog-qiuqiu 2022): one level; the picture is stretched to the net's square."""

    def _boxed(self, image: Pixels) -> tuple[Pixels, tuple[float, float], tuple[int, int]]:
        how = cv2.INTER_AREA if max(image.shape[:2]) > self.size[0] else cv2.INTER_LINEAR
        canvas = np.asarray(cv2.resize(image, self.size, interpolation=how), np.uint8)
        return canvas, (self.size[0] / image.shape[1], self.size[1] / image.shape[0]), (0, 0)

    def scaled(self, canvas: Pixels) -> Floats:
        """Return the canvas from 0 to 1."""
        return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None] / np.float32(255), np.float32)

    def people(self, rows: Floats) -> tuple[Floats, Floats]:
        """Decode (1 + 4 + classes) x H x W: the object, the box, the classes."""
        score = rows[0] ** 0.6 * rows[5] ** 0.4
        y, x = np.nonzero((score > self._least) & (rows[5:].argmax(0) == 0))
        offset, share = np.tanh(rows[1:3, y, x]), 1 / (1 + np.exp(-rows[3:5, y, x]))
        middle = (np.stack([x, y]) + offset) / rows.shape[1]
        boxes = np.concatenate([middle - share / 2, middle + share / 2]).T * self.size[0]
        return boxes.astype(np.float32), score[y, x]
