"""The lens: where a point of the world falls in the picture, and which ray a pixel sees.

World: metres, z up, street y < 0, shop y > 0. A camera that looks "out" faces the door wall (-y) and one that looks
"in" faces the shop (+y); yaw turns it to its left, tilt bends it down, so that tilt 90 sees straight down with what it
faced at the top of the picture. Radii are shares of half the picture's width: 1 at the middle of its left edge.

    pinhole   angle of the ray = atan(T r)                                     with T = tan(fov / 2)
    radial    angle of the ray = atan(T r (1 + k1 r^2 + k2 r^4) / (1 + k1 + k2))     k2 = 0.3 k1; k1 > 0 is a barrel
    fisheye   angle of the ray = r fov / 2                                     equidistant, up to fov 180

shaders/lens.glsl says the same to the GPU: change both.
"""

from math import cos, radians, sin, tan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from scripts.synthetic_shop.scene import Camera, Scene

Reals = NDArray[np.float64]

KINDS = {"pinhole": 0, "radial": 0, "fisheye": 1}  # a pinhole is a radial lens without bend
WIDEST = {"pinhole": radians(80), "radial": radians(80), "fisheye": radians(100)}  # beyond this a lens sees nothing
SHAKE_PART = 71


class Lens:
    """The lens of one camera of a scene; built once, then pure."""

    def __init__(self, camera: "Camera", scene: "Scene") -> None:
        self.width, self.height = camera.width, camera.height
        self.position: Reals = np.array(camera.position, float)
        self.rotation = _rotation(camera.heading, camera.tilt, camera.roll)
        self.kind = KINDS[camera.lens]
        self.k1 = camera.k1 if camera.lens == "radial" else 0.0
        self.k2 = 0.3 * self.k1
        half = camera.fov / 2
        self.span = half if self.kind else tan(half) / (1 + self.k1 + self.k2)
        self.widest = WIDEST[camera.lens]
        self._shake = _shake_path(scene.seed, camera.shake * camera.width)

    @property
    def forward(self) -> Reals:
        """The direction of the middle of the picture, of length 1."""
        forward: Reals = -self.rotation[2]
        return forward

    def shaken(self, frame: int) -> Reals:
        """Return by how many pixels (x, y) everything is shifted in a frame because the camera shakes."""
        shift: Reals = self._shake[frame % len(self._shake)]
        return shift

    def project(self, points: ArrayLike, frame: int | None = None) -> tuple[Reals, Reals]:
        """Return pixels (N x 2) and depth (N) of points (N x 3, metres).

        Depth is the distance in metres, negative where the lens doesn't see that way; such pixels mean nothing. With
        `frame` the shake of that frame is added.
        """
        seen = (np.asarray(points, float).reshape(-1, 3) - self.position) @ self.rotation.T
        flat = np.hypot(seen[:, 0], seen[:, 1])
        angle = np.arctan2(flat, -seen[:, 2])
        radius = self._radius(np.minimum(angle, self.widest))
        share = radius / np.maximum(flat, 1e-12)
        half = self.width / 2
        pixels: Reals = np.stack([seen[:, 0] * share * half + half, self.height / 2 - seen[:, 1] * share * half], 1)
        if frame is not None:
            pixels = pixels + self.shaken(frame)
        distance = np.linalg.norm(seen, axis=1)
        return pixels, np.where(angle < self.widest, distance, -distance)

    def rays(self, pixels: ArrayLike) -> Reals:
        """Return the directions (N x 3, length 1) that pixels (N x 2) look in."""
        half = self.width / 2
        across = np.asarray(pixels, float).reshape(-1, 2) - [half, self.height / 2]
        radius = np.hypot(across[:, 0], across[:, 1]) / half
        angle = self._angle(radius)
        share = np.sin(angle) / np.maximum(radius * half, 1e-12)
        seen = np.stack([across[:, 0] * share, -across[:, 1] * share, -np.cos(angle)], 1)
        return np.asarray(seen @ self.rotation, float)

    def on_floor(self, pixels: ArrayLike, z: float = 0.0) -> Reals:
        """Return where pixels (N x 2) meet the plane at height z, N x 3; not a number where they look above it."""
        rays = self.rays(pixels)
        down = np.where(rays[:, 2] < -1e-6, rays[:, 2], np.nan)
        floor: Reals = self.position + rays * ((z - self.position[2]) / down)[:, None]
        return floor

    def _angle(self, radius: Reals) -> Reals:
        if self.kind:
            return radius * self.span
        square = radius * radius
        return np.arctan(self.span * radius * (1 + self.k1 * square + self.k2 * square * square))

    def _radius(self, angle: Reals) -> Reals:
        """Return the radius at which a ray of that angle falls (Newton, from the side where it can't overshoot)."""
        if self.kind:
            return angle / self.span
        wanted = np.tan(angle) / self.span
        radius = np.minimum(wanted, 3.0)
        for _ in range(12):
            square = radius * radius
            error = radius * (1 + self.k1 * square + self.k2 * square * square) - wanted
            radius = np.maximum(radius - error / (1 + 3 * self.k1 * square + 5 * self.k2 * square * square), 0.0)
        return radius


def _rotation(heading: float, tilt: float, roll: float) -> Reals:
    """Return the rows right, up, back of a camera in the world."""
    ahead, above = np.array([cos(heading), sin(heading), 0.0]), np.array([0.0, 0.0, 1.0])
    forward = ahead * cos(tilt) - above * sin(tilt)
    up = ahead * sin(tilt) + above * cos(tilt)
    right = np.cross(forward, up)
    return np.stack([right * cos(roll) - up * sin(roll), up * cos(roll) + right * sin(roll), -forward])


def _shake_path(seed: int, pixels: float, frames: int = 1024) -> Reals:
    """Return a shift (x, y) for each frame: a pole in the wind sways slowly and shudders a little on top."""
    rng = np.random.default_rng([seed, SHAKE_PART])
    moments = np.arange(frames)[:, None]
    path: Reals = rng.normal(0, 0.3, (frames, 2))
    for cycles, weight in ((17, 1.0), (83, 0.8), (211, 0.5)):
        path += weight * np.sin(moments * (2 * np.pi * cycles / frames) + rng.uniform(0, 2 * np.pi, 2))
    return pixels * path
