"""The sketch of a still scene: where it has edges and which way they run. No brightness, no colour, nobody who moves.

A picture becomes ROWS x COLUMNS cells; each holds the direction of its edge as a complex number of length 1 whose angle
is twice the edge's, so that dark-on-light and light-on-dark are the same, or 0 where nothing stands out. Light that is
switched, dusk and infrared change how strong edges are and hardly where. Two sketches are laid over one another by
orientation correlation (Fitch et al., BMVC 2002): the shift at which most edges agree stands out, or none does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.frame import Pixels

COLUMNS, ROWS = 48, 27
PACKED = COLUMNS * ROWS // 3  # bytes of a packed look
WIDE = 960  # pixels; of a wider picture every third row and column or so does
FAR_X, FAR_Y = 16, 9  # cells; a third of the picture is the farthest shift that is looked for

# Chosen on clips, with the figures of docs/decisions/camera-moved.md.
STANDS_OUT = 2.0  # grey levels a pixel, above a camera's noise at this size
AGREED = 0.6  # of the pictures' edges of a cell, for it to be still
CLEAR = 0.6  # agreement at which nobody asks whether the camera was turned
TURNED_BETTER = 1.2  # times the agreement that a turned sketch needs, to be believed
TURNS = (-20, -15, -10, -7, -4, 4, 7, 10, 15, 20)  # degrees

Edges = NDArray[np.complex64]
Plane = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a picture lies to a look: moved by x, y shares of the picture, then turned by degrees (clockwise).

    `agreement` is about the share of edges that agree, 0..1; `prominence`, by how many deviations they agree better
    there than elsewhere: under 5 it is chance.
    """

    x: float
    y: float
    turned: int
    agreement: float
    prominence: float


