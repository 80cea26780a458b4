"""What is true of a clip: who crossed which line when, and what a correct counter must report of it.

True crossings come from the 100 Hz paths, so they hold between pictures too. Expected are those that stay: a person
must get `SETTLED` metres beyond the line, and in and out again (or out and in) within `NET` seconds is nothing.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.agents import STEP, Walks
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.scene import Door, Scene

SETTLED = 0.3  # metres
NET = 1.0  # seconds
_MARGIN = 0.01  # of the picture, that a line's ends keep from its edge

Direction = Literal["in", "out"]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A person passed a line: the second, the line's name, the person's id, which way."""

    t: float
    line: str
    person: int
    direction: Direction

    def as_row(self) -> dict[str, Any]:
        """Return it as the JSON holds it."""
        return {"t": round(self.t, 3), "line": self.line, "person": self.person, "direction": self.direction}


def crossings(scene: Scene, walks: Walks) -> list[Crossing]:
    """Return every time somebody's middle passed over a line, between its ends, while pictures were taken."""
    found = []
    for door in scene.doors:
        for person in range(len(walks.visitors)):
            path = walks.position[:, person]
            found += [_crossing(door, person, path, row) for row in _passes(door, path)]
    end = (scene.frames - 1) / scene.camera.fps
    return sorted((c for c in found if c.t <= end), key=lambda c: (c.t, c.person))


def expected(scene: Scene, walks: Walks) -> list[Crossing]:
    """Return the crossings that a correct counter must report."""
    last = round((scene.frames - 1) / scene.camera.fps / STEP) + 1
    found = []
    for door in scene.doors:
        for person in range(len(walks.visitors)):
            found += _net(_settled(door, person, walks.position[:last, person]))
    return sorted(found, key=lambda c: (c.t, c.person))


def _passes(door: Door, path: Reals) -> list[int]:
    """Return the rows after which a path (T x 2, NaN where absent) is on the other side, between the line's ends."""
    (left, _), (right, _) = door.line_ends
    inside = path[:, 1] > door.line
    there = np.isfinite(path[:, 1])
    changes = np.flatnonzero((inside[1:] != inside[:-1]) & there[1:] & there[:-1])
    return [int(row) for row in changes if left <= path[row, 0] <= right]


def _crossing(door: Door, person: int, path: Reals, row: int) -> Crossing:
    before, after = path[row, 1] - door.line, path[row + 1, 1] - door.line
    moment = (row + before / (before - after)) * STEP
    return Crossing(float(moment), door.name, person + 1, "in" if after > before else "out")


def _settled(door: Door, person: int, path: Reals) -> list[Crossing]:
    """Return one crossing each time the person changes sides for good: the last pass before they are clear of it."""
    there = np.flatnonzero(np.isfinite(path[:, 1]))
    if not len(there):
        return []
    passes, found = _passes(door, path), []
    side = 1 if path[there[0], 1] > door.line else -1
    for row in there:
        away = (path[row, 1] - door.line) * -side
        if away >= SETTLED:
            side = -side
            way = "in" if side > 0 else "out"
            before = [_crossing(door, person, path, p) for p in passes if p < row]
            if before and before[-1].direction == way:
                found.append(before[-1])
    return found


def _net(settled: list[Crossing]) -> list[Crossing]:
    """Take out pairs of there and back within NET seconds."""
    kept: list[Crossing] = []
    for crossing in settled:
        if kept and kept[-1].direction != crossing.direction and crossing.t - kept[-1].t < NET:
            kept.pop()
        else:
            kept.append(crossing)
    return kept


def clip_truth(scene: Scene, walks: Walks, bodies: Sequence[BodyInfo], lens: Lens, clip: str) -> dict[str, Any]:
    """Return the truth of a clip without its frames; `clip` is the video's file name."""
    camera, must = scene.camera, expected(scene, walks)
    present = np.isfinite(walks.position[:, :, 0]).any(0)
    return {
        "scene": scene.name, "about": scene.about, "seed": scene.seed, "clip": clip, "width": camera.width,
        "height": camera.height, "fps": camera.fps, "seconds": scene.seconds, "light": scene.light.kind,
        "tilt": round(degrees(camera.tilt), 2), "camera": _camera(scene),
        "lines": [line_in_picture(door, lens) for door in scene.doors],
        "people": [_person(walks, bodies, i) for i in np.flatnonzero(present).tolist()],
        "crossings": [c.as_row() for c in crossings(scene, walks)],
        "expected": {
            "crossings": [c.as_row() for c in must], **_totals(must),
            "without_staff": _totals([c for c in must if walks.visitors[c.person - 1].role != "staff"]),
            "groups": _groups(must, walks),
        },
    }  # fmt: skip


