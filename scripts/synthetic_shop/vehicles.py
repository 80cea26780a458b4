"""Things with wheels: prams, shopping trolleys, wheeled bags, cars, bicycles. Front towards -y, base at z = 0.

What a person pushes is built so that its handle is at the origin's (0, 0, handle height) and it reaches towards -y.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scripts.synthetic_shop.geometry import Mesh, Reals
from scripts.synthetic_shop.patterns import colour
from scripts.synthetic_shop.textures import LAYER

STEEL = (0.45, 0.46, 0.48)
RUBBER = (0.03, 0.03, 0.03)


def pram(cloth: ArrayLike, hood: ArrayLike | None = None) -> Mesh:
    """Return a pram: a tub with a hood, a handle, four wheels."""
    tint, cover = np.asarray(cloth, float), np.asarray(cloth if hood is None else hood, float)
    mesh = Mesh().ball([0, -0.55, 0.72], [0.2, 0.42, 0.3], 0, tint, low=-1.0, high=0.05)
    mesh.ball([0, -0.45, 0.72], [0.19, 0.26, 0.05], 0, np.clip(tint * 0.5 + 0.35, 0, 1), low=0.0)  # the blanket
    mesh.ball([0, -0.68, 0.72], [0.21, 0.28, 0.34], 0, cover, low=0.0, sides=18)
    mesh.ball([0, -0.42, 0.78], [0.07, 0.08, 0.06], 0, (0.6, 0.42, 0.32))  # who lies in it
    for x in (-0.21, 0.21):
        mesh.tube([x, -0.05, 1.0], [x * 0.9, -0.75, 0.35], 0.012, tint=STEEL)
        for y in (-0.25, -0.9):
            _wheel(mesh, [x * 1.15, y, 0.13], 0.13, 0.03)
    return mesh.tube([-0.22, -0.04, 1.0], [0.22, -0.04, 1.0], 0.018, tint=RUBBER)


def trolley(rng: np.random.Generator) -> Mesh:
    """Return a shopping trolley: a wire basket with goods, a coloured handle, castors."""
    mesh = Mesh()
    bright = colour(rng, 0.3, 0.9, 0.9)
    top, bottom = [0.27, -0.08, -0.92, 0.95], [0.2, -0.2, -0.82, 0.5]  # half width, rear y, front y, height
    wires: dict[str, Any] = {"tint": STEEL, "sides": 4}
    for level in np.linspace(0, 1, 5):
        x, rear, front, z = np.add(bottom, (np.subtract(top, bottom)) * level)
        for a, b in (([-x, rear, z], [-x, front, z]), ([x, rear, z], [x, front, z]), ([-x, front, z], [x, front, z])):
            mesh.tube(a, b, 0.006 if level < 1 else 0.012, **wires)
    for share in np.linspace(0, 1, 8):
        for side in (-1, 1):
            y_low, y_high = bottom[1] + (bottom[2] - bottom[1]) * share, top[1] + (top[2] - top[1]) * share
            mesh.tube([side * bottom[0], y_low, bottom[3]], [side * top[0], y_high, top[3]], 0.005, **wires)
    mesh.quad([-0.2, -0.82, 0.5], [0.4, 0, 0], [0, 0.62, 0], LAYER["mesh"], repeat=(0.6, 1))
    for _ in range(int(rng.integers(0, 9))):
        at = [rng.uniform(-0.12, 0.12), rng.uniform(-0.72, -0.3), 0.51]
        mesh.box(at, rng.uniform(0.08, 0.26, 3), 0, colour(rng, 0.1, 0.95, 0.8), rng.uniform(0, 3))
    for x in (-0.24, 0.24):
        mesh.tube([x, -0.1, 0.95], [x, -0.2, 0.2], 0.014, tint=STEEL)
        mesh.tube([x, -0.2, 0.2], [x * 0.8, -0.85, 0.2], 0.014, tint=STEEL)
        for y in (-0.18, -0.84):
            _wheel(mesh, [x, y, 0.06], 0.06, 0.03)
    return mesh.tube([-0.27, -0.02, 1.0], [0.27, -0.02, 1.0], 0.02, tint=bright)


def wheeled_bag(cloth: ArrayLike) -> Mesh:
    """Return a bag on two wheels, pulled by a bar."""
    mesh = Mesh().box([0, -0.3, 0.12], [0.34, 0.26, 0.55], LAYER["weave"], cloth)
    for x in (-0.15, 0.15):
        mesh.tube([x, -0.15, 0.1], [x * 0.5, 0, 1.0], 0.012, tint=STEEL)
        _wheel(mesh, [x * 1.2, -0.22, 0.09], 0.09, 0.03)
    return mesh.tube([-0.09, 0, 1.0], [0.09, 0, 1.0], 0.016, tint=RUBBER)


def car(size: Reals, paint: ArrayLike) -> Mesh:
    """Return a car that drives towards -y: `size` is wide, long, high."""
    wide, long, high = size if size[1] > size[0] else (size[1], size[0], size[2])
    mesh = Mesh().box([0, 0, 0.25], [wide, long, high * 0.42], 0, paint, gloss=0.5)
    mesh.box(
        [0, long * 0.06, 0.25 + high * 0.42], [wide * 0.86, long * 0.5, high * 0.3], 0, (0.06, 0.07, 0.09), gloss=0.6
    )
    mesh.box([0, long * 0.08, 0.22 + high * 0.74], [wide * 0.8, long * 0.4, 0.04], 0, paint, gloss=0.5)
    for x in (-1, 1):
        mesh.box([x * wide * 0.36, -long / 2, 0.5], [0.3, 0.04, 0.14], 0, (1, 1, 0.9), glow=0.0)
        for y in (-0.32, 0.32):
            _wheel(mesh, [x * wide * 0.46, y * long, 0.31], 0.31, 0.2)
    return mesh


def bicycle(paint: ArrayLike) -> Mesh:
    """Return a bicycle that leans on nothing."""
    mesh = Mesh()
    for y in (-0.52, 0.52):
        _wheel(mesh, [0, y, 0.34], 0.34, 0.04)
    for a, b in (
        ([0, 0.52, 0.34], [0, 0.1, 0.32]), ([0, 0.1, 0.32], [0, 0.22, 0.85]), ([0, 0.18, 0.75], [0, -0.42, 0.78]),
        ([0, 0.1, 0.32], [0, -0.42, 0.75]), ([0, -0.52, 0.34], [0, -0.4, 1.0]), ([-0.28, -0.36, 1.0], [0.28, -0.36,
        1.0]),
    ):  # fmt: skip
        mesh.tube(a, b, 0.018, tint=paint, sides=6)
    return mesh.ball([0, 0.24, 0.9], [0.07, 0.13, 0.04], 0, RUBBER)


def _wheel(mesh: Mesh, centre: ArrayLike, radius: float, wide: float) -> None:
    middle, half = np.asarray(centre, float), np.array([wide / 2, 0, 0])
    mesh.tube(middle - half, middle + half, radius, tint=RUBBER, sides=12)
    mesh.tube(middle - half * 1.1, middle + half * 1.1, radius * 0.6, tint=STEEL, sides=10)
