"""Furniture by chance: shelves along the walls, tables and racks between, posters, and a free way from every door."""

from dataclasses import replace
from math import pi

import numpy as np

from scripts.synthetic_shop.scene import Scene, Thing

_PART = 11  # of the seed; every part of a scene has its own generator
_FREE = 2.8  # metres in front of a door that stay free
_STANDING = {  # kind: smallest and largest size
    "table": ((0.9, 0.7, 0.72), (1.5, 0.9, 0.8)),
    "counter": ((1.3, 0.6, 0.95), (2.0, 0.7, 1.05)),
    "shelf": ((1.4, 0.6, 1.1), (2.2, 0.8, 1.7)),
    "rack": ((1.0, 0.5, 1.3), (1.5, 0.6, 1.5)),
    "plant": ((0.4, 0.4, 0.8), (0.6, 0.6, 1.7)),
    "bin": ((0.35, 0.35, 0.6), (0.45, 0.45, 0.8)),
    "sign": ((0.5, 0.4, 0.9), (0.6, 0.5, 1.2)),
}


def furnish(scene: Scene) -> Scene:
    """Return the scene with `room.clutter` more things; the same seed gives the same things."""
    rng = np.random.default_rng([scene.seed, _PART])
    things = list(scene.things)
    for number in range(scene.room.clutter):
        draw = (_wall_shelf, _poster, _standing)[number % 3]
        for _ in range(20):
            thing = draw(scene, rng)
            if not thing.blocks or _fits(scene, things, thing):
                things.append(thing)
                break
    return replace(scene, things=tuple(things))


def _wall_shelf(scene: Scene, rng: np.random.Generator) -> Thing:
    side = int(rng.choice([-1, 1]))
    size = (float(rng.uniform(1.0, 2.4)), float(rng.uniform(0.35, 0.5)), float(rng.uniform(1.2, 2.1)))
    y = float(rng.uniform(0.9, max(1.0, scene.room.depth - 1.2)))
    x = side * (scene.room.width / 2 - size[1] / 2 - 0.02)
    return Thing(str(rng.choice(["shelf", "shelf", "coats"])), x, y, pi if side > 0 else 0.0, size)


def _standing(scene: Scene, rng: np.random.Generator) -> Thing:
    kind = str(rng.choice(list(_STANDING)))
    low, high = _STANDING[kind]
    width, deep, high_m = (float(rng.uniform(a, b)) for a, b in zip(low, high, strict=True))
    x = float(rng.uniform(-scene.room.width / 2, scene.room.width / 2))
    y = float(rng.uniform(1.0, max(1.1, scene.room.depth - 0.8)))
    return Thing(kind, x, y, float(rng.choice([0, pi / 2, -pi / 2, pi])), (width, deep, high_m))


def _poster(scene: Scene, rng: np.random.Generator) -> Thing:
    room = scene.room
    size = (float(rng.uniform(0.5, 0.9)), 0.02, float(rng.uniform(0.7, 1.2)))
    z = float(rng.uniform(0.8, max(0.9, room.height - size[2] - 0.2)))
    wall = int(rng.integers(3))
    if wall == 2:
        x = float(rng.uniform(-room.width / 2 + 0.5, room.width / 2 - 0.5))
        return Thing("poster", x, room.depth - 0.02, -pi / 2, size, z)
    side = 1 if wall else -1
    y = float(rng.uniform(0.5, room.depth - 0.5))
    return Thing("poster", side * (room.width / 2 - 0.02), y, pi if side > 0 else 0.0, size, z)


def _fits(scene: Scene, things: list[Thing], new: Thing) -> bool:
    """Within the room, clear of other things, of every door's way and of the spot below the camera."""
    half_x, half_y = new.footprint
    room, camera = scene.room, scene.camera
    if abs(new.x) + half_x > room.width / 2 or new.y - half_y < 0.3 or new.y + half_y > room.depth:
        return False
    for door in scene.doors:
        if abs(new.x - door.x) < half_x + door.width / 2 + 0.5 and new.y - half_y < max(_FREE, door.line + 2.0):
            return False
    if abs(new.x - camera.x) < half_x + 0.7 and abs(new.y - camera.y) < half_y + 0.7:
        return False
    others = ((thing, *thing.footprint) for thing in things if thing.blocks)
    return all(
        abs(new.x - o.x) > half_x + hx + 0.02 or abs(new.y - o.y) > half_y + hy + 0.02 for o, hx, hy in others
    ) and all(_gap(new, o) for o in things if o.blocks)


def _gap(a: Thing, b: Thing) -> bool:
    """Whether people can pass between two things that stand apart (shelves of one row may touch)."""
    if a.kind == b.kind == "shelf" and a.heading == b.heading:
        return True
    (ax, ay), (bx, by) = a.footprint, b.footprint
    return abs(a.x - b.x) > ax + bx + 0.7 or abs(a.y - b.y) > ay + by + 0.7
