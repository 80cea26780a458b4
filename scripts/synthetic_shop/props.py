"""Things that stand, hang or lie in the shop and on the street, as triangles.

A thing is built in its own space (front towards -y, base at z = 0, size wide x deep x high) and then put in its place.
"""

from collections.abc import Callable

import numpy as np

from scripts.synthetic_shop.geometry import Mesh, Reals
from scripts.synthetic_shop.patterns import colour
from scripts.synthetic_shop.scene import Thing
from scripts.synthetic_shop.textures import LAYER
from scripts.synthetic_shop.vehicles import bicycle, car, pram, trolley

_PART = 44
Build = Callable[[Reals, np.random.Generator], Mesh]
BODIES = ("mannequin", "coats")  # made of baked bodies, see figures.py


def build_thing(thing: Thing, seed: int, number: int) -> Mesh:
    """Return the triangles of the `number`th thing of a scene, in its place at the clip's start."""
    rng = np.random.default_rng([seed, _PART, number])
    mesh = _BUILDERS[thing.kind](np.asarray(thing.size, float), rng)
    return mesh.moved((thing.x, thing.y, thing.z), thing.heading + np.pi / 2)


def _shelf(size: Reals, rng: np.random.Generator) -> Mesh:
    goods = LAYER[f"goods{rng.integers(3)}"]
    mesh = Mesh().box([0, 0, 0], size, LAYER["wood"], front=goods)
    for _ in range(int(rng.integers(0, 8))):  # what stands on top is what a straight-down camera sees
        at = [rng.uniform(-0.45, 0.45) * size[0], rng.uniform(-0.3, 0.3) * size[1], size[2]]
        mesh.box(at, rng.uniform(0.06, 0.3, 3), 0, colour(rng, 0.1, 0.95, 0.8), rng.uniform(-0.3, 0.3))
    return mesh


