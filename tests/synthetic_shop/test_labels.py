"""Labels against a body of eight corners and a made-up id picture: the renderer has its own tests."""

import numpy as np
import pytest

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.labels import Face, Label, label
from scripts.synthetic_shop.people import Outline
from scripts.synthetic_shop.scene import Camera, Scene

SCENE = Scene("t", "a test", camera=Camera(tilt=0.0, height_m=1.0, y=5.0))
LENS = Lens(SCENE.camera, SCENE)
CORNERS = np.array([[x, y, z] for x in (-0.25, 0.25) for y in (-0.15, 0.15) for z in (0.0, 1.7)])


FACE = np.array([[x, 0.15, z] for x in (-0.09, 0.09) for z in (1.5, 1.7)])


def _label(x: float, ids: np.ndarray, silhouette: float = 100.0, y: float = 0.0, turned: float = 0.0) -> Label | None:
    points, face = np.add(CORNERS, [x, y, 0.0]), np.add(FACE, [x, y, 0.0])
    looks = np.array([np.sin(np.radians(turned)), np.cos(np.radians(turned)), 0.0])
    outline = Outline(points, np.full(8, 1 / 8), np.array([x, y, 1.7]), np.array([x, y, 0.0]), face, looks)
    return label(Pose(3, 0, x, y, 0.0, None), outline, LENS, 0, ids, 1, silhouette)


def _ids(*rectangle: int) -> np.ndarray:
    ids = np.zeros((SCENE.camera.height, SCENE.camera.width), np.uint8)
    if rectangle:
        x1, y1, x2, y2 = rectangle
        ids[y1:y2, x1:x2] = 1
    return ids


def test_the_box_holds_the_whole_body_and_the_visible_box_the_pixels_seen() -> None:
    found = _label(0.0, _ids(310, 100, 330, 150), 2000)
    assert found is not None
    x1, y1, x2, y2 = found.box
    assert x1 == pytest.approx(640 - x2, abs=0.01)
    assert y1 < 150 < y2
    assert found.visible_box == (310, 100, 330, 150)
    assert (found.visible_pixels, found.share) == (1000, pytest.approx(0.5))
    assert found.kind == "person"


def test_ground_and_head_are_where_feet_and_crown_are_projected() -> None:
    found = _label(0.0, _ids(310, 100, 330, 150))
    assert found is not None
    assert found.ground_px == pytest.approx(LENS.project([[0, 0, 0]])[0][0])
    assert found.head_m == pytest.approx((0, 0, 1.7))
    assert found.head_px[1] < found.ground_px[1]


def test_somebody_cut_by_the_picture_keeps_the_whole_box_and_a_smaller_share() -> None:
    edge = (5.0 + 0.15) * np.tan(SCENE.camera.fov / 2)
    found = _label(-edge, _ids(600, 100, 640, 150), 2000)  # the picture's right is -x for a camera that looks out
    assert found is not None
    assert found.box[2] > 640
    assert 0 < found.share <= 0.5


def test_who_is_out_of_the_picture_or_behind_the_camera_has_no_label() -> None:
    assert _label(40.0, _ids()) is None
    assert _label(0.0, _ids(), y=9.0) is None


@pytest.mark.parametrize(
    ("rectangle", "silhouette", "kind"),
    [
        ((310, 100, 330, 150), 1000, "person"),
        ((310, 100, 330, 150), 5000, "ignore"),  # four fifths hidden
        ((310, 100, 315, 150), 250, "ignore"),  # narrower than 8 pixels
        ((310, 100, 320, 110), 100, "ignore"),  # fewer than 120 pixels
        ((310, 100, 311, 101), 1000, "nothing"),
        ((), 1000, "nothing"),
    ],
)
def test_a_net_learns_those_it_can_see(rectangle: tuple[int, ...], silhouette: float, kind: str) -> None:
    found = _label(0.0, _ids(*rectangle), silhouette)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    ("turned", "side", "seen", "kind"),
    [
        (0, 40, 1.0, "face"),
        (50, 40, 1.0, "face"),
        (80, 40, 1.0, "ignore"),  # in profile
        (120, 40, 1.0, "nothing"),  # looks away
        (0, 40, 0.3, "ignore"),  # mostly hidden
        (0, 40, 0.0, "nothing"),
        (0, 6, 1.0, "ignore"),  # too small
    ],
)
def test_a_net_learns_the_faces_it_can_see(turned: float, side: float, seen: float, kind: str) -> None:
    assert Face((0, 0, side, side), seen, turned).kind == kind


@pytest.mark.parametrize("turned", [0, 40, 90, 180])
def test_a_face_is_boxed_where_it_is_projected_and_tells_how_far_it_looks_past_the_lens(turned: float) -> None:
    x1, y1, x2, y2 = corners = (*LENS.project(FACE)[0].min(0), *LENS.project(FACE)[0].max(0))
    half = _ids(round(x1), round(y1), round(x2), round((y1 + y2) / 2))
    found = _label(0.0, half, turned=turned)
    assert found is not None
    assert found.face is not None
    assert found.face.box == pytest.approx(corners, abs=0.01)
    assert found.face.seen == pytest.approx(0.5, abs=0.1)
    assert found.face.turned == pytest.approx(turned, abs=8)  # the camera stands a little lower


def test_a_face_above_the_pictures_edge_is_seen_no_more_than_it_is() -> None:
    everywhere = np.ones((SCENE.camera.height, SCENE.camera.width), np.uint8)
    found = _label(0.0, everywhere, y=3.7)  # so near that the head is beyond the upper edge
    assert found is not None
    assert found.face is not None
    assert found.face.box[1] < 0
    assert found.face.kind != "face"
