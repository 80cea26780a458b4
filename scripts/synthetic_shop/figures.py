"""What looks like people and isn't: mannequins and hanging coats, cut from the baked bodies."""

import numpy as np

from scripts.synthetic_shop.bodies import WALKING, Body
from scripts.synthetic_shop.geometry import Mesh
from scripts.synthetic_shop.looks import R
from scripts.synthetic_shop.patterns import colour
from scripts.synthetic_shop.scene import Thing

_PART = 45
LONG_SLEEVED = ("shirt", "hoodie", "jacket", "puffer", "coat")


def build_figure(thing: Thing, seed: int, number: int, bodies: list[Body]) -> Mesh:
    """Return the triangles of a mannequin or of a rail of coats."""
    rng = np.random.default_rng([seed, _PART, number])
    mesh = _mannequin(thing, rng, bodies) if thing.kind == "mannequin" else _coats(thing, rng, bodies)
    return mesh.moved((thing.x, thing.y, thing.z), thing.heading + np.pi / 2)


def _mannequin(thing: Thing, rng: np.random.Generator, bodies: list[Body]) -> Mesh:
    """A body that stands still on a disc: of plastic, or of plastic in clothes."""
    grown = [body for body in bodies if body.info.kind == "adult"] or bodies
    body = grown[int(rng.integers(len(grown)))]
    moment = WALKING + int(rng.integers(3))
    skin = colour(rng, 0.03, 0.85, 0.12)
    tints = np.tile(skin, (len(R), 1))
    if rng.random() < 0.6:
        for name in ("top", "bottom", "outer", "inner", "prop", "shoes"):
            tints[R[name]] = colour(rng, 0.05, 0.8, 0.6)
    mesh = Mesh().tube([0, 0, 0], [0, 0, 0.03], 0.2, tint=(0.5, 0.5, 0.5), sides=16)
    for region in np.unique(body.regions):
        faces = body.faces[body.regions[body.faces[:, 0]] == region]
        mesh.solid(body.vertices[moment] + np.array([0, 0, 0.03]), body.normals[moment], faces, 0, tints[region])
    return mesh


def _coats(thing: Thing, rng: np.random.Generator, bodies: list[Body]) -> Mesh:
    """Coats on hooks along a board: the upper clothes of bodies, flat, without anybody in them."""
    wide, deep, high = thing.size
    mesh = Mesh().box([0, deep / 2 - 0.02, high - 0.1], [wide, 0.03, 0.12], 0, (0.3, 0.22, 0.15))
    dressed = [body for body in bodies if body.meta["upper"] in LONG_SLEEVED and body.meta["arms"] == "swing"] or bodies
    for x in np.arange(-wide / 2 + 0.25, wide / 2 - 0.1, rng.uniform(0.22, 0.42)):
        body = dressed[int(rng.integers(len(dressed)))]
        of_cloth = np.isin(body.regions, [R["top"], R["outer"]])
        faces = body.faces[of_cloth[body.faces[:, 0]]]
        if not len(faces):
            continue
        flat = np.array([0.8, min(0.55, deep), 1.0])
        points = body.vertices[WALKING] * flat
        points += np.array([x, deep / 2 - 0.18, high - 0.06 - points[faces.ravel(), 2].max()])
        mesh.solid(points, body.normals[WALKING], faces, 0, colour(rng, 0.05, 0.8, 0.6))
    return mesh