def _table(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, deep, high = size
    mesh = Mesh().box([0, 0, high - 0.05], [wide, deep, 0.05], LAYER["wood"])
    for x in (-1, 1):
        for y in (-1, 1):
            mesh.box([x * (wide / 2 - 0.06), y * (deep / 2 - 0.06), 0], [0.05, 0.05, high - 0.05], LAYER["wood"])
    for _ in range(int(rng.integers(3, 14))):
        at = [rng.uniform(-0.42, 0.42) * wide, rng.uniform(-0.4, 0.4) * deep, high]
        mesh.box(at, rng.uniform(0.08, 0.3, 3) * [1, 1, 0.7], 0, colour(rng, 0.1, 0.95, 0.8), rng.uniform(0, 3))
    return mesh


def _counter(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, deep, high = size
    mesh = Mesh().box([0, 0, 0], [wide, deep, high], LAYER["wood"])
    mesh.box([0, 0, high], [wide + 0.1, deep + 0.08, 0.04], 0, colour(rng, 0.1, 0.9, 0.2), gloss=0.3)
    return mesh.box([wide / 4, 0, high + 0.04], [0.3, 0.25, 0.28], 0, (0.07, 0.07, 0.08))


def _rack(size: Reals, rng: np.random.Generator) -> Mesh:
    """A rail of clothes: slabs of cloth side by side."""
    wide, deep, high = size
    mesh = Mesh().tube([-wide / 2, 0, high], [wide / 2, 0, high], 0.015, tint=(0.4, 0.4, 0.42))
    for x in (-wide / 2, wide / 2):
        mesh.tube([x, 0, 0], [x, 0, high], 0.02, tint=(0.4, 0.4, 0.42))
        mesh.box([x, 0, 0], [0.04, deep, 0.04], 0, (0.4, 0.4, 0.42))
    x = -wide / 2 + 0.06
    while x < wide / 2 - 0.06:
        long, thick = rng.uniform(0.45, 0.85) * high, rng.uniform(0.03, 0.09)
        mesh.box(
            [x, 0, high - long],
            [thick, deep * rng.uniform(0.75, 0.95), long - 0.05],
            LAYER["cardboard"],
            colour(rng, 0.1, 1, 0.8),
        )
        x += thick + rng.uniform(0.01, 0.06)
    return mesh


def _plant(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, _, high = size
    pot = min(0.45, 0.35 * high)
    mesh = Mesh().tube([0, 0, 0], [0, 0, pot], wide * 0.3, wide * 0.4, tint=colour(rng, 0.1, 0.8, 0.5))
    for _ in range(36):
        turn, rise, long = rng.uniform(0, 6.3), rng.uniform(0.1, 1.3), rng.uniform(0.3, 0.6) * max(wide, 0.4)
        along = np.array([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise), np.sin(rise)]) * long
        across = np.array([-np.sin(turn), np.cos(turn), 0.1]) * 0.09
        at = np.array([0, 0, pot + rng.uniform(0, max(0.05, high - pot - 0.3))]) - across / 2
        mesh.quad(at, along, across, LAYER["leaf"], repeat=(0.5, 0.2)).quad(
            at, across, along, LAYER["leaf"], repeat=(0.2, 0.5)
        )
    return mesh


def _bin(size: Reals, rng: np.random.Generator) -> Mesh:
    tint = colour(rng, 0.1, 0.8, 0.6)
    if rng.random() < 0.5:
        return Mesh().box([0, 0, 0], size, 0, tint)
    return Mesh().tube([0, 0, 0], [0, 0, size[2]], size[0] * 0.45, size[0] * 0.5, tint=tint, sides=14)


def _sign(size: Reals, rng: np.random.Generator) -> Mesh:
    """A board with two faces that leans against itself."""
    wide, deep, high = size
    poster = LAYER[f"poster{rng.integers(3)}"]
    mesh = Mesh()
    for side in (-1, 1):
        foot, rise = [-side * wide / -2, side * deep / 2, 0.02], [0, -side * deep / 2, high]
        mesh.quad(foot, [-side * wide, 0, 0], rise, poster, repeat=(1, -1))
    return mesh


def _poster(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, _, high = size
    mesh = Mesh().quad([-wide / 2, 0, 0], [wide, 0, 0], [0, 0, high], LAYER[f"poster{rng.integers(3)}"], repeat=(1, -1))
    return mesh.box([0, 0.02, -0.02], [wide + 0.04, 0.02, high + 0.04], 0, (0.05, 0.05, 0.05))


def _mirror(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, _, high = size
    mesh = Mesh().quad([-wide / 2, 0, 0], [wide, 0, 0], [0, 0, high], 0, (0.16, 0.18, 0.18), gloss=0.3)
    return mesh.box([0, 0.03, -0.03], [wide + 0.06, 0.04, high + 0.06], LAYER["wood"])


def _pet(size: Reals, rng: np.random.Generator) -> Mesh:
    """A dog that stands: longer than wide; its head looks ahead."""
    fur = colour(rng, 0.05, 0.8, 0.35)
    long, high = max(size[1], size[0]), size[2]
    leg, thick = high * 0.45, long * 0.14
    mesh = Mesh().ball([0, 0, high * 0.62], [thick * 1.2, long * 0.42, high * 0.22], 0, fur)
    mesh.ball([0, -long * 0.46, high * 0.86], [thick, long * 0.15, high * 0.16], 0, fur)
    mesh.ball([0, -long * 0.6, high * 0.8], [thick * 0.5, long * 0.1, high * 0.08], 0, fur * 0.8)
    mesh.tube([0, long * 0.38, high * 0.7], [0, long * 0.58, high * 0.95], 0.02, 0.01, tint=fur)
    for x in (-1, 1):
        mesh.ball([x * thick * 0.9, -long * 0.42, high * 0.92], [0.02, 0.03, high * 0.12], 0, fur * 0.7)
        for y in (-0.28, 0.3):
            mesh.tube([x * thick * 0.7, y * long, leg + 0.05], [x * thick * 0.7, y * long, 0], 0.035, 0.025, tint=fur)
    return mesh


def _mat(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, deep, _ = size
    return Mesh().quad([-wide / 2, -deep / 2, 0.006], [wide, 0, 0], [0, deep, 0], LAYER["mat"], repeat=(1, -1))


def _grille(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, deep, _ = size
    repeat = (wide * 1.2, deep * 1.2)
    return Mesh().quad(
        [-wide / 2, -deep / 2, 0.005], [wide, 0, 0], [0, deep, 0], LAYER["grille"], repeat=repeat, gloss=0.3
    )


def _planter(size: Reals, rng: np.random.Generator) -> Mesh:
    wide, deep, high = size
    mesh = Mesh().box([0, 0, 0], [wide, deep, high * 0.5], LAYER["pavement"])
    for x in np.linspace(-wide / 2 + 0.15, wide / 2 - 0.15, max(1, int(wide / 0.3))):
        mesh.ball([x, 0, high * 0.65], [0.2, deep * 0.45, high * 0.3], LAYER["leaf"])
    return mesh


_BUILDERS: dict[str, Build] = {
    "shelf": _shelf, "table": _table, "counter": _counter, "rack": _rack, "plant": _plant, "bin": _bin, "sign": _sign,
    "poster": _poster, "mirror": _mirror, "pet": _pet, "mat": _mat, "grille": _grille, "planter": _planter,
    "pram": lambda size, rng: pram(colour(rng, 0.05, 0.7, 0.6)), "trolley": lambda size, rng: trolley(rng),
    "car": lambda size, rng: car(size, colour(rng, 0.05, 0.9, 0.7)), "bicycle": lambda size, rng: bicycle(colour(rng,
    0.1, 0.8, 0.8)),
}  # fmt: skip
