"""From poses to what is drawn and labelled: a body at a moment, its look, and what it wears and carries.

The same scene and person always give the same look, so a clip's frames, its truth and its posters agree.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.accessories import accessory
from scripts.synthetic_shop.bodies import ANCHORS, Body, Moment, moment_of
from scripts.synthetic_shop.looks import Look, draw_look, uniformed
from scripts.synthetic_shop.wearing import Worn, holds, turned, worn_by

if TYPE_CHECKING:
    from scripts.synthetic_shop.agents import Pose
    from scripts.synthetic_shop.scene import Scene

Reals = NDArray[np.float64]
STEEP = np.radians(55)  # a camera this steep sees an umbrella instead of its owner


@dataclass(frozen=True, slots=True)
class Placed:
    """One person ready to draw."""

    body: Body
    moment: Moment
    model: Reals
    look: Look
    worn: tuple[Worn, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the labels of one person are made of: points of the whole body with what it wears (N x 3, metres), the share
    of the body's surface at each (0 for what is worn), the head's top and the floor below the pelvis; points of the
    face (M x 3) and the unit vector along which it looks."""

    points: Reals
    weights: Reals
    head: Reals
    ground: Reals
    face: Reals
    looks: Reals


class People:
    """The people of one scene, dressed by its seed or by that of a wardrobe that several scenes share."""

    def __init__(self, scene: "Scene", bodies: list[Body], wardrobe: int | None = None) -> None:
        self._seed, self._bodies = scene.seed if wardrobe is None else wardrobe, bodies
        self._infrared = scene.light.kind == "ir"
        self._steep = scene.camera.tilt > STEEP
        self._looks: dict[tuple[int, int, bool], Look] = {}

    def place(self, pose: "Pose", later: float = 0.0) -> Placed:
        """Return a person to draw, `later` seconds after the pose (for motion blur and interlacing)."""
        body, look = self._bodies[pose.body], self.look(pose)
        x, y, phase = pose.x, pose.y, pose.phase
        if phase is not None and later:
            x, y = x + np.cos(pose.heading) * pose.speed * later, y + np.sin(pose.heading) * pose.speed * later
            phase = phase + pose.speed * later / body.info.stride_m
        moment = moment_of(phase, pose.stance, holds(pose))
        model = turned(pose.heading + np.pi / 2, (x, y, 0.0))
        worn = worn_by(pose, body, look, moment, [self._seed, _somebody(pose)], steep=self._steep)
        return Placed(body, moment, model, look, tuple(replace(part, model=model @ part.model) for part in worn))

    def outline(self, pose: "Pose") -> Outline:
        """Return what the labels of a pose are made of."""
        placed = self.place(pose)
        body, moment = placed.body, placed.moment
        points = _moved(placed.model, body.at(moment))
        extra = [_moved(worn.model, _corners(worn.name)) for worn in placed.worn if worn.own]
        head = points[body.head].mean(0)
        every = np.concatenate([points, *extra]) if extra else points
        weights = np.zeros(len(every))
        weights[: len(points)] = body.areas
        looks = placed.model[:3, :3] @ -body.anchors[moment.first, ANCHORS.index("head"), :3, 1]
        return Outline(every, weights, head, np.array([pose.x, pose.y, 0.0]), points[body.face], looks)

    def look(self, pose: "Pose") -> Look:
        """Return how a person is coloured."""
        key = (pose.person, pose.body, "uniform" in pose.wears)
        if key not in self._looks:
            look = draw_look(self._bodies[pose.body], self._seed, _somebody(pose), infrared=self._infrared)
            self._looks[key] = uniformed(look, self._seed) if key[2] else look
        return self._looks[key]


def _somebody(pose: "Pose") -> int:
    """Return a number for this person in this body: frames drawn by chance give person 1 many bodies."""
    return pose.person * 1000 + pose.body


def _moved(model: Reals, points: NDArray[np.floating]) -> Reals:
    return np.asarray(points @ model[:3, :3].T + model[:3, 3], float)


@lru_cache
def _corners(name: str) -> Reals:
    return np.unique(accessory(name)[:, :3].astype(float), axis=0)
