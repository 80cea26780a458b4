"""A child or not, by stature: how tall a person is whose box is seen by a camera of known height, tilt and lens.

A body of mean shape is put on the floor so that its outline fills the box best, once for each stature on a grid; how
well it can be made to fit is the stature's likelihood. From the side the box's height decides, from straight above its
size: who is small is also farther from the lens. With the statures of children and of others (about those of the WHO's
growth reference of 2007 and of adults in Europe) this gives the probability of a child under twelve. Where the view
tells statures badly apart, it is unknown. Pure: no clock, no I/O.
"""

from dataclasses import dataclass, field
from math import pi, radians, tan

import numpy as np
from numpy.typing import NDArray

from appliance import config
from appliance.frame import Floats

CHILD = 12  # years; younger is a child
SHARE = 0.1  # of children among all, as assumed where nothing else is known
ENOUGH = 8  # looks at a person
TELLING = 0.13  # metres: a likelihood wider than this (its standard deviation) tells nothing
WORTH = 2.0  # looks that err on their own, as many as a whole track is worth at the most
EDGE = 0.06  # metres by which an edge of a real body's box is off the mean body's
TAIL = 4.0  # degrees of freedom of Student's t: now and then a box is far off
PIXELS = 1.5  # by which a net's box is off at each edge, and its share of the box's side
NET_SHARE = 0.05

Reals = NDArray[np.float64]
GRID: Reals = np.arange(0.75, 2.1001, 0.05)
# The mean body: its half width at shares of its height, over all directions it is seen from, arms and steps included.
RINGS: Reals = np.array(
    [[0.0, 0.134], [0.25, 0.122], [0.45, 0.145], [0.65, 0.145], [0.81, 0.118], [0.9, 0.069], [1.0, 0.055]]
)
WORN = 1.06  # by which clothes and bags widen it
ANGLES = 8
YEARS = {2: 0.87, 3: 0.955, 4: 1.03, 5: 1.10, 6: 1.16, 7: 1.22, 8: 1.275, 9: 1.33, 10: 1.38, 11: 1.435}
TEENS = {12: 1.495, 13: 1.56, 14: 1.615, 15: 1.655, 16: 1.68, 17: 1.69}
ADULTS = {0: 1.64, 1: 1.775}  # women, men
SHOES = 0.04  # and hair
YOUNG_TEENS = 0.1  # of those who are no children


@dataclass(frozen=True, slots=True)
class View:
    """How a camera looks at the floor: metres above it, radians; width and height of its picture in pixels.

    `tilt` is 0 for level and pi / 2 for straight down, `fov` spans the picture's width, `bend` is the barrel of the
    lens (k1 over half the width); a fisheye lens is equidistant.
    """

    above: float
    tilt: float
    fov: float
    width: int
    height: int
    roll: float = 0.0
    bend: float = 0.0
    fisheye: bool = False

    @classmethod
    def of(cls, camera: config.Camera, width: int, height: int) -> "View | None":
        """Return how a camera looks, for a picture of that size; None where its height or field is not known."""
        if not camera.height or not camera.fov or (not camera.fisheye and camera.fov >= 160):
            return None
        return cls(
            camera.height, radians(camera.tilt), radians(camera.fov), width, height,
            bend=camera.bend, fisheye=camera.fisheye,
        )  # fmt: skip

    def project(self, points: Reals) -> Reals:
        """Return pixels (... x 2) of points (... x 3, metres; the camera stands over the origin and faces +y)."""
        right, up, back = self._axes()
        seen = points - np.array([0.0, 0.0, self.above])
        x, y, z = seen @ right, seen @ up, seen @ back
        flat = np.hypot(x, y)
        radius = self._radius(np.arctan2(flat, -z)) / np.maximum(flat, 1e-9)
        half = self.width / 2
        return np.stack([x * radius * half + half, self.height / 2 - y * radius * half], -1)

    def on_plane(self, pixel: Reals, heights: Reals) -> Reals:
        """Return where (N x 2, metres) a pixel's ray meets planes at heights (N); far away where it does not."""
        half = self.width / 2
        x, y = pixel[0] / half - 1, (self.height / 2 - pixel[1]) / half
        radius = float(np.hypot(x, y))
        angle, share = self._angle(radius), 1 / max(radius, 1e-9)
        right, up, back = self._axes()
        ray = (x * right + y * up) * share * np.sin(angle) - back * np.cos(angle)
        steps = (heights - self.above) / (ray[2] if abs(ray[2]) > 1e-4 else -1e-4)
        steps = np.where((steps > 0) & (steps < 50), steps, 50.0)
        return np.asarray(steps[:, None] * ray[:2], float)

    def _axes(self) -> tuple[Reals, Reals, Reals]:
        s, c = np.sin(self.tilt), np.cos(self.tilt)
        right, up, back = np.array([1.0, 0, 0]), np.array([0, s, c]), np.array([0, -c, s])
        sr, cr = np.sin(self.roll), np.cos(self.roll)
        return right * cr - up * sr, up * cr + right * sr, back

    def _span(self) -> float:
        return self.fov / 2 if self.fisheye else tan(self.fov / 2) / (1 + 1.3 * self.bend)

    def _angle(self, radius: float) -> float:
        if self.fisheye:
            return radius * self._span()
        square = radius * radius
        return float(np.arctan(self._span() * radius * (1 + self.bend * square * (1 + 0.3 * square))))

    def _radius(self, angle: Reals) -> Reals:
        if self.fisheye:
            return np.asarray(angle / self._span(), float)
        wanted = np.tan(np.minimum(angle, 1.45)) / self._span()
        radius = np.minimum(wanted, 3.0)
        for _ in range(6 if self.bend else 0):
            square = radius * radius
            error = radius * (1 + self.bend * square * (1 + 0.3 * square)) - wanted
            radius = np.maximum(radius - error / (1 + self.bend * square * (3 + 1.5 * square)), 0.0)
        return np.asarray(radius if self.bend else wanted, float)


