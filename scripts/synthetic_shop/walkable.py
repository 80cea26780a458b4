"""The floor as a grid: where one can stand, how far the next obstacle is, and the way from here to there."""

from heapq import heappop, heappush
from itertools import count

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.scene import Scene

Points = NDArray[np.float64]

CELL = 0.1  # metres
STREET = 5.0  # metres of street that are walked on
SIDE = 9.0  # metres to either side of the doors
BODY = 0.26  # metres: half a person's width
WALL = 0.2  # metres: the door wall's thickness, outwards
EYE = 2.1  # metres: a camera below this stands in the way


class Floor:
    """Distances to obstacles on a grid over room and street. Positions are metres, N x 2."""

    def __init__(self, scene: Scene) -> None:
        half = max(scene.room.width / 2, SIDE + max(abs(door.x) for door in scene.doors))
        self._x0, self._y0 = -half, -STREET
        shape = (round((scene.room.depth + STREET) / CELL) + 1, round(2 * half / CELL) + 1)
        self._xs = self._x0 + CELL * np.arange(shape[1])
        self._ys = self._y0 + CELL * np.arange(shape[0])
        free = np.ones(shape, np.uint8)
        self._build_walls(scene, free)
        self._put_things(scene, free)
        self._distance = cv2.distanceTransform(free, cv2.DIST_L2, 5).astype(np.float64) * CELL
        down, across = np.gradient(self._distance, CELL)
        self._slope = np.stack([across, down], axis=-1)
        self._ways: dict[tuple[tuple[int, int], tuple[int, int]], Points] = {}

    def _build_walls(self, scene: Scene, free: NDArray[np.uint8]) -> None:
        indoors = self._ys >= 0
        in_wall = (self._ys >= -WALL) & (self._ys <= 0)
        beside = np.abs(self._xs) >= scene.room.width / 2
        opening = np.zeros(len(self._xs), bool)
        for door in scene.doors:
            opening |= (self._xs >= door.edges[0]) & (self._xs <= door.edges[1])
        free[np.ix_(indoors, beside)] = 0
        free[np.ix_(in_wall, ~opening)] = 0
        free[0], free[-1] = 0, 0

    def _put_things(self, scene: Scene, free: NDArray[np.uint8]) -> None:
        solid = [(t.x, t.y, *t.footprint) for t in scene.things if t.blocks or t.kind == "planter"]
        camera = scene.camera
        if camera.height_m < EYE:
            solid.append((camera.x, camera.y, 0.35, 0.35))
        for x, y, half_x, half_y in solid:
            free[np.ix_(np.abs(self._ys - y) <= half_y, np.abs(self._xs - x) <= half_x)] = 0

    def clearance(self, points: Points) -> tuple[NDArray[np.float64], Points]:
        """Return how far each point is from the next obstacle, and the direction away from it (unit vectors)."""
        rows, columns = self._cells(points)
        slope = self._slope[rows, columns]
        length = np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 1e-6)
        return self._distance[rows, columns], slope / length[:, None]

    def free(self, x: float, y: float, room: float = BODY + 0.1) -> bool:
        """Whether a person can stand there with that much room around."""
        return bool(self.clearance(np.array([[x, y]]))[0][0] >= room)

    def way(self, start: Points, goal: Points) -> Points:
        """Return corner points of a short way from start to goal (goal included); straight where none is found."""
        a, b = self._cell(start), self._cell(goal)
        if (a, b) not in self._ways:
            self._ways[a, b] = self._search(a, b)
        corners = self._ways[a, b]
        return np.vstack([corners[1:-1], goal[None]]) if len(corners) > 2 else goal[None]

    def _search(self, start: tuple[int, int], goal: tuple[int, int]) -> Points:
        """A* over eight neighbours with a price for walking near things, then the string pulled tight."""
        price = 1 + np.clip((0.5 - self._distance) / 0.2, 0, 2) ** 2
        blocked = self._distance < BODY - 0.5 * CELL
        costs, parent = {start: 0.0}, {start: start}
        order, done = count(), set[tuple[int, int]]()
        heap = [(0.0, next(order), start)]
        while heap:
            _, _, cell = heappop(heap)
            if cell == goal:
                return self._pull(self._trace(parent, goal))
            if cell in done:
                continue
            done.add(cell)
            for dr, dc in ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
                step = (cell[0] + dr, cell[1] + dc)
                inside = 0 <= step[0] < blocked.shape[0] and 0 <= step[1] < blocked.shape[1]
                if not inside or (blocked[step] and step != goal):
                    continue
                total = costs[cell] + price[step] * (1.4142 if dr and dc else 1.0)
                if total < costs.get(step, np.inf):
                    costs[step], parent[step] = total, cell
                    left = float(np.hypot(step[0] - goal[0], step[1] - goal[1]))
                    heappush(heap, (total + left, next(order), step))
        return np.empty((0, 2))

    def _trace(self, parent: dict[tuple[int, int], tuple[int, int]], cell: tuple[int, int]) -> Points:
        cells = [cell]
        while parent[cell] != cell:
            cell = parent[cell]
            cells.append(cell)
        return np.array([[self._xs[c], self._ys[r]] for r, c in reversed(cells)])

    def _pull(self, path: Points) -> Points:
        """Keep the corners only: from each, the furthest point that is seen with a body's room."""
        corners, here = [0], 0
        while here < len(path) - 1:
            ahead = len(path) - 1
            while ahead > here + 1 and not self._seen(path[here], path[ahead]):
                ahead -= max(1, (ahead - here) // 8)
            here = max(ahead, here + 1)
            corners.append(here)
        return path[corners]

    def _seen(self, a: Points, b: Points) -> bool:
        steps = max(2, int(np.hypot(*(b - a)) / CELL) + 1)
        between = a + (b - a) * np.linspace(0, 1, steps)[:, None]
        return bool((self.clearance(between)[0] >= BODY + 0.04).all())

    def _cells(self, points: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        columns = np.clip(np.rint((points[:, 0] - self._x0) / CELL), 0, len(self._xs) - 1).astype(np.intp)
        rows = np.clip(np.rint((points[:, 1] - self._y0) / CELL), 0, len(self._ys) - 1).astype(np.intp)
        return rows, columns

    def _cell(self, point: Points) -> tuple[int, int]:
        rows, columns = self._cells(point[None])
        return int(rows[0]), int(columns[0])
