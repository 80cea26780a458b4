"""Textures that are drawn, not photographed: floors, walls, goods, posters, the street. RGB 0..1; edges meet.

LAYERS names what the renderer's texture array holds; each layer is drawn from the scene's seed.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.floors import floor
from scripts.synthetic_shop.patterns import SIZE, blank, colour, grain, grid, noise, paint

Image = NDArray[np.float32]
LAYERS = (
    "white", "floor", "wall", "pavement", "mat", "grille", "ceiling", "goods0", "goods1", "goods2", "poster0",
    "poster1",
    "poster2", "street", "leaf", "wood", "cloth", "sticker", "cardboard", "mesh", "road",
    "weave",
)  # fmt: skip
LAYER = {name: index for index, name in enumerate(LAYERS)}
_PART = 41


def textures(seed: int) -> Image:
    """Return all layers of a scene, len(LAYERS) x SIZE x SIZE x 3."""
    rng = np.random.default_rng([seed, _PART])
    drawn = {
        "white": blank(1.0), "floor": floor(rng), "wall": _wall(rng), "pavement": _pavement(rng), "mat": _mat(rng),
        "grille": _grille(rng), "ceiling": grid(rng, 4, 4, np.full(3, 0.85), np.full(3, 0.6), 0.04),
        "street": _street(rng),
        "leaf": _leaf(rng), "wood": _wood(rng), "cloth": _cloth(rng), "sticker": _sticker(rng),
        "cardboard": np.array([0.62, 0.47, 0.3], np.float32) * (0.85 + 0.2 * grain(rng))[..., None],
        "mesh": _mesh(), "weave": _weave(rng), "road": np.full(3, 0.32, np.float32) * (0.8 + 0.4 * noise(rng,
        fall=0.95))[..., None],
    }  # fmt: skip
    drawn |= {f"goods{number}": _goods(rng) for number in range(3)}
    drawn |= {f"poster{number}": _poster(rng) for number in range(3)}
    return np.asarray(np.clip(np.stack([drawn[name] for name in LAYERS]), 0, 1), np.float32)


def _wall(rng: np.random.Generator) -> Image:
    kind = rng.random()
    if kind < 0.2:  # bricks
        return grid(
            rng, 4, 12, np.array([0.5, 0.3, 0.24]) * rng.uniform(0.6, 1.6), np.full(3, 0.55), 0.4, 2, shifted=True
        )
    if kind < 0.3:  # tiles
        return grid(rng, 6, 6, paint(rng, 0.6, 0.95), np.full(3, 0.8), 0.05)
    if kind < 0.4:  # panels
        return paint(rng, 0.3, 0.9) * (0.8 + 0.3 * grain(rng))[..., None]
    return np.asarray(paint(rng, 0.4, 0.97) * (0.93 + 0.1 * noise(rng))[..., None], np.float32)


def _pavement(rng: np.random.Generator) -> Image:
    if rng.random() < 0.3:
        return np.full(3, rng.uniform(0.2, 0.45), np.float32) * (0.75 + 0.5 * noise(rng, fall=0.95))[..., None]
    across = int(rng.choice([2, 4, 8]))
    return grid(
        rng, across, across, np.full(3, rng.uniform(0.3, 0.6)), np.full(3, 0.2), 0.2, shifted=rng.random() < 0.4
    )


def _mat(rng: np.random.Generator) -> Image:
    """A door mat: ribs or bristles, dark or coloured, sometimes with a word or a border."""
    mat = colour(rng, 0.05, 0.45, 0.7) * (0.6 + 0.8 * rng.random((SIZE, SIZE, 1)).astype(np.float32))
    kind = rng.random()
    if kind < 0.4:
        step = int(rng.choice([4, 8, 12]))
        mat[:: step if rng.random() < 0.5 else 8] *= 0.5
    elif kind < 0.6:
        mat[:16] = mat[-16:] = colour(rng, 0.05, 0.5, 0.8)
        mat[:, :16] = mat[:, -16:] = mat[0, 0]
    if rng.random() < 0.25:
        canvas = (np.clip(mat, 0, 1) * 255).astype(np.uint8)
        word = str(rng.choice(["WELCOME", "HELLO", "OPEN", "SHOP"]))
        cv2.putText(canvas, word, (14, 145), 0, 1.5, (255 * colour(rng, 0.5, 1, 0.3)).tolist(), 5)
        mat = canvas.astype(np.float32) / 255
    return mat


def _grille(rng: np.random.Generator) -> Image:
    """Metal bars with dark gaps."""
    bars = blank(0.05)
    step, wide = int(rng.choice([8, 16, 21])), rng.uniform(0.3, 0.6)
    for row in range(SIZE):
        if row % step < step * wide:
            bars[row] = rng.uniform(0.4, 0.55)
    bars[:, ::64] = 0.4
    return bars


def _goods(rng: np.random.Generator) -> Image:
    shelf = blank(0.06)
    rows = int(rng.integers(3, 6))
    high = SIZE // rows
    for row in range(rows):
        x = 0
        while x < SIZE:
            wide, top = int(rng.integers(8, 30)), row * high + int(high * rng.uniform(0.1, 0.5))
            pack, label = colour(rng, 0.15, 0.95, 0.8), colour(rng, 0.3, 1, 0.6)
            foot = (row + 1) * high - 5
            for _ in range(int(rng.integers(1, 6))):
                shelf[top:foot, x : x + wide - 1] = pack
                shelf[top + (foot - top) // 3 : top + (foot - top) // 2, x + 1 : x + wide - 2] = label
                x += wide
        shelf[(row + 1) * high - 5 : (row + 1) * high] = 0.55
    return shelf


def _poster(rng: np.random.Generator) -> Image:
    canvas = np.tile((colour(rng, 0.3, 1, 0.8) * 255).astype(np.uint8), (SIZE, SIZE, 1))
    for _ in range(int(rng.integers(2, 6))):
        ink, at = (colour(rng, 0.1, 1, 0.9) * 255).tolist(), rng.integers(0, SIZE, 2)
        if rng.random() < 0.5:
            cv2.circle(canvas, at.tolist(), int(rng.integers(15, 90)), ink, -1)
        else:
            cv2.rectangle(canvas, at.tolist(), (at + rng.integers(20, 140, 2)).tolist(), ink, -1)
    for _ in range(int(rng.integers(2, 7))):
        words = "".join(rng.choice(list("SALENOWOFERTPQ50%"), 6))
        corner = (int(rng.integers(0, 120)), int(rng.integers(30, 250)))
        ink = (colour(rng, 0, 1, 0.3) * 255).tolist()
        cv2.putText(canvas, words, corner, 0, float(rng.uniform(0.5, 2.2)), ink, int(rng.integers(1, 5)))
    return np.asarray(canvas / 255, np.float32)


def _sticker(rng: np.random.Generator) -> Image:
    """A round sign on the floor."""
    ink = colour(rng, 0.4, 1, 0.9)
    canvas = np.tile((ink * 255).astype(np.uint8), (SIZE, SIZE, 1))
    cv2.circle(canvas, (128, 128), 100, (250, 250, 250), 14)
    if rng.random() < 0.5:
        cv2.arrowedLine(canvas, (128, 200), (128, 60), (250, 250, 250), 24, tipLength=0.4)
    else:
        cv2.putText(canvas, str(rng.choice(["2 m", "STOP", "WAIT", "SALE"])), (40, 145), 0, 2.0, (250, 250, 250), 8)
    return np.asarray(canvas / 255, np.float32)


def _street(rng: np.random.Generator) -> Image:
    """The other side of the street: sky, houses, windows, shop fronts. Row 0 is the ground."""
    sky = (0.75, 0.88, 1.0) if rng.random() < 0.6 else (0.9, 0.9, 0.92)
    view = np.tile(np.array(sky, np.float32), (SIZE, SIZE, 1))
    x = 0
    while x < SIZE:
        wide, high, wall = int(rng.integers(30, 90)), int(rng.integers(90, 235)), colour(rng, 0.2, 0.75, 0.35)
        view[SIZE - high :, x : x + wide] = wall
        for y in range(SIZE - high + 8, SIZE - 50, 18):
            for left in range(x + 5, min(x + wide - 8, SIZE), 13):
                view[y : y + 10, left : left + 7] = wall * rng.uniform(0.3, 1.3)
        view[SIZE - 42 : SIZE - 8, x + 4 : x + wide - 4] = colour(rng, 0.1, 0.5, 0.5)
        x += wide
    view[SIZE - 12 :] = 0.4
    return cv2.GaussianBlur(view, (0, 0), 1.2)[::-1].astype(np.float32)


def _leaf(rng: np.random.Generator) -> Image:
    light = noise(rng, octaves=(16, 32, 64), fall=0.9)
    return np.stack([0.12 + 0.2 * light, 0.25 + 0.4 * light, 0.08 + 0.1 * light], -1)


def _wood(rng: np.random.Generator) -> Image:
    return colour(rng, 0.25, 0.8, 0.4) * (0.8 + 0.3 * grain(rng))[..., None]


def _cloth(rng: np.random.Generator) -> Image:
    stripes = np.repeat(np.stack([colour(rng, 0.1, 0.9, 0.7) for _ in range(16)]), SIZE // 16, 0)
    return stripes[None] * (0.8 + 0.3 * rng.random((1, SIZE, 1)).astype(np.float32)) * np.ones((SIZE, 1, 1), np.float32)


def _weave(rng: np.random.Generator) -> Image:
    """Cloth of bags: nearly white, to be tinted."""
    threads = 0.85 + 0.15 * rng.random((SIZE, SIZE, 1)).astype(np.float32)
    return threads * (0.85 + 0.3 * noise(rng))[..., None] * np.ones(3, np.float32)


def _mesh() -> Image:
    """Wire baskets seen from afar: bright lines on dark."""
    wires = blank(0.12)
    wires[::16] = wires[1::16] = 0.62
    wires[:, ::16] = wires[:, 1::16] = 0.62
    return wires
