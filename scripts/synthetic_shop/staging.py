"""A scene made ready for the GPU: its triangles, textures and lights, what moves in it, and who shades what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np

from scripts.synthetic_shop.bodies import Body
from scripts.synthetic_shop.drawing import Painter
from scripts.synthetic_shop.figures import build_figure
from scripts.synthetic_shop.geometry import Reals
from scripts.synthetic_shop.lighting import lighting
from scripts.synthetic_shop.people import Placed
from scripts.synthetic_shop.posters import people_on_posters
from scripts.synthetic_shop.props import BODIES, build_thing
from scripts.synthetic_shop.room import Pane, build_room, leaf, leaves
from scripts.synthetic_shop.scene import Scene, Thing
from scripts.synthetic_shop.textures import LAYER, textures
from scripts.synthetic_shop.wearing import turned

SUN_MAP = 640
_PART = 46
STREET_BACK = 16.0  # metres after which a car comes again


@dataclass(frozen=True, slots=True)
class Moving:
    """A thing that isn't where it was: its mesh on the GPU and its place."""

    mesh: moderngl.VertexArray
    model: Reals


class Stage:
    """One scene on the GPU."""

    def __init__(self, gl: moderngl.Context, paint: Painter, scene: Scene, bodies: list[Body]) -> None:
        self.scene = scene
        rng = np.random.default_rng([scene.seed, _PART])
        shell = build_room(scene)
        self.light = lighting(scene.light, scene.seed)
        self.dirt = float(rng.uniform(0, 0.5))
        self._room = (scene.room.width, scene.room.depth, shell.ceiling)
        self.panes = shell.panes + [_mirror(thing) for thing in scene.things if thing.kind == "mirror"]
        layers = people_on_posters(gl, paint, textures(scene.seed), scene, bodies)
        self.texture, self._floor = paint.textures(layers), layers[LAYER["floor"]].mean((0, 1)).astype(float)
        mesh, self._movers = shell.mesh, list[tuple[Thing, moderngl.VertexArray]]()
        for number, thing in enumerate(scene.things):
            if thing.kind in BODIES:
                mesh.joined(build_figure(thing, scene.seed, number, bodies))
            elif thing.speed:
                there = Thing(thing.kind, heading=-np.pi / 2, size=thing.size)
                self._movers.append((thing, paint.thing(build_thing(there, scene.seed, number).array())))
            else:
                mesh.joined(build_thing(thing, scene.seed, number))
        self.still = paint.still_mesh(mesh.array())
        self._leaves = [
            [paint.thing(leaf(width, door.height, shell.frame_colour).array()) for width, _, _ in leaves(door, 0.0)]
            for door in scene.doors
        ]
        self.lights = self._uniforms(shell.openings, shell.lamps)
        self.set_time(0.0)

    def release(self) -> None:
        """Give the GPU's memory back."""
        for array in (
            self.still,
            *(mesh for _, mesh in self._movers),
            *(mesh for door in self._leaves for mesh in door),
        ):
            array.release()
        self.texture.release()

    def set_time(self, time: float) -> None:
        """Move the sun to where it stands at `time`."""
        towards = np.array(self.scene.light.towards_sun(time))
        self.lights["sun_towards"] = tuple(towards)
        self.sun_view = _sun_view(towards, float(np.mean([door.x for door in self.scene.doors])))

    @property
    def has_sun(self) -> bool:
        """Whether the sun shines."""
        return bool(self.light.sun.sum() > 0)

    @property
    def bounce(self) -> tuple[float, ...]:
        """Light that comes back from the floor."""
        return tuple(self._floor * (self.light.ambient * 1.2 + self.light.lamp * 0.25))

    def moving(self, doors: Sequence[float], time: float) -> list[Moving]:
        """Return door leaves and what drives, in their places at `time`."""
        there = []
        for door, meshes, openness in zip(self.scene.doors, self._leaves, doors, strict=False):
            for mesh, (_, (x, y), heading) in zip(meshes, leaves(door, openness), strict=True):
                there.append(Moving(mesh, turned(heading, (x, y, 0.0))))
        for thing, mesh in self._movers:
            way = (thing.speed * time + STREET_BACK) % (2 * STREET_BACK) - STREET_BACK
            x, y = thing.x + np.cos(thing.heading) * way, thing.y + np.sin(thing.heading) * way
            there.append(Moving(mesh, turned(thing.heading + np.pi / 2, (x, y, thing.z))))
        return there

    def shading(self, placed: list[Placed]) -> dict[str, Any]:
        """Return where people and their feet are, for soft shadows."""
        people, feet = np.zeros((24, 4)), np.zeros((24, 4))
        for index, person in enumerate(placed):
            size, at = person.body.info.height_m, person.model[:2, 3]
            people[index] = *at, size, 0.55 + 0.45 * size / 1.7
            first, second = person.body.feet[person.moment.first], person.body.feet[person.moment.second]
            stand = first + (second - first) * person.moment.share
            feet[index] = (stand @ person.model[:2, :2].T + at).ravel()
        return {"people": len(placed), "person_at": people, "feet": feet, "door_middle": self._door_middle}

    def _uniforms(self, openings: list[tuple[float, float, float, float]], lamps: Reals) -> dict[str, Any]:
        light, camera = self.light, self.scene.camera
        opening, places, weights = np.zeros((6, 4)), np.zeros((4, 3)), np.zeros(4)
        opening[: len(openings)] = openings
        places[: len(lamps)], weights[: len(lamps)] = lamps, 2.6 / len(lamps)
        door = self.scene.doors[0]
        self._door_middle = (door.x, -0.1, door.height * 0.6)
        return {
            "lamp_place": places, "lamp_weight": weights, "lamp_colour": tuple(light.lamp),
            "ambient": tuple(light.ambient),
            "sky": tuple(light.sky), "sun": tuple(light.sun), "opening": opening, "openings": len(openings),
            "camera_eye": camera.position, "camera_forward": camera.forward, "infrared": light.infrared,
            "room": self._room,
        }  # fmt: skip


def _mirror(thing: Thing) -> Pane:
    """A mirror's pane, in front of its frame."""
    angle = thing.heading + np.pi / 2
    along = np.array([np.cos(angle), np.sin(angle), 0]) * thing.size[0]
    ahead = np.array([np.cos(thing.heading), np.sin(thing.heading), 0]) * 0.01
    return Pane(np.array([thing.x, thing.y, thing.z]) - along / 2 + ahead, along, np.array([0, 0, thing.size[2]]), 0.8)


def _sun_view(towards: Reals, x: float) -> Reals:
    """Return the sun's view of the 10 x 8 m around the door."""
    right = np.cross(towards, [0, 0, 1])
    right = right / np.linalg.norm(right)
    up = np.cross(right, towards)
    view = np.eye(4)
    view[0, :3], view[1, :3], view[2, :3] = right / 5, up / 4, -towards / 12
    view[:3, 3] = -view[:3, :3] @ np.array([x, 1.0, 0.8])
    return view
