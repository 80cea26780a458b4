"""Views to train on: pictures scaled, shifted, mirrored, mixed four to one, recoloured, blurred, darkened, made noisy.

A view is (picture H x W x 3 uint8, Labels). Boxes are clipped to what the view shows of them; what is mostly outside
has no say.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from scripts.training.pictures import Picture

GREY = (114, 114, 114)
LEAST_SHOWN, LEAST_SIDE = 0.25, 8.0

Pick = Callable[[random.Random], Picture]
Rectangle = tuple[int, int, int, int]


@dataclass(slots=True)
class Labels:
    """Boxes N x 4 with the belief in each (1: labelled by hand), ground points N x 2 (NaN: unknown), ignored M x 4."""

    boxes: np.ndarray
    belief: np.ndarray
    grounds: np.ndarray
    ignored: np.ndarray


def view(
    pick: Pick, width: int, height: int, rng: random.Random, mosaic: float, masks: float = 0.0
) -> tuple[np.ndarray, Labels]:
    """Return one view, of four pictures with the probability `mosaic`, of one otherwise; `masks` covers faces."""
    canvas = np.full((height, width, 3), GREY, np.uint8)
    if rng.random() < mosaic:
        x, y = int(width * rng.uniform(0.3, 0.7)), int(height * rng.uniform(0.3, 0.7))
        parts = [(0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height)]
        placed = [_place(canvas, pick(rng), part, (0.8, 2.2), rng) for part in parts]
    else:
        placed = [_place(canvas, pick(rng), (0, 0, width, height), (0.6, 2.0), rng)]
    labels = Labels(*(np.concatenate(column).astype(np.float32) for column in zip(*placed, strict=True)))
    return recolour(masked(canvas, labels.boxes, masks, rng), rng), labels


def _place(canvas: np.ndarray, picture: Picture, part: Rectangle, scales: tuple[float, float], rng: random.Random):
    """Draw a picture into a part of the canvas; return (boxes, belief, grounds, ignored) there."""
    image = cv2.imread(str(picture.path))
    high, wide = image.shape[:2]
    x0, y0, x1, y1 = part
    scale = min((x1 - x0) / wide, (y1 - y0) / high) * float(np.exp(rng.uniform(*np.log(scales))))
    stretch = rng.uniform(0.9, 1.1)
    left = x0 + rng.random() * ((x1 - x0) - scale * wide)
    top = y0 + rng.random() * ((y1 - y0) - scale * stretch * high)
    matrix = np.array([[scale, 0, left], [0, scale * stretch, top]], np.float32)
    if rng.random() < 0.5:
        matrix[0] = (-scale, 0, left + scale * wide)
    size = (canvas.shape[1], canvas.shape[0])
    how = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR
    moved = cv2.warpAffine(image, matrix, size, flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=GREY)
    canvas[y0:y1, x0:x1] = moved[y0:y1, x0:x1]
    boxes, shown = _moved(picture.boxes, matrix, part)
    ignored, _ = _moved(picture.ignored, matrix, part)
    sides = (boxes[:, 2:] - boxes[:, :2]).max(1, initial=0) if len(boxes) else np.zeros(0)
    good = (shown > LEAST_SHOWN) & (sides > LEAST_SIDE)
    unsure = ~good & (shown > 0.02)
    grounds = picture.grounds @ matrix[:, :2].T + matrix[:, 2]
    ignored = ignored[(ignored[:, 2:] - ignored[:, :2]).min(1, initial=1e9) > 2] if len(ignored) else ignored
    return boxes[good], picture.belief[good], grounds[good], np.concatenate([ignored, boxes[unsure]])


def _moved(boxes: np.ndarray, matrix: np.ndarray, part: Rectangle) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes moved and clipped to the part, and the share of each that is shown."""
    if not len(boxes):
        return np.zeros((0, 4), np.float32), np.zeros(0)
    corners = (boxes.reshape(-1, 2) @ matrix[:, :2].T + matrix[:, 2]).reshape(-1, 4)
    whole = np.concatenate([np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])], 1)
    low, high = np.array(part[:2] * 2), np.array(part[2:] * 2)
    clipped = whole.clip(low, high)
    shown = (clipped[:, 2:] - clipped[:, :2]).prod(1) / np.maximum((whole[:, 2:] - whole[:, :2]).prod(1), 1e-6)
    return clipped.astype(np.float32), shown


def masked(image: np.ndarray, boxes: np.ndarray, share: float, rng: random.Random) -> np.ndarray:
    """Cover the lower part of a share of the faces in a picture, as masks, scarves and cups do."""
    for x1, y1, x2, y2 in boxes.astype(int):
        if rng.random() < share:
            top = y1 + int((y2 - y1) * rng.uniform(0.45, 0.6))
            colour = rng.choice(
                ((235, 225, 215), (210, 170, 120), (30, 30, 30), [rng.randrange(256) for _ in range(3)])
            )
            middle, half = ((x1 + x2) // 2, (top + y2) // 2), (max(1, (x2 - x1) // 2), max(1, (y2 - top) // 2))
            cv2.ellipse(image, middle, half, rng.uniform(-12, 12), 0, 360, colour, -1, cv2.LINE_AA)
            image[top : y2 - half[1] // 2, x1 + half[0] // 5 : x2 - half[0] // 5] = colour
    return image


def recolour(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Change colour, light, sharpness and noise as cameras differ in them."""
    if rng.random() < 0.7:
        hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(np.int16)
        hsv[..., 0] = (hsv[..., 0] + rng.randint(-8, 8)) % 180
        hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.4, 1.5), 0, 255)
        image = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR)
    if rng.random() < 0.7:
        ramp = (np.arange(256) / 255.0) ** rng.uniform(0.55, 1.9) * 255 * rng.uniform(0.6, 1.4) + rng.uniform(-25, 25)
        image = cv2.LUT(image, ramp.clip(0, 255).astype(np.uint8))
    if rng.random() < 0.18:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.15:
        image = cv2.GaussianBlur(image, (rng.choice((3, 5)),) * 2, 0)
    if rng.random() < 0.2:
        channels = 1 if rng.random() < 0.5 else 3
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(2, 14), (*image.shape[:2], channels))
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(12, 50)])[1], 1)
    return image
