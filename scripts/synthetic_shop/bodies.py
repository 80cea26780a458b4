"""The baked people: dressed meshes that walk and stand. `bake` makes them from anny; they are never committed.

A body faces -y in its own space, feet at z = 0, pelvis above the origin. Its frames come in sets, one for each way to
hold the arms; a set is 16 frames of one walking cycle (two steps) and 3 of standing.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.packing import Floats, normals_of, unpack

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "synthetic_shop" / "people"
WALKING, STANDING = 16, 3
FRAMES = WALKING + STANDING
SETS = ("free", "push", "raise")  # arms as the person likes; both before the body; the right hand high
REGIONS = ("skin", "hair", "top", "bottom", "shoes", "outer", "prop", "inner", "sole")
ANCHORS = ("head", "back", "left", "right", "hip")  # where hats, backpacks and bags hang
EYES, LIPS = 62, 88  # the shades that mark them


class NotBakedError(RuntimeError):
    """There are no baked people; the message names the command that makes them."""


@dataclass(frozen=True, slots=True)
class BodyInfo:
    """What a walk needs to know of a body. `stride_m`: metres walked in one cycle."""

    name: str
    kind: str  # adult, teen, child, senior
    age: float
    gender: str  # f or m
    height_m: float
    stride_m: float


@dataclass(frozen=True, slots=True)
class Moment:
    """Between which two frames a body is, and how far: 0 the first, 1 the second."""

    first: int
    second: int
    share: float


def moment_of(phase: float | None, stance: int, arms: str = "free") -> Moment:
    """Return the frames of a pose: `phase` counts walking cycles, None stands in posture `stance`."""
    base = SETS.index(arms) * FRAMES
    if phase is None:
        return Moment(base + WALKING + stance % STANDING, base + WALKING + stance % STANDING, 0.0)
    step = (phase % 1.0) * WALKING
    first = int(step) % WALKING
    return Moment(base + first, base + (first + 1) % WALKING, step - int(step))


class Body:
    """One baked person. Arrays are read when first used."""

    def __init__(self, path: Path) -> None:
        self._file = np.load(path)
        self.meta: dict[str, Any] = json.loads(str(self._file["meta"]))
        meta = self.meta
        self.info = BodyInfo(
            path.stem, meta["kind"].replace("elder", "senior"), meta["age"], meta["gender"], meta["height_m"],
            meta["stride_m"],
        )  # fmt: skip

    @cached_property
    def vertices(self) -> Floats:
        """Positions, T x V x 3 metres."""
        return unpack(self._file["verts"])

    @cached_property
    def faces(self) -> NDArray[np.int64]:
        """Triangles, F x 3."""
        return np.asarray(self._file["faces"], np.int64)

    @cached_property
    def normals(self) -> Floats:
        """Unit normals, T x V x 3."""
        return normals_of(self.vertices, self.faces)

    @cached_property
    def rest(self) -> Floats:
        """Where each vertex is at rest, V x 3: patterns of cloth hang on it."""
        return np.asarray(self._file["rest"], np.float32)

    @cached_property
    def regions(self) -> NDArray[np.uint8]:
        """Index into REGIONS of each vertex."""
        return np.asarray(self._file["region"], np.uint8)

    @cached_property
    def shades(self) -> NDArray[np.uint8]:
        """Brightness of each vertex, 128 is 1: eyes, brows, lips."""
        return np.asarray(self._file["shade"], np.uint8)

    @cached_property
    def areas(self) -> Floats:
        """The share of the body's surface that belongs to each vertex; sums to 1."""
        a, b, c = (self.rest[self.faces[:, k]] for k in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        summed = sum(np.bincount(self.faces[:, k], area, minlength=len(self.rest)) for k in range(3))
        return np.asarray(summed / np.sum(summed), np.float32)

    @cached_property
    def head(self) -> NDArray[np.int64]:
        """Indices of the vertices at the top of the head."""
        standing = self.vertices[WALKING]
        of_head = np.isin(self.regions, [REGIONS.index(name) for name in ("skin", "hair", "prop")])
        return np.flatnonzero(of_head & (standing[:, 2] > standing[:, 2].max() * 0.86))

    @cached_property
    def face(self) -> NDArray[np.int64]:
        """Indices of the vertices of the face: bare skin before the ears, from the forehead to the chin."""
        eyes, lips = (self.rest[self.shades == shade].mean(0) for shade in (EYES, LIPS))
        unit = eyes[2] - lips[2]
        x, y, z = self.rest.T
        within = (np.abs(x) < 1.3 * unit) & (y < eyes[1] + 0.9 * unit)
        within &= (z > eyes[2] - 1.75 * unit) & (z < eyes[2] + 0.9 * unit)
        return np.flatnonzero(within & (self.regions == REGIONS.index("skin")))

    @cached_property
    def feet(self) -> Floats:
        """Where each foot stands, T x 2 (left, right) x 2 metres."""
        shoe = np.flatnonzero(self.regions == REGIONS.index("shoes"))
        left = self.rest[shoe, 0] > 0
        both = [self.vertices[:, shoe[side], :2].mean(1) for side in (left, ~left)]
        return np.stack(both, 1).astype(np.float32)

    @cached_property
    def anchors(self) -> Floats:
        """The frames of ANCHORS, T x 5 x 4 x 4: rotation and place of head, back, hands and hip in the body's space."""
        return np.asarray(self._file["anchors"], np.float32)

    def at(self, moment: Moment) -> Floats:
        """Return the vertices at a moment, V x 3 metres in the body's own space."""
        first, second = self.vertices[moment.first], self.vertices[moment.second]
        return np.asarray(first + (second - first) * moment.share, np.float32)


def load_bodies(folder: Path = FOLDER) -> list[Body]:
    """Open every baked person. Raises NotBakedError."""
    bodies = [Body(path) for path in sorted(folder.glob("p*.npz"))]
    if not bodies:
        raise NotBakedError(f"no people in {folder}: bake them with: python -m scripts.synthetic_shop bake")
    return bodies