@dataclass(slots=True)
class Stature:
    """What is known of one track's stature: the sum of its looks' log-likelihoods over GRID."""

    total: Reals = field(default_factory=lambda: np.zeros(len(GRID)))
    looks: int = 0

    def look(self, view: View, box: Floats) -> bool:
        """Take one box (x1, y1, x2, y2 in pixels); return False for one that is cut by the picture's edge."""
        x1, y1, x2, y2 = (float(v) for v in box)
        if x1 <= 1 or y1 <= 1 or x2 >= view.width - 1 or y2 >= view.height - 1 or min(x2 - x1, y2 - y1) < 8:
            return False
        self.total += likelihood(view, np.array([x1, y1, x2, y2]))
        self.looks += 1
        return True

    def child(self, share: float = SHARE) -> float | None:
        """Return the probability of a child under twelve, or None where the view does not tell.

        `share` is that of children among all who come.
        """
        told = self.density()
        if told is None:
            return None
        young, others = share * float(told @ CHILDREN), (1 - share) * float(told @ OTHERS)
        return young / max(young + others, 1e-12)

    def metres(self) -> float | None:
        """Return the stature that fits best, all being as likely; None where the view does not tell."""
        told = self.density()
        return None if told is None else float(told @ GRID)

    def density(self) -> Reals | None:
        """Return the likelihood over GRID, of sum 1, or None where it is too wide to tell."""
        if not self.looks:
            return None
        mean = self.total / self.looks * min(self.looks, WORTH)
        told = np.exp(mean - mean.max())
        told /= told.sum()
        middle = float(told @ GRID)
        wide = float(told @ (GRID - middle) ** 2) ** 0.5
        return told if wide <= TELLING else None


def likelihood(view: View, box: Reals) -> Reals:
    """Return the log-likelihood of each stature of GRID for a box, the person standing where it fits best."""
    place = view.on_plane((box[:2] + box[2:]) / 2, GRID / 2)
    scale = np.hypot(*(box[2:] - box[:2])) / 2
    for _ in range(3):  # Gauss and Newton, over two metres of the floor
        found = outline(view, place)
        moved = [outline(view, place + step) for step in (np.array([0.02, 0.0]), np.array([0.0, 0.02]))]
        slope = np.stack([(m - found) / 0.02 for m in moved], -1)  # N x 4 x 2
        normal = np.einsum("nki,nkj->nij", slope, slope) + 1e-6 * np.eye(2)
        step = np.linalg.solve(normal, np.einsum("nki,nk->ni", slope, box - found)[..., None])[..., 0]
        place = place + np.clip(step, -1.0, 1.0)
    found = outline(view, place)
    metre = np.hypot(*(found[:, 2:] - found[:, :2]).T) / np.hypot(GRID, 0.3 * GRID)
    off = np.hypot(PIXELS + NET_SHARE * scale, EDGE * metre)[:, None]
    wrong = np.log1p(((box - found) / off) ** 2 / TAIL).sum(1)
    return np.asarray(-0.5 * (TAIL + 1) * wrong - 4 * np.log(off[:, 0]), float)


def outline(view: View, place: Reals) -> Reals:
    """Return the box (N x 4) of the mean body of each stature of GRID, standing at places (N x 2)."""
    turns = np.arange(ANGLES) * 2 * pi / ANGLES
    ring = np.stack([np.cos(turns), np.sin(turns)], -1)
    aside = WORN * RINGS[:, 1, None, None] * ring  # rings x angles x 2
    body = np.concatenate([aside, np.broadcast_to(RINGS[:, 0, None, None], (*aside.shape[:2], 1))], -1).reshape(-1, 3)
    points = GRID[:, None, None] * body
    points[..., :2] += place[:, None, :]
    pixels = view.project(points)
    return np.concatenate([pixels.min(1), pixels.max(1)], 1)


def _spread(means: dict[int, float], spread: float) -> Reals:
    rows = [np.exp(-0.5 * ((GRID - mean - SHOES) / (spread * mean)) ** 2) / mean for mean in means.values()]
    total = np.sum(rows, axis=0)
    return np.asarray(total / total.sum(), float)


CHILDREN = _spread(YEARS, 0.047)
OTHERS = (1 - YOUNG_TEENS) * _spread(ADULTS, 0.042) + YOUNG_TEENS * _spread(TEENS, 0.047)
