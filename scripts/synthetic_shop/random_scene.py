"""Scenes by chance, for training frames: the door from every height and lens, above all from straight above it."""

from dataclasses import dataclass, replace
from math import cos, pi, radians, sin, tan
from pathlib import Path

import numpy as np

from scripts.synthetic_shop.furnish import furnish
from scripts.synthetic_shop.scene import LIGHTS, Camera, Door, Light, Room, Scene, Thing
from scripts.synthetic_shop.scene_file import load

_PART = 61
SIZES = {(320, 180): 0.42, (416, 234): 0.24, (480, 270): 0.1, (384, 288): 0.08, (352, 288): 0.08, (640, 360): 0.08}
_LIGHTS = dict(zip(LIGHTS, (0.42, 0.14, 0.12, 0.14, 0.18), strict=True))
_NOISE = {
    "day": (0.003, 0.02),
    "backlight": (0.003, 0.02),
    "dusk": (0.012, 0.04),
    "night": (0.01, 0.045),
    "ir": (0.01, 0.045),
}
_BLUR = {"day": 0.05, "backlight": 0.0, "dusk": 0.4, "night": 0.3, "ir": 0.3}  # how often the shutter is long
_STEEP = radians(70)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What random scenes must be like. Tilt in degrees; None leaves it to chance."""

    tilt: tuple[float, float] | None = None
    light: str | None = None
    sizes: bool = False
    yard: bool = False  # a yard seen from an upper floor, with cars: what a net takes for people from above
    scene: Path | None = None  # a scene's file, whose door and camera are kept: one that others can be compared at


def random_scene(seed: int, wanted: Wanted | None = None) -> Scene:
    """Return a furnished scene without visitors; the same seed and wishes give the same scene."""
    wanted = wanted or Wanted()
    if wanted.scene:
        return replace(load(wanted.scene, seed), visitors=())
    if wanted.yard:
        return _yard(seed, wanted)
    rng = np.random.default_rng([seed, _PART])
    tilt = radians(_tilt(rng, wanted.tilt))
    light = _light(rng, wanted.light)
    high = _height(rng, tilt)
    width = float(rng.uniform(4.0, 9.5))
    room = Room(
        width, float(rng.uniform(6, 11)), max(float(rng.uniform(2.5, 4.2)), high + 0.1), int(rng.integers(2, 18))
    )
    door = _door(rng, width)
    camera = _camera(rng, wanted, tilt, high, door, room, light)
    things = (*_at_the_door(rng, door), *_lifelike(rng, room), *_on_the_street(rng))
    return furnish(Scene(f"random-{seed}", "drawn by chance", seed, 10.0, room, (door,), camera, light, things))


def _yard(seed: int, wanted: Wanted) -> Scene:
    """Return a yard from above: cars, bicycles, trolleys and dogs, high walls out of the picture."""
    rng = np.random.default_rng([seed, _PART, 2])
    tilt = radians(_tilt(rng, wanted.tilt or (60, 90)))
    high = _uniform(rng, 4.5, 9.0)
    room = Room(26.0, 26.0, high + 0.5, 0)
    door = Door("entrance", 0.0, 2.0, 2.2, "open", 0.8)
    light = _light(rng, wanted.light or str(rng.choice(["day", "dusk", "night"], p=[0.7, 0.2, 0.1])))
    camera = _camera(rng, wanted, tilt, high, door, room, light)
    camera = replace(camera, x=_uniform(rng, -4, 4), y=_uniform(rng, 9, 16), fov=radians(_uniform(rng, 50, 85)))
    if camera.lens == "fisheye":
        camera = replace(camera, lens="pinhole")
    sizes = {"car": (1.8, 4.4, 1.45), "bicycle": (0.5, 1.7, 1.0), "trolley": (0.6, 0.95, 1.0), "pet": (0.25, 0.8, 0.55)}
    things: list[Thing] = []
    for k in range(int(rng.integers(1, 7))):
        kind = "car" if k < 2 or rng.random() < 0.6 else str(rng.choice(["bicycle", "trolley", "pet"]))
        x, y = camera.x + _uniform(rng, -7, 7), camera.y + _uniform(rng, -5, 5)
        if all(abs(x - t.x) + abs(y - t.y) > 4.5 for t in things):
            things.append(Thing(kind, x, y, _uniform(rng, -pi, pi), sizes[kind]))
    return Scene(f"yard-{seed}", "drawn by chance", seed, 10.0, room, (door,), camera, light, tuple(things))


def _uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _tilt(rng: np.random.Generator, span: tuple[float, float] | None) -> float:
    low, high = span or ((0, 30), (30, 70), (70, 90))[int(rng.choice(3, p=[0.14, 0.32, 0.54]))]
    tilt = _uniform(rng, low, high)
    return 90.0 if high == 90 and tilt > 70 and rng.random() < 0.35 else tilt


def _height(rng: np.random.Generator, tilt: float) -> float:
    if tilt >= _STEEP:
        return _uniform(rng, 2.2, 3.2) if rng.random() < 0.6 else _uniform(rng, 3.2, 4.5)
    return _uniform(rng, 1.5, 2.7) if tilt < radians(15) else _uniform(rng, 2.2, 4.2)


def _door(rng: np.random.Generator, room_width: float) -> Door:
    width = min(_uniform(rng, 0.8, 3.2), room_width - 1.2)
    kind = str(rng.choice(["open", "swing", "sliding"], p=[0.4, 0.3, 0.3]))
    x = _uniform(rng, -0.4, 0.4) * max(0.0, room_width / 2 - width / 2 - 0.4)
    return Door("entrance", x, width, _uniform(rng, 2.0, 2.6), kind, _uniform(rng, 0.4, 1.2))


def _light(rng: np.random.Generator, kind: str | None) -> Light:
    kind = kind or str(rng.choice(LIGHTS, p=list(_LIGHTS.values())))
    sunny = kind in ("day", "backlight") and rng.random() < 0.6
    sun = _uniform(rng, 0.4, 1.6) if sunny else 0.0
    return Light(
        kind, sun, _uniform(rng, -1.0, 1.0), _uniform(rng, 0.2, 0.95), _uniform(rng, -0.02, 0.02), _uniform(rng, 0, 0.4)
    )


def _camera(
    rng: np.random.Generator, wanted: Wanted, tilt: float, high: float, door: Door, room: Room, light: Light
) -> Camera:
    size = list(SIZES)[int(rng.choice(len(SIZES), p=list(SIZES.values())))] if wanted.sizes else (640, 360)
    lens, fov, k1 = _lens(rng, tilt, high)
    looks = "in" if tilt > radians(35) and rng.random() < 0.3 else "out"
    yaw = _uniform(rng, -0.6, 0.6) * (0.3 if tilt > _STEEP else 1.0)
    x, y = _spot(rng, tilt, high, yaw, looks, door, room)
    turned = float(rng.choice([0, pi / 2, -pi / 2, pi], p=[0.7, 0.07, 0.07, 0.16])) if tilt > radians(80) else 0.0
    kind = light.kind
    return Camera(
        *size, height_m=high, tilt=tilt, x=x, y=y, yaw=yaw, roll=turned + float(rng.normal(0, 0.03)), fov=fov,
        lens=lens, k1=k1, looks=looks, shutter=_uniform(rng, 0.02, 0.08) if rng.random() < _BLUR[kind] else 0.0,
        noise=_uniform(rng, *_NOISE[kind]), crf=int(rng.integers(20, 41)), grey=kind == "ir" or rng.random() < 0.12,
        interlace=rng.random() < 0.08, stamp=rng.random() < 0.3,
    )  # fmt: skip


def _lens(rng: np.random.Generator, tilt: float, high: float) -> tuple[str, float, float]:
    if tilt > radians(55) and rng.random() < 0.2:
        return "fisheye", radians(_uniform(rng, 120, 180)), 0.0
    if tilt < radians(40):
        fov = _uniform(rng, 60, 95)
    else:
        fov = _uniform(rng, 90, 125) if high < 2.9 else _uniform(rng, 70, 115)
    if rng.random() < 0.6:
        return "radial", radians(fov), _uniform(rng, 0.02, 0.32)
    return "pinhole", radians(min(fov, 112)), 0.0


def _spot(
    rng: np.random.Generator, tilt: float, high: float, yaw: float, looks: str, door: Door, room: Room
) -> tuple[float, float]:
    """Return a place for the camera from which it sees the floor around the door."""
    aim_x, aim_y = door.x + _uniform(rng, -0.5, 0.5), _uniform(rng, 0.2, 1.6)
    if looks == "in":
        aim_y += _uniform(rng, 0.5, 2.0)
    away = (high - 0.8) / tan(max(tilt, 0.01)) if tilt > radians(14) else _uniform(rng, 3.0, 6.5)
    heading = (pi / 2 if looks == "in" else -pi / 2) + yaw
    x, y = aim_x - cos(heading) * away, aim_y - sin(heading) * away
    half = room.width / 2 - 0.15
    return float(np.clip(x, -half, half)), float(np.clip(y, 0.15, room.depth - 0.2))


def _at_the_door(rng: np.random.Generator, door: Door) -> list[Thing]:
    things = []
    if rng.random() < 0.65:
        kind = "grille" if rng.random() < 0.3 else "mat"
        size = (door.width * _uniform(rng, 0.7, 1.15), _uniform(rng, 0.5, 1.6), 0.02)
        things.append(Thing(kind, door.x, 0.15 + size[1] / 2, pi / 2, size))
    for side in (-1, 1):
        if rng.random() < 0.2:
            kind = str(rng.choice(["plant", "sign", "bin", "mannequin", "poster"]))
            x = door.x + side * (door.width / 2 + _uniform(rng, 0.35, 0.6))
            size = {"mannequin": (0.6, 0.5, 1.8), "poster": (0.6, 0.02, 1.6)}.get(
                kind, (0.4, 0.4, _uniform(rng, 0.6, 1.3))
            )
            things.append(
                Thing(kind, x, 0.02 if kind == "poster" else 0.45, pi / 2, size, 0.5 if kind == "poster" else 0.0)
            )
    return things


def _lifelike(rng: np.random.Generator, room: Room) -> list[Thing]:
    """Return what is easily taken for a person: mannequins, coats, prams and trolleys left standing, a dog."""
    sizes = {
        "mannequin": (0.6, 0.5, 1.8), "coats": (1.3, 0.6, 1.6), "pram": (0.6, 1.0, 1.05), "trolley": (0.6, 0.95, 1.0),
        "pet": (0.25, 0.8, 0.55),
    }  # fmt: skip
    things = []
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.35, 0.35, 0.2, 0.1]))):
        kind = str(rng.choice(list(sizes)))
        x, y = _uniform(rng, -room.width / 2 + 0.7, room.width / 2 - 0.7), _uniform(rng, 1.6, room.depth - 0.8)
        things.append(Thing(kind, x, y, _uniform(rng, -pi, pi), sizes[kind]))
    return things


def _on_the_street(rng: np.random.Generator) -> list[Thing]:
    things = []
    if rng.random() < 0.3:
        things.append(Thing("car", _uniform(rng, -8, 8), -4.4, float(rng.choice([0, pi])), (1.8, 4.4, 1.45)))
    if rng.random() < 0.2:
        things.append(Thing("planter", _uniform(rng, -4, 4), _uniform(rng, -2.5, -1.2), 0.0, (0.8, 0.5, 0.6)))
    return things
