"""What people wear and carry beyond their baked clothes: hats, hoods, bags, umbrellas, prams and trolleys they push.

Meshes are of unit size and tinted (1,0,0), (0,1,0), (0,0,1): the two colours that a person gives them, and white.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from scripts.synthetic_shop.geometry import Floats, Mesh
from scripts.synthetic_shop.textures import LAYER
from scripts.synthetic_shop.vehicles import pram, trolley, wheeled_bag

A, B, WHITE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
GREY = (0.0, 0.0, 0.45)
HATS = ("cap", "beanie", "brim", "straw", "helmet", "turban")
PUSHED = ("trolley", "pram")


@lru_cache
def accessory(name: str) -> Floats:
    """Return the vertices of an accessory, as Mesh.array gives them."""
    return _MESHES[name]().array()


def _cap() -> Mesh:
    mesh = Mesh().ball([0, 0, 0.12], [1.08, 1.08, 0.98], 0, A, low=0.0, second=A)
    mesh.ball([0, -0.95, 0.2], [0.72, 0.75, 0.08], 0, B, rings=4)
    return mesh.ball([0, 0, 1.1], [0.08, 0.08, 0.05], 0, B, rings=3)


def _beanie() -> Mesh:
    mesh = Mesh().ball([0, 0.02, 0.05], [1.1, 1.08, 1.12], 0, A, low=0.1)
    mesh.tube([0, 0.02, 0.05], [0, 0.02, 0.35], 1.12, 1.13, 0, B, 16)
    return mesh.ball([0, 0.02, 1.2], [0.28, 0.26, 0.22], 0, B, rings=4)


def _brim() -> Mesh:
    """A hat with a brim all round, dented on top."""
    mesh = Mesh().tube([0, 0, 0.3], [0, 0, 0.34], 1.75, 1.7, 0, A, 20)
    mesh.tube([0, 0, 0.3], [0, 0, 0.48], 1.12, 1.12, 0, B, 18)
    return mesh.tube([0, 0, 0.44], [0, 0, 1.05], 1.1, 0.85, 0, A, 18).ball(
        [0, 0, 1.05], [0.85, 0.85, 0.15], 0, A, low=0.0, rings=3
    )


def _straw() -> Mesh:
    mesh = Mesh().ball([0, 0, 0.3], [2.3, 2.3, 0.12], 0, A, sides=20, rings=4)
    return mesh.ball([0, 0, 0.3], [1.1, 1.1, 0.85], 0, A, low=0.0).tube([0, 0, 0.36], [0, 0, 0.5], 1.12, 1.1, 0, B, 18)


def _helmet() -> Mesh:
    mesh = Mesh().ball([0, 0.05, 0.15], [1.2, 1.35, 1.1], 0, A, low=0.0, gloss=0.4, sides=18)
    for x in (-0.5, 0, 0.5):
        mesh.ball([x, 0.05, 0.72 - 0.35 * abs(x)], [0.12, 1.0, 0.55], 0, B, low=0.2)
    return mesh


def _turban() -> Mesh:
    mesh = Mesh()
    for number in range(4):
        mesh.ball([0, 0.02, 0.3 + 0.22 * number], [1.28 - 0.14 * number, 1.22 - 0.13 * number, 0.26], 0, A, rings=6)
    return mesh


def _hood() -> Mesh:
    """A hood drawn up: a shell round the head, open to the front, down to the shoulders."""
    shell = Mesh().ball([0, 0.1, 0.0], [1.2, 1.25, 1.22], 0, A, sides=24, rings=12, low=-0.98)
    rows = shell.array().reshape(-1, 3, 14)
    middle = rows[:, :, :3].mean(1)
    face = (middle[:, 1] < -0.62) & (middle[:, 2] < 0.62)
    kept = Mesh()
    kept.solid(
        rows[~face].reshape(-1, 14)[:, :3], rows[~face].reshape(-1, 14)[:, 3:6], np.arange((~face).sum() * 3), 0, A
    )
    return kept.tube([0, 0.25, -1.3], [0, 0.18, -0.75], 1.3, 1.0, 0, A, 16)


def _backpack() -> Mesh:
    mesh = Mesh().ball([0, 0.5, 0], [0.5, 0.5, 0.5], 0, A, sides=12, rings=8)
    mesh.box([0, 0.45, -0.45], [0.86, 0.7, 0.8], LAYER["weave"], A)
    mesh.box([0, 0.9, -0.4], [0.6, 0.3, 0.42], LAYER["weave"], B)
    for x in (-0.32, 0.32):
        mesh.tube([x, 0.1, 0.42], [x * 1.1, -0.95, 0.35], 0.07, tint=B, sides=5)
        mesh.tube([x * 1.1, -0.95, 0.35], [x * 1.2, -0.2, -0.35], 0.06, tint=B, sides=5)
    return mesh


def _carrier_bag() -> Mesh:
    """A bag that hangs from the hand at the origin."""
    mesh = Mesh().box([0, 0, -1.0], [0.4, 0.9, 0.72], 0, A)
    mesh.quad([0.202, -0.25, -0.85], [0, 0.5, 0], [0, 0, 0.4], 0, B).quad(
        [-0.202, 0.25, -0.85], [0, -0.5, 0], [0, 0, 0.4], 0, B
    )
    for y in (-0.2, 0.2):
        mesh.tube([0, y, -0.3], [0, 0, 0.0], 0.02, tint=B, sides=4)
    return mesh


def _shoulder_bag() -> Mesh:
    mesh = Mesh().ball([0.15, 0, -0.05], [0.24, 0.5, 0.42], 0, A, sides=12)
    mesh.box([0.15, 0, -0.4], [0.36, 0.86, 0.55], LAYER["weave"], A)
    return mesh.box([0.15, 0, 0.12], [0.39, 0.88, 0.06], 0, B)


def _box() -> Mesh:
    return (
        Mesh()
        .box([0, -0.5, -0.5], [1, 1, 1], LAYER["cardboard"], WHITE)
        .box([0, -0.5, 0.5], [0.12, 1.0, 0.01], 0, GREY)
    )


def _umbrella() -> Mesh:
    """Open: the hand at the origin, the stick up, eight panels over a metre across."""
    mesh = Mesh().tube([0, 0, -0.1], [0, 0, 0.6], 0.012, tint=GREY, sides=5)
    mesh.tube([0, 0, 0.58], [0, 0, 0.66], 0.01, 0.004, tint=GREY, sides=5)
    return mesh.ball([0, 0, 0.18], [0.64, 0.64, 0.4], 0, A, sides=8, rings=6, low=0.4, second=B)


def _folded_umbrella() -> Mesh:
    return (
        Mesh()
        .tube([0, 0, 0.0], [0, 0.12, -0.75], 0.045, 0.01, tint=A)
        .tube([0, 0, 0.0], [0, 0, 0.12], 0.014, tint=GREY)
    )


_MESHES: dict[str, Callable[[], Mesh]] = {
    "cap": _cap, "beanie": _beanie, "brim": _brim, "straw": _straw, "helmet": _helmet, "turban": _turban, "hood": _hood,
    "backpack": _backpack, "bag": _carrier_bag, "shoulder bag": _shoulder_bag, "box": _box, "umbrella": _umbrella,
    "folded umbrella": _folded_umbrella, "pram": lambda: pram(A, B), "wheeled bag": lambda: wheeled_bag(A),
    "trolley0": lambda: trolley(np.random.default_rng(0)), "trolley1": lambda: trolley(np.random.default_rng(5)),
    "ponytail": lambda: Mesh().ball([0, 1.25, -0.2], [0.2, 0.22, 0.75], 0, A),
    "bun": lambda: Mesh().ball([0, 0.75, 0.85], [0.42, 0.42, 0.42], 0, A),
}  # fmt: skip
