"""A picture of any size -> a picture of the net's size: scaled, upper left, the rest filled with grey."""

import cv2
import numpy as np

from appliance.frame import Pixels

GREY = 114


def letterbox(image: Pixels, width: int, height: int, canvas: Pixels | None = None) -> tuple[Pixels, float]:
    """Return the picture (height x width x 3) and the scale by which pixels of `image` became pixels of it.

    A `canvas` of that size, once filled with grey, is written over instead of made anew.
    """
    scale = min(width / image.shape[1], height / image.shape[0])
    wide, high = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    if canvas is None:
        canvas = np.full((height, width, 3), GREY, np.uint8)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[:high, :wide] = image if scale == 1 else cv2.resize(image, (wide, high), interpolation=how)
    return canvas, scale
