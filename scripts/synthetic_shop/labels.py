"""What is true of one picture: each person's boxes, how much of them is seen, where feet, head and face are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.people import Outline

Reals = NDArray[np.float64]
Ids = NDArray[np.uint8]
Box = tuple[float, float, float, float]

_NEAR = 0.05  # metres from the lens: nothing nearer is drawn
_PERSON_SHARE = 0.3  # seen share of the body from which a label is a person's
_PERSON_SIDE = 8  # pixels: the short side of such a box
_PERSON_PIXELS = 120  # pixels seen of such a person
_FACE_TURNED = 65  # degrees away from the lens up to which a label is a face's: an eye and the nose are seen
_FACE_SEEN = 0.6  # seen share of its box from which it is; a face fills some 0.8 of a box
_FACE_SIDE = 8  # pixels: the short side of such a box


@dataclass(frozen=True, slots=True)
class Face:
    """One face: `box` in pixels, forehead to chin; `seen` is the share of the box in which its owner is seen, `turned`
    by how many degrees it looks past the lens."""

    box: Box
    seen: float
    turned: float

    @property
    def kind(self) -> str:
        """What a net must learn of it: a face, or to ignore it, or nothing when it is hidden or looks away."""
        if self.turned > _FACE_TURNED + 35 or self.seen < 0.1:
            return "nothing"
        x1, y1, x2, y2 = self.box
        plain = self.turned <= _FACE_TURNED and self.seen >= _FACE_SEEN and min(x2 - x1, y2 - y1) >= _FACE_SIDE
        return "face" if plain else "ignore"


@dataclass(frozen=True, slots=True)
class Label:
    """One person in one picture; pixels of that picture, metres of the world.

    `box` is the whole body's, hidden parts and those beyond the picture's edge included; `visible_box` is None when
    nothing is seen. `share` is the part of the body seen: its silhouette's visible share times the share of its
    surface that lies within the picture.
    """

    pose: Pose
    box: Box
    visible_box: tuple[int, int, int, int] | None
    visible_pixels: int
    share: float
    ground_px: tuple[float, float]
    head_px: tuple[float, float]
    head_m: tuple[float, float, float]
    face: Face | None

    @property
    def kind(self) -> str:
        """What a net must learn of it: a person, or to ignore it, or nothing when hardly anything is seen."""
        if self.visible_box is None or self.share < 0.02:
            return "nothing"
        x1, y1, x2, y2 = self.visible_box
        plain = self.share >= _PERSON_SHARE and min(x2 - x1, y2 - y1) >= _PERSON_SIDE
        return "person" if plain and self.visible_pixels >= _PERSON_PIXELS else "ignore"

    def as_row(self) -> dict[str, Any]:
        """Return it as a clip's truth holds it."""
        return {
            "id": self.pose.person, "box": [round(v, 1) for v in self.box], "visible_box": self.visible_box,
            "share": round(self.share, 3), "ground_px": [round(v, 1) for v in self.ground_px],
            "ground_m": [round(self.pose.x, 3), round(self.pose.y, 3)],
            "head_px": [round(v, 1) for v in self.head_px], "head_m": [round(v, 3) for v in self.head_m],
        }  # fmt: skip


def label(
    pose: Pose, outline: Outline, lens: Lens, frame: int | None, ids: Ids, number: int, silhouette: float
) -> Label | None:
    """Return the label of a person, or None if they are out of the picture.

    `number` is what `ids` (H x W) holds where the person is seen, `silhouette` how many pixels they would fill in the
    picture if nothing stood before them. With `frame`, the camera's shake at that frame is in it.
    """
    pixels, depth = lens.project(outline.points, frame)
    before = depth > _NEAR
    if before.mean() < 0.05:
        return None
    within = before & (pixels >= 0).all(1) & (pixels < [lens.width, lens.height]).all(1)
    share_within = float(outline.weights[within].sum())
    if share_within <= 0:
        return None
    (x1, y1), (x2, y2) = pixels[before].min(0), pixels[before].max(0)
    owned = ids == number
    visible, count = _visible(owned)
    spots, _ = lens.project(np.stack([outline.ground, outline.head]), frame)
    share = min(1.0, count / max(silhouette, 1.0)) * share_within
    return Label(
        pose, (float(x1), float(y1), float(x2), float(y2)), visible, count, share,
        _pair(spots[0]), _pair(spots[1]), (float(outline.head[0]), float(outline.head[1]), float(outline.head[2])),
        _face(outline, lens, frame, owned),
    )  # fmt: skip


def _face(outline: Outline, lens: Lens, frame: int | None, owner: NDArray[np.bool_]) -> Face | None:
    """Return the face of a person seen where `owner` (H x W) is, or None if it is not all before the lens."""
    pixels, depth = lens.project(outline.face, frame)
    if not len(depth) or depth.min() < _NEAR:
        return None
    (x1, y1), (x2, y2) = pixels.min(0), pixels.max(0)
    rows, columns = slice(max(0, round(y1)), max(0, round(y2))), slice(max(0, round(x1)), max(0, round(x2)))
    seen = np.count_nonzero(owner[rows, columns]) / max(1.0, (x2 - x1) * (y2 - y1))
    to_lens = lens.position - outline.face.mean(0)
    turned = np.degrees(np.arccos(np.clip(outline.looks @ to_lens / np.linalg.norm(to_lens), -1, 1)))
    return Face((float(x1), float(y1), float(x2), float(y2)), float(seen), float(turned))


def _visible(mask: NDArray[np.bool_]) -> tuple[tuple[int, int, int, int] | None, int]:
    """Return the box of the pixels of one person (H x W), and how many they are."""
    count = int(np.count_nonzero(mask))
    if not count:
        return None, 0
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1), count


def _pair(point: Reals) -> tuple[float, float]:
    return float(point[0]), float(point[1])
