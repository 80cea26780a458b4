"""Floors: what a straight-down camera mostly sees, so there are many."""

from collections.abc import Callable

import numpy as np

from scripts.synthetic_shop.patterns import SIZE, Image, blank, colour, grain, grid, noise, paint

Draw = Callable[[np.random.Generator], Image]


def floor(rng: np.random.Generator) -> Image:
    """Draw a floor of any kind."""
    kinds: tuple[tuple[Draw, float], ...] = (
        (_tiles, 0.26), (_mosaic, 0.07), (_planks, 0.14), (_herringbone, 0.06), (_stone, 0.1), (_terrazzo, 0.09),
        (_concrete, 0.1), (_carpet, 0.08), (_patterned, 0.05), (_checker, 0.05),
    )  # fmt: skip
    chances = np.array([chance for _, chance in kinds])
    return kinds[int(rng.choice(len(kinds), p=chances / chances.sum()))][0](rng)


def _base(rng: np.random.Generator) -> Image:
    return paint(rng, 0.18, 0.92)


def _tiles(rng: np.random.Generator) -> Image:
    base, across = _base(rng), int(rng.choice([2, 4, 4, 8]))
    joint = base * rng.uniform(0.35, 1.3)
    return grid(
        rng, across, across, base, joint, rng.uniform(0.02, 0.25), int(rng.integers(1, 5)), shifted=rng.random() < 0.2
    )


def _mosaic(rng: np.random.Generator) -> Image:
    return grid(rng, 16, 16, _base(rng), np.full(3, rng.uniform(0.2, 0.8)), rng.uniform(0.1, 0.8), 2)


def _planks(rng: np.random.Generator) -> Image:
    tone = np.array([0.55, 0.38, 0.22]) * rng.uniform(0.5, 1.5)
    tone = tone * (1 - rng.random() * 0.5) + tone.mean() * rng.random() * 0.5
    planks = grid(rng, 2, int(rng.choice([4, 8, 16])), tone, tone * 0.4, rng.uniform(0.1, 0.4), 1, shifted=True)
    return planks * (0.8 + 0.4 * grain(rng))[..., None]


def _herringbone(rng: np.random.Generator) -> Image:
    tone = np.array([0.5, 0.35, 0.2], np.float32) * rng.uniform(0.6, 1.5)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    band = (x // 32) % 2
    slope = np.where(band, y + x, y - x)
    seam = ((slope % 32) < 2) | ((x % 32) < 1)
    shade = 0.85 + 0.3 * rng.random(64).astype(np.float32)[(slope // 32 + 17 * (x // 32)) % 64]
    return np.asarray(
        tone * (shade * np.where(seam, 0.5, 1.0)).astype(np.float32)[..., None] * (0.9 + 0.2 * noise(rng))[..., None],
        np.float32,
    )


def _stone(rng: np.random.Generator) -> Image:
    stone = _base(rng) * (0.7 + 0.6 * noise(rng, fall=0.9))[..., None]
    veins = np.abs(noise(rng, octaves=(4, 8, 16, 32)) - 0.5) < rng.uniform(0.0, 0.015)
    stone[veins] *= rng.uniform(0.6, 1.5)
    return stone


def _terrazzo(rng: np.random.Generator) -> Image:
    ground = _base(rng) * (0.95 + 0.1 * noise(rng))[..., None]
    flakes = noise(rng, octaves=(64, 128), fall=1.0)
    for _ in range(int(rng.integers(2, 5))):
        low = rng.uniform(0.2, 0.8)
        ground[(flakes > low) & (flakes < low + rng.uniform(0.02, 0.06))] = colour(rng, 0.1, 0.95, 0.5)
    return ground


def _concrete(rng: np.random.Generator) -> Image:
    grey = np.full(3, rng.uniform(0.25, 0.6), np.float32) * (0.75 + 0.5 * noise(rng, fall=0.75))[..., None]
    cracks = np.abs(noise(rng, octaves=(2, 4, 16, 64)) - 0.5) < 0.004
    grey[cracks] *= 0.5
    return grey


def _carpet(rng: np.random.Generator) -> Image:
    pile = rng.random((SIZE, SIZE, 1)).astype(np.float32)
    return colour(rng, 0.1, 0.7, 0.6) * (0.6 + rng.uniform(0.2, 0.7) * pile)


def _patterned(rng: np.random.Generator) -> Image:
    """A carpet or vinyl with a figure that repeats."""
    ground, ink = colour(rng, 0.1, 0.7, 0.6), colour(rng, 0.1, 0.9, 0.6)
    y, x = np.mgrid[0:SIZE, 0:SIZE] * (2 * np.pi / SIZE)
    waves = np.sin(x * int(rng.integers(2, 9))) * np.sin(y * int(rng.integers(2, 9)) + int(rng.integers(0, 3)) * x)
    figure = (waves > rng.uniform(-0.2, 0.6)).astype(np.float32)[..., None]
    return np.asarray((ground * (1 - figure) + ink * figure) * (0.85 + 0.3 * noise(rng))[..., None], np.float32)


def _checker(rng: np.random.Generator) -> Image:
    cells = int(rng.choice([2, 4, 8]))
    index = np.arange(SIZE) * cells // SIZE
    light = ((index[:, None] + index) % 2).astype(np.float32)[..., None]
    tiles = grid(rng, cells, cells, _base(rng), blank(0.3)[0, 0], 0.05, 1)
    return tiles * np.where(light > 0, 1.0, rng.uniform(0.12, 0.7)).astype(np.float32)
