"""The live view of one camera: a picture that is made only while somebody looks.

Heads are blurred before the picture leaves this module: every box the net suspects to be a person, the weak ones too.
"""

import threading

import cv2
import numpy as np

from appliance.config import Line
from appliance.frame import Detections, Pixels
from appliance.pipeline import Looked

WIDEST = 640
YELLOW, WHITE, GREY = (0, 176, 255), (255, 255, 255), (150, 150, 150)
UPRIGHT = 1.4  # height over width of a box whose upper part is the head; a squatter one is blurred whole


class LiveView:
    """offer(looked) is called for every frame and costs nothing unless a picture was asked for."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines
        self._changed = threading.Condition()
        self._wanted = False
        self._held: tuple[Pixels, Looked] | None = None

    def offer(self, looked: Looked) -> None:
        """Keep a copy of this frame if somebody waits for one."""
        if not self._wanted:
            return
        with self._changed:
            self._held = (shrunk(looked.frame.image), looked)
            self._wanted = False
            self._changed.notify_all()

    def jpeg(self, patience: float = 3.0) -> bytes:
        """Return the next frame as a drawn JPEG, or nothing where none comes within `patience` seconds."""
        with self._changed:
            self._held = None
            self._wanted = True
            self._changed.wait_for(lambda: self._held is not None, patience)
            held = self._held
        if held is None:
            return b""
        image, looked = held
        drawn = draw(image, looked, self._lines)
        done, data = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, 80])
        return data.tobytes() if done else b""


def shrunk(image: Pixels) -> Pixels:
    """Return a copy of the picture, at most WIDEST pixels wide."""
    scale = min(1.0, WIDEST / image.shape[1])
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) if scale < 1 else image.copy()


def draw(image: Pixels, looked: Looked, lines: tuple[Line, ...]) -> Pixels:
    """Blur heads, then draw tracks and lines, into `image` (already shrunk)."""
    height, width = image.shape[:2]
    scale = width / looked.frame.image.shape[1]
    blur_heads(image, looked.detections, scale)
    for track in looked.tracks:
        x1, y1, x2, y2 = (round(float(v) * scale) for v in track.box)
        cv2.rectangle(image, (x1, y1), (x2, y2), WHITE if track.confirmed else GREY, 2 if track.confirmed else 1)
    for line in lines:
        _draw_line(image, line, width, height)
    return image


def blur_heads(image: Pixels, found: Detections, scale: float) -> None:
    """Make the heads of all detections unrecognisable, in place."""
    height, width = image.shape[:2]
    for box in found.boxes * scale:
        wide, high = box[2] - box[0], box[3] - box[1]
        share = 0.33 if high > UPRIGHT * wide else 1.0
        x1, x2 = max(0, int(box[0] - 0.1 * wide)), min(width, int(box[2] + 0.1 * wide) + 1)
        y1, y2 = max(0, int(box[1] - 0.06 * high)), min(height, int(box[1] + share * high) + 1)
        if x2 - x1 < 2 or y2 - y1 < 2:
            continue
        patch = image[y1:y2, x1:x2]
        cells = max(2, min(6, (x2 - x1) // 6)), max(2, min(6, (y2 - y1) // 6))
        coarse = cv2.resize(patch, cells, interpolation=cv2.INTER_AREA)
        image[y1:y2, x1:x2] = cv2.resize(coarse, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)


def _draw_line(image: Pixels, line: Line, width: int, height: int) -> None:
    """Draw the line, its name, and an arrow that points inside."""
    start = np.array(line.start) * (width, height)
    end = np.array(line.end) * (width, height)
    along = (end - start) / max(1e-6, float(np.hypot(*(end - start))))
    inwards = np.array([-along[1], along[0]])
    if np.dot(np.array(line.inside) * (width, height) - start, inwards) < 0:
        inwards = -inwards
    middle = (start + end) / 2

    def point(p: np.ndarray) -> tuple[int, int]:
        return round(float(p[0])), round(float(p[1]))

    cv2.line(image, point(start), point(end), YELLOW, 3, cv2.LINE_AA)
    tip = [middle + 4 * inwards - 7 * along, middle + 4 * inwards + 7 * along, middle + 15 * inwards]
    cv2.fillConvexPoly(image, np.array([point(p) for p in tip]), YELLOW, cv2.LINE_AA)
    name_at = point(start + 6 * along - 8 * inwards)
    cv2.putText(image, line.name, name_at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, YELLOW, 1, cv2.LINE_AA)
