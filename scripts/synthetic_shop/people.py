"""From poses to what is drawn and labelled: a body at a moment, its look, and what it wears and carries.

The same scene and person always give the same look, so a clip's frames, its truth and its posters agree.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.accessories import HATS, PUSHED, accessory
from scripts.synthetic_shop.bodies import ANCHORS, Body, Moment, moment_of
from scripts.synthetic_shop.looks import Look, R, draw_look, uniformed

if TYPE_CHECKING:
    from scripts.synthetic_shop.agents import Pose
    from scripts.synthetic_shop.scene import Scene

_PART = 52
Reals = NDArray[np.float64]
STEEP = np.radians(55)  # a camera this steep sees an umbrella instead of its owner


@dataclass(frozen=True, slots=True)
class Worn:
    """An accessory in its place: `model` (4 x 4) puts it into the world, `paint` (3 x 3) colours it.

    `own`: it counts as part of the person, in the box and in what is visible.
    """

    name: str
    model: Reals
    paint: Reals
    own: bool


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
    of the body's surface at each (0 for what is worn), the head's top and the floor below the pelvis."""

    points: Reals
    weights: Reals
    head: Reals
    ground: Reals


class People:
    """The people of one scene."""

    def __init__(self, scene: "Scene", bodies: list[Body]) -> None:
        self._seed, self._bodies = scene.seed, bodies
        self._infrared = scene.light.kind == "ir"
        self._steep = scene.camera.tilt > STEEP
        self._looks: dict[tuple[int, int, bool], Look] = {}

    def place(self, pose: "Pose", later: float = 0.0) -> Placed:
        """Return a person to draw, `later` seconds after the pose (for motion blur and interlacing)."""
        body, look = self._bodies[pose.body], self._look(pose)
        x, y, phase = pose.x, pose.y, pose.phase
        if phase is not None and later:
            x, y = x + np.cos(pose.heading) * pose.speed * later, y + np.sin(pose.heading) * pose.speed * later
            phase = phase + pose.speed * later / body.info.stride_m
        moment = moment_of(phase, pose.stance, _arms(pose))
        model = turned(pose.heading + np.pi / 2, (x, y, 0.0))
        return Placed(body, moment, model, look, self._worn(pose, body, look, moment, model))

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
        return Outline(every, weights, head, np.array([pose.x, pose.y, 0.0]))

    def _look(self, pose: "Pose") -> Look:
        key = (pose.person, pose.body, "uniform" in pose.wears)
        if key not in self._looks:
            look = draw_look(self._bodies[pose.body], self._seed, pose.person, infrared=self._infrared)
            self._looks[key] = uniformed(look, self._seed) if key[2] else look
        return self._looks[key]

    def _worn(self, pose: "Pose", body: Body, look: Look, moment: Moment, model: Reals) -> tuple[Worn, ...]:
        """Draw the accessories of a person: always the same ones, in the place of this moment."""
        rng = np.random.default_rng([self._seed, _PART, pose.person])
        anchors = dict(zip(ANCHORS, _between(body, moment), strict=True))
        size = body.info.height_m / 1.7
        first, second = _paint(look.accents[0], look.accents[2]), _paint(look.accents[1], look.accents[3])
        worn: list[Worn] = []

        def add(
            name: str, anchor: str, scale: object, paint: Reals, own: bool = True, shift: tuple[float, ...] = (0, 0, 0)
        ) -> None:
            local = anchors[anchor].copy()
            local[:3, 3] += local[:3, :3] @ np.asarray(shift)
            local[:3, :3] = local[:3, :3] * np.broadcast_to(np.asarray(scale, float), (3,))
            worn.append(Worn(name, model @ local, paint, own))

        hat, style, bag = str(rng.choice(HATS)), rng.random(), rng.random(3)
        if "hood" in pose.wears:
            cloth = look.colours[R["outer" if body.meta["upper"] in ("jacket", "puffer", "coat") else "top"]]
            add("hood", "head", np.multiply(body.meta["head"], [1.0, 1.0, 1.0]), _paint(cloth, cloth))
        elif "hat" in pose.wears and body.meta["hair"] not in ("scarf", "cap", "beanie"):
            add(hat, "head", body.meta["head"], first)
        elif body.meta["hair"] in ("bun", "tail"):
            hair = look.colours[R["hair"]]
            add("bun" if body.meta["hair"] == "bun" else "ponytail", "head", body.meta["head"], _paint(hair, hair))
        if "backpack" in pose.carries:
            add(
                "backpack",
                "back",
                np.array([0.34, 0.2, 0.46]) * size * (0.8 + 0.4 * bag[0]),
                second,
                shift=(0, 0.02, 0.02),
            )
        if "bag" in pose.carries:
            if style < 0.5:
                add(
                    "shoulder bag", "hip", np.array([0.3, 0.32, 0.3]) * (0.7 + 0.5 * bag[1]), second, shift=(0.06, 0, 0)
                )
            else:
                add(
                    "bag",
                    "right",
                    np.array([0.32, 0.36, 0.36]) * size * (0.8 + 0.5 * bag[1]),
                    second,
                    shift=(0, 0, -0.08),
                )
                if style > 0.85:
                    add(
                        "bag",
                        "left",
                        np.array([0.32, 0.36, 0.36]) * size * (0.8 + 0.5 * bag[2]),
                        first,
                        shift=(0, 0, -0.08),
                    )
        self._held(pose, add, anchors, size, (first, second), style, bag)
        return tuple(worn)

    def _held(self, pose, add, anchors, size, paints, style, bag) -> None:  # type: ignore[no-untyped-def]
        """What both hands or the raised one hold: boxes, umbrellas, prams and trolleys."""
        first, second = paints
        if "box" in pose.carries:
            hands = (anchors["left"][:3, 3] + anchors["right"][:3, 3]) / 2
            anchors["hands"] = turned(0.0, hands)
            add(
                "box",
                "hands",
                np.array([0.45, 0.36, 0.3]) * size * (0.7 + 0.6 * bag),
                _paint(second[:, 0], second[:, 1]),
                shift=(0, 0.02, 0.04),
            )
        if "umbrella" in pose.carries:
            is_open = pose.y < 0 or style < 0.35
            anchors["grip"] = turned(0.0, anchors["right"][:3, 3])
            add(
                "umbrella" if is_open else "folded umbrella",
                "grip",
                0.85 + 0.3 * bag[0],
                first if bag[1] < 0.5 else _paint(first[:, 0], first[:, 0]),
                is_open and self._steep,
            )
        for name in PUSHED:
            if name in pose.carries:
                grip = (anchors["left"][:3, 3] + anchors["right"][:3, 3]) / 2
                anchors["push"] = turned(0.0, (grip[0], grip[1], 0.0))
                mesh = name if name == "pram" else str(("trolley0", "trolley1", "wheeled bag")[int(style * 3)])
                add(mesh, "push", (1.0, 1.0, min(1.0, max(0.8, grip[2] / 1.0))), second, own=False)


def _arms(pose: "Pose") -> str:
    if any(name in pose.carries for name in ("box", *PUSHED)):
        return "push"
    return "raise" if "umbrella" in pose.carries else "free"


def turned(angle: float, at: object) -> Reals:
    """Return the 4 x 4 turn about z by `angle`, then the move to `at`."""
    model = np.eye(4)
    model[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    model[:3, 3] = np.asarray(at)
    return model


def _between(body: Body, moment: Moment) -> Reals:
    first, second = body.anchors[moment.first], body.anchors[moment.second]
    return np.asarray(first + (second - first) * moment.share, float)


def _paint(first: object, second: object) -> Reals:
    return np.stack([np.asarray(first), np.asarray(second), np.ones(3)], 1)


def _moved(model: Reals, points: NDArray[np.floating]) -> Reals:
    return np.asarray(points @ model[:3, :3].T + model[:3, 3], float)


@lru_cache
def _corners(name: str) -> Reals:
    return np.unique(accessory(name)[:, :3].astype(float), axis=0)