class Look:
    """A sketch to compare with. Its bytes (432) hold one of five signs a cell: no edge, or one of four directions."""

    def __init__(self, edges: Edges) -> None:
        self.edges = _in_four(edges)

    @classmethod
    def unpack(cls, data: bytes) -> "Look":
        """Read the bytes of pack(). Raises ValueError where they are none."""
        if len(data) != PACKED or max(data) >= 125:
            raise ValueError("not a sketch")
        triples = np.frombuffer(data, np.uint8)
        signs = np.stack([triples // 25, triples // 5 % 5, triples % 5], 1).reshape(ROWS, COLUMNS)
        return cls(np.where(signs > 0, 1j ** (signs.astype(int) - 1), 0).astype(np.complex64))

    def pack(self) -> bytes:
        """Return the look as bytes, three cells a byte."""
        fours = np.round(np.angle(self.edges) / (np.pi / 2)).astype(int) % 4
        signs = np.where(self.edges != 0, fours + 1, 0).reshape(-1, 3)
        return bytes((signs @ np.array([25, 5, 1])).astype(np.uint8))

    @property
    def structure(self) -> int:
        """How many cells have an edge."""
        return int(np.count_nonzero(self.edges))

    def pose(self, edges: Edges) -> Pose:
        """Return how a sketch lies to this one."""
        other = _spectrum(edges)
        norm = float(np.sqrt(max(1, self.structure) * max(1, int(np.count_nonzero(edges)))))
        upright = _peak(self._upright, other, norm, 0)
        if upright.agreement >= CLEAR:
            return upright
        turned = max((_peak(s, other, norm, t) for t, s in self._turned), key=lambda pose: pose.agreement)
        return turned if turned.agreement > TURNED_BETTER * upright.agreement else upright

    @cached_property
    def _upright(self) -> Plane:
        return _spectrum(self.edges)

    @cached_property
    def _turned(self) -> list[tuple[int, Plane]]:
        return [(turn, _spectrum(_turn(self.edges, turn))) for turn in TURNS]


def brightness_and_edges(image: Pixels) -> tuple[float, Edges]:
    """Return the mean grey (0..255) of a picture and its edges, ROWS x COLUMNS."""
    if image.shape[1] > WIDE:
        image = np.asarray(cv2.resize(image, (12 * COLUMNS, 12 * ROWS), interpolation=cv2.INTER_NEAREST), np.uint8)
    small = cv2.resize(image, (2 * COLUMNS, 2 * ROWS), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
    squared = (dx + 1j * dy) ** 2  # twice the angle: opposite gradients add up
    cells = squared.reshape(ROWS, 2, COLUMNS, 2).mean((1, 3))
    return float(grey.mean()), _directions(cells, STANDS_OUT**2)


def still(several: Sequence[Edges]) -> Edges:
    """Return what most of several pictures agree on; who walked by, and noise, are gone."""
    return _directions(np.mean(several, 0), AGREED)


def _directions(cells: Edges, least: float) -> Edges:
    length = np.abs(cells)
    return np.where(length > least, cells / np.maximum(length, 1e-9), 0).astype(np.complex64)


def _in_four(edges: Edges) -> Edges:
    fours = np.round(np.angle(edges) / (np.pi / 2)) * (np.pi / 2)
    return np.where(edges != 0, np.exp(1j * fours), 0).astype(np.complex64)


def _spectrum(edges: Edges) -> Plane:
    """Return the Fourier transform, with room so that shifts don't wrap; 64 x 96 x 2 is quick."""
    room = np.zeros((2 * ROWS + 10, 2 * COLUMNS), np.complex64)
    room[:ROWS, :COLUMNS] = edges
    return np.asarray(cv2.dft(room.view(np.float32).reshape(*room.shape, 2)), np.float32)


def _peak(look: Plane, other: Plane, norm: float, turned: int) -> Pose:
    """Return the best shift of the one spectrum's sketch beside the other's."""
    both = cv2.mulSpectrums(other, look, 0, conjB=True)
    whole = cv2.dft(both, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)[..., 0] / norm
    near = np.roll(whole, (FAR_Y, FAR_X), (0, 1))[: 2 * FAR_Y + 1, : 2 * FAR_X + 1]
    row, column = divmod(int(near.argmax()), near.shape[1])
    elsewhere = np.ones(near.shape, bool)
    elsewhere[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = False
    chance = near[elsewhere]
    prominence = float((near[row, column] - chance.mean()) / max(1e-6, chance.std()))
    x = column - FAR_X + _between(near[row], column)
    y = row - FAR_Y + _between(near[:, column], row)
    return Pose(x / COLUMNS, y / ROWS, turned, float(near[row, column]), prominence)


def _between(values: Plane, at: int) -> float:
    """Return how far the summit of a parabola through the peak and its neighbours lies from the peak, -0.5..0.5."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, peak, after = (float(v) for v in values[at - 1 : at + 2])
    curve = before - 2 * peak + after
    return 0.5 * (before - after) / curve if curve < -1e-9 else 0.0


def _turn(edges: Edges, degrees: int) -> Edges:
    """Return the sketch as a camera turned by that would see it; cells from beyond the edge are empty."""
    rows, columns = _turning(degrees)
    inside = (rows >= 0) & (rows < ROWS) & (columns >= 0) & (columns < COLUMNS)
    turned = edges[rows.clip(0, ROWS - 1), columns.clip(0, COLUMNS - 1)] * np.exp(2j * np.radians(degrees))
    return np.where(inside, turned, 0).astype(np.complex64)


@lru_cache
def _turning(degrees: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row and column that each cell comes from."""
    angle = np.radians(degrees)
    y, x = np.mgrid[:ROWS, :COLUMNS] - np.array([ROWS - 1, COLUMNS - 1]).reshape(2, 1, 1) / 2
    rows = np.cos(angle) * y - np.sin(angle) * x + (ROWS - 1) / 2
    columns = np.cos(angle) * x + np.sin(angle) * y + (COLUMNS - 1) / 2
    return np.rint(rows).astype(np.int64), np.rint(columns).astype(np.int64)
