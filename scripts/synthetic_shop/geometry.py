"""Triangles for rooms and things: flat faces that are cut up for the lens, boxes, tubes, balls, and their placing.

A vertex is 14 floats: place 3, normal 3, uv 2, texture layer, tint 3, glow, gloss (surface.vert reads them so).
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Reals = NDArray[np.float64]
COLUMNS = 14
FORMAT = ("3f 3f 2f 1f 3f 2f", ("place", "normal", "uv", "layer", "tint", "shine"))
PIECE = 0.45  # metres: the longest edge that a lens may bend unseen
WHITE = (1.0, 1.0, 1.0)


class Mesh:
    """Triangles that grow by pieces. Every method returns the mesh, so that calls can be chained."""

    def __init__(self) -> None:
        self._parts: list[Floats] = []

    def quad(
        self, corner: ArrayLike, u: ArrayLike, v: ArrayLike, layer: int = 0, tint: ArrayLike = WHITE,
        repeat: tuple[float, float] = (1.0, 1.0), *, glow: float = 0.0, gloss: float = 0.0, piece: float = PIECE,
    ) -> Self:  # fmt: skip
        """Add the parallelogram corner, +u, +v; its front is u x v. `repeat` is how often the texture lies on it."""
        at, along, up = (np.asarray(value, float) for value in (corner, u, v))
        columns = max(1, int(np.ceil(np.linalg.norm(along) / piece)))
        rows = max(1, int(np.ceil(np.linalg.norm(up) / piece)))
        s = np.tile(np.linspace(0, 1, columns + 1), rows + 1)
        t = np.repeat(np.linspace(0, 1, rows + 1), columns + 1)
        normal = _cross(along, up)
        places = at + s[:, None] * along + t[:, None] * up
        uv = np.stack([s * repeat[0], t * repeat[1]], 1)
        grid = np.arange((columns + 1) * (rows + 1)).reshape(rows + 1, columns + 1)
        a, b, c, d = grid[:-1, :-1].ravel(), grid[:-1, 1:].ravel(), grid[1:, 1:].ravel(), grid[1:, :-1].ravel()
        faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
        return self._add(places, np.broadcast_to(normal, places.shape), uv, faces, layer, tint, glow, gloss)

    def box(
        self, centre: ArrayLike, size: ArrayLike, layer: int = 0, tint: ArrayLike = WHITE, heading: float = 0.0, *,
        per_metre: float = 1.0, front: int | None = None, glow: float = 0.0, gloss: float = 0.0,
    ) -> Self:  # fmt: skip
        """Add a box by the centre of its base, size (wide, deep, high). `front`: the layer of its two wide faces."""
        width, deep, high = np.asarray(size, float)
        across = np.array([np.cos(heading), np.sin(heading), 0]) * width
        back = np.array([-np.sin(heading), np.cos(heading), 0]) * deep
        up, base = np.array([0, 0, high]), np.asarray(centre, float)
        style: dict[str, Any] = {"tint": tint, "glow": glow, "gloss": gloss}
        wide, wide_layer = (width * per_metre, high * per_metre), layer
        if front is not None:
            wide, wide_layer = (max(1.0, round(width / 1.2)), -1.0), front  # pictures have row 0 on top
        for corner, u in ((base - across / 2 - back / 2, across), (base + across / 2 + back / 2, -across)):
            self.quad(corner, u, up, wide_layer, repeat=wide, **style)
        for corner, u in ((base + across / 2 - back / 2, back), (base - across / 2 + back / 2, -back)):
            self.quad(corner, u, up, layer, repeat=(deep * per_metre, high * per_metre), **style)
        flat = (width * per_metre, deep * per_metre)
        self.quad(base - across / 2 - back / 2 + up, across, back, layer, repeat=flat, **style)
        return self.quad(base - across / 2 + back / 2, across, -back, layer, repeat=flat, **style)

    def tube(
        self, a: ArrayLike, b: ArrayLike, radius: float, end_radius: float | None = None, layer: int = 0,
        tint: ArrayLike = WHITE, sides: int = 8, *, gloss: float = 0.0,
    ) -> Self:  # fmt: skip
        """Add a round bar from a to b (a cone where the radii differ), with its ends closed."""
        start, end = np.asarray(a, float), np.asarray(b, float)
        axis = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
        side = _cross(axis, (0.0, 0.0, 1.0) if abs(axis[2]) < 0.9 else (1.0, 0.0, 0.0))
        other = _cross(axis, side)
        angle = np.linspace(0, 2 * np.pi, sides + 1)
        ring = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * other
        last = radius if end_radius is None else end_radius
        places = np.concatenate([start + ring * radius, end + ring * last, [start, end]])
        normals = np.concatenate([ring, ring, [-axis, axis]])
        low = np.arange(sides)
        high = low + sides + 1
        walls = np.concatenate([np.stack([low, low + 1, high + 1], 1), np.stack([low, high + 1, high], 1)])
        first, second = np.full(sides, 2 * sides + 2), np.full(sides, 2 * sides + 3)
        caps = np.concatenate([np.stack([first, low + 1, low], 1), np.stack([second, high, high + 1], 1)])
        uv = np.concatenate(
            [np.stack([angle / 6.28, 0 * angle], 1), np.stack([angle / 6.28, 0 * angle + 1], 1), [[0, 0], [0, 1]]]
        )
        return self._add(places, normals, uv, np.concatenate([walls, caps]), layer, tint, 0.0, gloss)

    def ball(
        self, centre: ArrayLike, radii: ArrayLike, layer: int = 0, tint: ArrayLike = WHITE, *, sides: int = 14,
        rings: int = 8, low: float = -1.0, high: float = 1.0, gloss: float = 0.0, second: ArrayLike | None = None,
    ) -> Self:  # fmt: skip
        """Add an ellipsoid, or its zone between two sines of latitude; `second` tints every other slice."""
        latitude = np.linspace(np.arcsin(low), np.arcsin(high), rings + 1)
        longitude = np.linspace(0, 2 * np.pi, sides + 1)
        lat, lon = np.meshgrid(latitude, longitude, indexing="ij")
        unit = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1).reshape(-1, 3)
        scale = np.asarray(radii, float)
        normals = unit / scale
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        grid = np.arange((rings + 1) * (sides + 1)).reshape(rings + 1, sides + 1)
        a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]
        faces = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)])  # rows, then slices
        uv = np.stack([lon.ravel() / 6.28, lat.ravel() / 3.14], 1)
        places = np.asarray(centre, float) + unit * scale
        if second is None:
            return self._add(places, normals, uv, faces.reshape(-1, 3), layer, tint, 0.0, gloss)
        for parity, colour in enumerate((tint, second)):
            self._add(places, normals, uv, faces[:, parity::2].reshape(-1, 3), layer, colour, 0.0, gloss)
        return self

    def solid(
        self, places: ArrayLike, normals: ArrayLike, faces: ArrayLike, layer: int = 0, tint: ArrayLike = WHITE
    ) -> Self:
        """Add any triangles with their normals."""
        points = np.asarray(places, float)
        return self._add(points, np.asarray(normals, float), points[:, :2], np.asarray(faces), layer, tint, 0.0, 0.0)

    def moved(self, at: Sequence[float], heading: float = 0.0, scale: ArrayLike = 1.0) -> Self:
        """Scale all there is, turn it about z and put it down at `at`."""
        sizes = np.broadcast_to(np.asarray(scale, float), (3,))
        turn = np.array([[np.cos(heading), -np.sin(heading), 0], [np.sin(heading), np.cos(heading), 0], [0, 0, 1]])
        for part in self._parts:
            part[:, :3] = (part[:, :3] * sizes) @ turn.T + np.asarray(at)
            part[:, 3:6] = (part[:, 3:6] / sizes) @ turn.T
        return self

    def joined(self, other: "Mesh") -> Self:
        """Add all of another mesh."""
        self._parts += other._parts
        return self

    def array(self) -> Floats:
        """Return the vertices, N x 14, three a triangle."""
        return np.concatenate(self._parts) if self._parts else np.zeros((0, COLUMNS), np.float32)

    def _add(
        self, places: Reals, normals: Reals, uv: Reals, faces: NDArray[np.integer], layer: int, tint: ArrayLike,
        glow: float, gloss: float,
    ) -> Self:  # fmt: skip
        index = faces.ravel()
        part = np.empty((len(index), COLUMNS), np.float32)
        part[:, 0:3], part[:, 3:6], part[:, 6:8] = places[index], normals[index], uv[index]
        part[:, 8], part[:, 9:12], part[:, 12], part[:, 13] = layer, np.asarray(tint, float), glow, gloss
        self._parts.append(part)
        return self


def _cross(a: Sequence[float] | Reals, b: Sequence[float] | Reals) -> Reals:
    """Return the unit vector across two others (numpy's own takes ten times as long for one)."""
    x, y, z = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    length = max(float(x * x + y * y + z * z) ** 0.5, 1e-12)
    return np.array([x / length, y / length, z / length])