def as_json(truth: dict[str, Any]) -> str:
    """Return the text of a truth file: the same truth gives the same bytes."""
    return json.dumps(truth, separators=(",", ":"), allow_nan=False) + "\n"


def _camera(scene: Scene) -> dict[str, Any]:
    camera = scene.camera
    angles = {key: round(degrees(getattr(camera, key)), 2) for key in ("tilt", "yaw", "roll", "fov")}
    keys = ("height_m", "x", "y", "lens", "k1", "looks")
    return {key: getattr(camera, key) for key in keys} | angles


def _person(walks: Walks, bodies: Sequence[BodyInfo], i: int) -> dict[str, Any]:
    body, visitor = bodies[walks.bodies[i]], walks.visitors[i]
    return {
        "id": i + 1, "age": body.age, "gender": body.gender, "height_m": round(body.height_m, 3), "body": body.name,
        "group": visitor.group, "role": visitor.role, "script": visitor.script,
    }  # fmt: skip


def _totals(must: list[Crossing]) -> dict[str, dict[str, int]]:
    return {way: dict(Counter(c.line for c in must if c.direction == way)) for way in ("in", "out")}


def _groups(must: list[Crossing], walks: Walks) -> int:
    """Return how many came in, people of one group taken as one."""
    came = {c.person for c in must if c.direction == "in" and walks.visitors[c.person - 1].role != "staff"}
    return len({walks.visitors[person - 1].group or -person for person in came})


def line_in_picture(door: Door, lens: Lens) -> dict[str, Any]:
    """Return a door's line as its truth holds it: the chord that lies closest to the curve which the lens makes of it.

    Only what is in the picture counts. Raises ValueError if no part of it is.
    """
    (left, y), (right, _) = door.line_ends
    floor = np.array([[x, y, 0.0] for x in np.linspace(left, right, 61)])
    pixels, depth = lens.project(floor)
    size = np.array([lens.width, lens.height])
    shares = pixels / size
    seen = (depth > 0) & (shares >= _MARGIN).all(1) & (shares <= 1 - _MARGIN).all(1)
    if seen.sum() < 2:
        raise ValueError(f"the line of door {door.name} is not in the picture")
    first, last = np.flatnonzero(seen)[[0, -1]]
    curve, world = pixels[first : last + 1], floor[first : last + 1, :2]
    a, b = _chord(curve, np.abs(world[:, 0] - door.x) <= door.width / 2) / size
    return {
        "name": door.name, "a": _rounded(a, 4), "b": _rounded(b, 4), "inside": _inside(door, lens, a, b),
        "world": [_rounded(world[0], 3), _rounded(world[-1], 3)],
        "curve": [_rounded(point, 4) for point in curve[:: max(1, len(curve) // 10)] / size],
    }  # fmt: skip


def _chord(curve: Reals, opening: NDArray[np.bool_]) -> Reals:
    """Return the ends (2 x 2) of the straight line closest to that part of a curve that lies in the opening."""
    part = curve[opening] if opening.sum() >= 2 else curve
    middle = part.mean(0)
    along = np.linalg.svd(part - middle)[2][0]
    reach = (curve[[0, -1]] - middle) @ along
    ends: Reals = middle + reach[:, None] * along
    return ends


def _inside(door: Door, lens: Lens, a: Reals, b: Reals) -> list[float]:
    """Return a point on the inner side, well off the line: to the side where the floor a metre further in is seen."""
    size = np.array([lens.width, lens.height])
    beyond = lens.project(np.array([[door.x, door.line + 0.3, 0.0]]))[0][0] / size
    middle, along = (a + b) / 2, (b - a) * size
    normal = np.array([-along[1], along[0]]) / np.hypot(*along) / size
    normal = normal if normal @ ((beyond - middle) * size**2) > 0 else -normal
    reach = 0.15 * lens.width
    point = np.clip(middle + normal * reach, 0.02, 0.98)
    return _rounded(point, 4)


def _rounded(point: Reals, digits: int) -> list[float]:
    return [round(float(v), digits) for v in point]
