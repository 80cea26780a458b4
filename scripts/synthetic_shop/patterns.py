"""What textures are made of: noise that wraps, tiles, colours. RGB 0..1."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.float32]
SIZE = 256


def blank(value: float) -> Image:
    """Return one grey."""
    return np.full((SIZE, SIZE, 3), value, np.float32)


def colour(rng: np.random.Generator, low: float, high: float, saturation: float) -> Image:
    """Draw a colour of that range of value and at most that saturation."""
    hsv = np.array([[[rng.random() * 360, rng.random() * saturation, rng.uniform(low, high)]]], np.float32)
    return _rgb(hsv)


def paint(rng: np.random.Generator, low: float, high: float) -> Image:
    """Draw a colour that walls and floors have: mostly greys, whites and warm tones, now and then anything."""
    kind, value = rng.random(), rng.uniform(low, high)
    if kind < 0.45:
        hsv = (rng.uniform(0, 360), rng.uniform(0, 0.06), value)
    elif kind < 0.85:
        hsv = (rng.uniform(18, 50), rng.uniform(0.05, 0.3), value)
    else:
        hsv = (rng.uniform(0, 360), rng.uniform(0.05, 0.35), value)
    return _rgb(np.array([[hsv]], np.float32))


def noise(rng: np.random.Generator, octaves: tuple[int, ...] = (4, 8, 16, 32, 64, 128), fall: float = 0.6) -> Image:
    """Return value noise 0..1, SIZE x SIZE, that meets itself at the edges."""
    total, weight = np.zeros((SIZE, SIZE), np.float32), 1.0
    for cells in octaves:
        values = np.pad(rng.random((cells, cells)).astype(np.float32), 1, "wrap")
        cell = SIZE // cells
        wider = cv2.resize(values, (SIZE + 2 * cell, SIZE + 2 * cell), interpolation=cv2.INTER_LINEAR)
        total += weight * wider[cell : cell + SIZE, cell : cell + SIZE]
        weight *= fall
    return np.asarray((total - total.min()) / (np.ptp(total) + 1e-6), np.float32)


def grain(rng: np.random.Generator) -> Image:
    """Return the grain of wood: noise along one axis."""
    return np.repeat(noise(rng, octaves=(32, 64, 128))[:, :1], SIZE, 1)


def grid(
    rng: np.random.Generator, columns: int, rows: int, base: ArrayLike, joint: ArrayLike, vary: float = 0.12,
    width: int = 2,
    *, shifted: bool = False,
) -> Image:  # fmt: skip
    """Return tiles, planks or bricks with joints; each differs by `vary`, every other row may be shifted by half."""
    tile, seam = np.asarray(base, np.float32), np.asarray(joint, np.float32)
    picture = blank(0.0)
    wide, high = SIZE // columns, SIZE // rows
    for row in range(rows):
        band = picture[row * high : (row + 1) * high]
        for column in range(columns):
            band[:, column * wide : (column + 1) * wide] = tile * (1 + vary * (rng.random() - 0.5))
            band[:, column * wide : column * wide + width] = seam
        band[:width] = seam
        if shifted and row % 2:
            band[:] = np.roll(band, wide // 2, 1)
    return np.asarray(picture * (0.9 + 0.2 * noise(rng))[..., None], np.float32)


def _rgb(hsv: Image) -> Image:
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0], np.float32)
