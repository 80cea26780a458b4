"""People put down by chance for one training frame: mostly around the door, often close together, some cut off."""

from collections.abc import Sequence

import numpy as np

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.walkable import Floor, Points

_COUNTS = {0: 0.08, 1: 0.22, 2: 0.22, 3: 0.17, 4: 0.12, 5: 0.09, 7: 0.06, 9: 0.04}
_CARRIED = {"bag": 0.38, "backpack": 0.22, "box": 0.14, "umbrella": 0.1, "trolley": 0.09, "pram": 0.07}
_STEEP = np.radians(65)
_CLOSE = 0.36  # metres between the middles of two people


class Placer:
    """Draws the people of one frame after another of one scene."""

    def __init__(self, scene: Scene, bodies: Sequence[BodyInfo], lens: Lens, rng: np.random.Generator) -> None:
        self._scene, self._bodies, self._lens, self._rng = scene, bodies, lens, rng
        self._floor = Floor(scene)

    def draw(self) -> list[Pose]:
        """Return people who stand where one can stand and of whom something may be seen."""
        wanted = int(self._rng.choice(list(_COUNTS), p=list(_COUNTS.values())))
        poses: list[Pose] = []
        for _ in range(wanted * 12):
            if len(poses) == wanted:
                break
            spot = self._spot(poses)
            if self._stands(spot, poses) and self._seen(spot):
                poses.append(self._person(len(poses) + 1, spot))
        return poses

    def _spot(self, poses: list[Pose]) -> Points:
        rng, door, room = self._rng, self._scene.doors[0], self._scene.room
        chance = rng.random()
        if poses and chance < 0.35:  # beside somebody
            beside = poses[int(rng.integers(len(poses)))]
            angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(0.38, 0.6)
            return np.array([beside.x + np.cos(angle) * away, beside.y + np.sin(angle) * away])
        below = 0.35 if self._scene.camera.tilt > _STEEP else 0.15
        if chance < 0.35 + below:  # below the camera, where people are large and the picture's edge cuts
            reach = 0.8 * self._scene.camera.height_m
            return np.array(self._scene.camera.position[:2]) + rng.uniform(-reach, reach, 2)
        if chance < 0.92:
            return np.array([rng.normal(door.x, 0.9), rng.uniform(-1.2, 3.5)])
        return np.array([rng.uniform(-room.width / 2, room.width / 2), rng.uniform(0.3, room.depth)])

    def _stands(self, spot: Points, poses: list[Pose]) -> bool:
        near = any(np.hypot(spot[0] - pose.x, spot[1] - pose.y) < _CLOSE for pose in poses)
        return not near and self._floor.free(float(spot[0]), float(spot[1]), 0.24)

    def _seen(self, spot: Points) -> bool:
        """Whether feet, middle or head fall into the picture; one of them alone is enough half of the time."""
        pixels, depth = self._lens.project([[*spot, z] for z in (0.1, 0.9, 1.6)])
        within = (depth > 0.25) & (pixels > 0).all(1) & (pixels < [self._lens.width, self._lens.height]).all(1)
        return bool(within.sum() > 1 or (within.any() and self._rng.random() < 0.5))

    def _person(self, person: int, spot: Points) -> Pose:
        rng = self._rng
        to_door = float(rng.choice([-np.pi / 2, np.pi / 2])) + float(rng.normal(0, 0.5))
        heading = to_door if rng.random() < 0.7 else float(rng.uniform(-np.pi, np.pi))
        walking = rng.random() < 0.7
        carries = (str(rng.choice(list(_CARRIED), p=list(_CARRIED.values()))),) if rng.random() < 0.4 else ()
        wears = (str(rng.choice(["hat", "hood", "uniform"], p=[0.4, 0.4, 0.2])),) if rng.random() < 0.3 else ()
        body = int(rng.integers(len(self._bodies)))
        if self._bodies[body].age < 12:
            carries = ("backpack",) if "backpack" in carries else ()
        phase, speed = (float(rng.random()), float(rng.uniform(0.7, 1.5))) if walking else (None, 0.0)
        x, y = float(spot[0]), float(spot[1])
        return Pose(person, body, x, y, heading, phase, int(rng.integers(3)), speed, carries, wears)
