"""The room itself: floor, walls with their openings, frames, ceiling lamps, the street, and what doors are made of."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.geometry import Mesh, Reals
from scripts.synthetic_shop.patterns import colour
from scripts.synthetic_shop.scene import Door, Scene
from scripts.synthetic_shop.textures import LAYER

_PART = 42
DEEP = 0.2  # metres: the wall, towards the street
Opening = tuple[float, float, float, float]  # x0, x1, z0, z1


@dataclass(frozen=True, slots=True)
class Pane:
    """Glass or a mirror: a corner, its two edges, how much of the light it throws back."""

    corner: Reals
    u: Reals
    v: Reals
    share: float

    @property
    def normal(self) -> Reals:
        """The unit vector across it; either side."""
        across = np.cross(self.u, self.v)
        return np.asarray(across / np.linalg.norm(across), float)


@dataclass(frozen=True, slots=True)
class Shell:
    """The room as built. Lamps: places N x 3; openings: doors first, then windows."""

    mesh: Mesh
    openings: list[Opening]
    lamps: Reals
    panes: list[Pane]
    frame_colour: NDArray[np.float32]
    ceiling: float


def build_room(scene: Scene) -> Shell:
    """Build the room of a scene."""
    rng = np.random.default_rng([scene.seed, _PART])
    mesh, room = Mesh(), scene.room
    ceiling = max(room.height, scene.camera.height_m + 0.15)
    openings = _openings(scene, rng)
    paint = colour(rng, 0.05, 0.8, 0.25)
    _floor(mesh, scene, rng)
    _walls(mesh, scene, openings, ceiling)
    for opening in openings:
        _frame(mesh, opening, paint)
    lamps = _lamps(mesh, scene, rng, ceiling)
    _street(mesh)
    panes = [_pane(opening, float(rng.uniform(0.05, 0.2))) for opening in openings[len(scene.doors) :]]
    return Shell(mesh, openings, lamps, panes, paint, ceiling)


def _openings(scene: Scene, rng: np.random.Generator) -> list[Opening]:
    doors: list[Opening] = [(*door.edges, 0.0, door.height) for door in scene.doors]
    if not scene.room.windows:
        return doors
    sill, windows = float(rng.uniform(0.0, 0.9)), []
    edges = [
        -scene.room.width / 2 + 0.2,
        *sorted(x for x0, x1, _, _ in doors for x in (x0, x1)),
        scene.room.width / 2 - 0.2,
    ]
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        if right - left > 0.9 and rng.random() < 0.75:
            windows.append((left + 0.15, right - 0.15, sill, doors[0][3]))
    return doors + windows[: 6 - len(doors)]


def _floor(mesh: Mesh, scene: Scene, rng: np.random.Generator) -> None:
    room, scale = scene.room, 1 / rng.uniform(0.8, 2.4)
    gloss = float(rng.uniform(0.05, 0.5)) if rng.random() < 0.65 else 0.0
    size = [room.width, 0, 0], [0, room.depth, 0]
    mesh.quad(
        [-room.width / 2, 0, 0], *size, LAYER["floor"], repeat=(room.width * scale, room.depth * scale), gloss=gloss
    )
    for door in scene.doors:  # the threshold
        mesh.quad([door.edges[0], -DEEP, 0.002], [door.width, 0, 0], [0, DEEP, 0], 0, np.full(3, rng.uniform(0.1, 0.6)))


def _walls(mesh: Mesh, scene: Scene, openings: list[Opening], top: float) -> None:
    wide, deep, wall = scene.room.width, scene.room.depth, LAYER["wall"]
    up = [0, 0, top]
    mesh.quad(
        [-wide / 2, 0, top], [0, deep, 0], [wide, 0, 0], LAYER["ceiling"], repeat=(deep * 0.45, wide * 0.45), piece=0.3
    )
    for corner, along in (
        ([-wide / 2, 0, 0], [0, deep, 0]), ([wide / 2, deep, 0], [0, -deep, 0]), ([-wide / 2, deep, 0], [wide, 0, 0]),
    ):  # fmt: skip
        length = float(np.abs(along).sum())
        mesh.quad(corner, along, up, wall, repeat=(length * 0.5, top * 0.5))
    xs = sorted({-wide / 2, wide / 2, *(x for opening in openings for x in opening[:2])})
    for left, right in pairwise(xs):
        through = [o for o in openings if o[0] <= (left + right) / 2 <= o[1]]
        pieces = [(0.0, through[0][2]), (through[0][3], top)] if through else [(0.0, top)]
        for low, high in pieces:
            if high - low > 0.01:
                _wall_piece(mesh, left, right, low, high)
    for side in (-1, 1):  # the house goes on outside
        mesh.quad(
            [side * wide / 2 if side > 0 else -15, -DEEP, 0],
            [15 - wide / 2, 0, 0],
            [0, 0, top + 1],
            wall,
            repeat=(5, 2),
        )


def _wall_piece(mesh: Mesh, left: float, right: float, low: float, high: float) -> None:
    repeat = ((right - left) * 0.5, (high - low) * 0.5)
    rise = [0, 0, high - low]
    mesh.quad([right, 0, low], [left - right, 0, 0], rise, LAYER["wall"], repeat=repeat)
    mesh.quad([left, -DEEP, low], [right - left, 0, 0], rise, LAYER["wall"], repeat=repeat)


def _frame(mesh: Mesh, opening: Opening, paint: NDArray[np.float32]) -> None:
    left, right, low, high = opening
    for x in (left, right):
        mesh.box([x, -0.1, low], [0.07, 0.22, high - low], tint=paint)
    mesh.box([(left + right) / 2, -0.1, high - 0.03], [right - left, 0.22, 0.07], tint=paint)
    if low > 0:
        mesh.box([(left + right) / 2, -0.1, low - 0.04], [right - left, 0.3, 0.06], tint=paint)
        for x in np.linspace(left, right, int((right - left) / 1.6) + 2)[1:-1]:
            mesh.box([x, -0.1, low], [0.05, 0.08, high - low], tint=paint)


def _lamps(mesh: Mesh, scene: Scene, rng: np.random.Generator, ceiling: float) -> Reals:
    count = int(rng.integers(2, 5))
    glow = 3.0 if scene.light.kind != "ir" else 0.0
    places = []
    for number in range(count):
        x, y = rng.uniform(-0.35, 0.35) * scene.room.width, scene.room.depth * (number + 0.5) / count
        if abs(x - scene.camera.x) < 0.5 and abs(y - scene.camera.y) < 0.5:
            x += 0.8
        places.append([x, y, ceiling - 0.06])
        mesh.box([x, y, ceiling - 0.05], [rng.uniform(0.3, 1.2), 0.25, 0.05], tint=np.full(3, 0.9), glow=glow)
    return np.array(places)


def _street(mesh: Mesh) -> None:
    mesh.quad([-20, -4.5, -0.02], [40, 0, 0], [0, 4.5, 0], LAYER["pavement"], repeat=(26, 3))
    mesh.box([0, -4.55, -0.1], [40, 0.15, 0.08], tint=(0.6, 0.6, 0.6))
    mesh.quad([-20, -11, -0.1], [40, 0, 0], [0, 6.5, 0], LAYER["road"], repeat=(10, 2))
    wall: dict[str, Any] = {"layer": LAYER["street"], "glow": 1.0}
    mesh.quad([20, -11, -0.1], [-40, 0, 0], [0, 0, 9], repeat=(-3, 1), **wall)
    mesh.quad([-20, -11, -0.1], [0, 11, 0], [0, 0, 9], repeat=(1, 1), **wall)
    mesh.quad([20, 0, -0.1], [0, -11, 0], [0, 0, 9], repeat=(1, 1), **wall)
    mesh.quad([40, -11.1, 8], [-80, 0, 0], [0, 0, 30], tint=(0.8, 0.9, 1), glow=1.0, piece=4.0)


def _pane(opening: Opening, share: float) -> Pane:
    left, right, low, high = opening
    return Pane(np.array([left, -0.05, low]), np.array([right - left, 0, 0]), np.array([0, 0, high - low]), share)


def leaf(width: float, height: float, paint: NDArray[np.float32]) -> Mesh:
    """Return a door leaf of glass in a frame: it hangs at the origin and reaches to x = width."""
    mesh = Mesh()
    for low, high in ((0.01, 0.14), (height - 0.12, height - 0.02), (0.98, 1.03)):
        mesh.box([width / 2, 0, low], [width, 0.05, high - low], tint=paint)
    for x in (0.03, width - 0.03):
        mesh.box([x, 0, 0.01], [0.06, 0.05, height - 0.03], tint=paint)
    return mesh.box([width - 0.12, 0, 0.9], [0.03, 0.14, 0.25], tint=(0.5, 0.5, 0.52), gloss=0.4)


def leaves(door: Door, openness: float) -> list[tuple[float, tuple[float, float], float]]:
    """Return each leaf of a door as (width, place of its hinge x y, heading of the leaf in radians)."""
    left, right = door.edges
    if door.kind == "sliding":
        half = door.width / 2
        return [(half, (left - half * openness, 0.06), 0.0), (half, (right + half * openness, 0.06), np.pi)]
    if door.kind == "swing":
        swing = np.radians(95) * openness
        if door.width <= 1.4:
            return [(door.width - 0.06, (left + 0.03, 0.0), swing)]
        half = door.width / 2 - 0.04
        return [(half, (left + 0.03, 0.0), swing), (half, (right - 0.03, 0.0), np.pi - swing)]
    return []
