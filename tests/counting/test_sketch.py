"""A sketch says where edges are and which way they run; two are laid over one another."""

import cv2
import numpy as np
import pytest

from appliance.counting.sketch import PACKED, Look, brightness_and_edges, still

SIZE = (640, 360)


def scene(seed=1):
    """A drawn shop: shelves, a door, a counter, at random places."""
    rng = np.random.default_rng(seed)
    image = np.full((SIZE[1], SIZE[0], 3), 150, np.uint8)
    for _ in range(25):
        (x, y), (w, h) = rng.integers((-40, -40), SIZE), rng.integers((20, 20), (220, 160))
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), rng.integers(20, 240, 3).tolist(), -1)
    return image


def seen(image):
    return brightness_and_edges(image)[1]


def moved(image, x=0.0, y=0.0, turned=0.0):
    """The picture further right and lower by shares of it, turned clockwise by degrees."""
    width, height = SIZE
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turned, 1.0)
    matrix[:, 2] += (x * width, y * height)
    return cv2.warpAffine(image, matrix, SIZE, borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("x", [-0.2, -0.08, -0.03, 0.0, 0.03, 0.15])
@pytest.mark.parametrize("y", [-0.12, 0.0, 0.04])
def test_a_shift_is_found_to_a_hundredth_of_the_picture(x, y):
    pose = Look(seen(scene())).pose(seen(moved(scene(), x, y)))
    assert (pose.x, pose.y) == (pytest.approx(x, abs=0.012), pytest.approx(y, abs=0.012))
    assert pose.turned == 0
    assert pose.prominence > 5


@pytest.mark.parametrize("turned", [-20, -10, -5, 5, 10, 15])
def test_a_turn_is_found_to_three_degrees(turned):
    pose = Look(seen(scene())).pose(seen(moved(scene(), turned=turned)))
    assert pose.turned == pytest.approx(turned, abs=3)
    assert abs(pose.x) < 0.02
    assert abs(pose.y) < 0.04


def test_another_scene_lies_nowhere():
    poses = [Look(seen(scene(1))).pose(seen(scene(other))) for other in range(2, 12)]
    assert max(pose.agreement for pose in poses) < 0.4


def test_a_negative_has_the_same_edges():
    pose = Look(seen(scene())).pose(seen(255 - scene()))
    assert (pose.x, pose.y) == (pytest.approx(0, abs=0.002), pytest.approx(0, abs=0.002))
    assert pose.agreement > 0.8


def test_a_person_who_walks_leaves_no_trace_in_the_still_scene():
    pictures = []
    for step in range(5):
        image = scene()
        cv2.rectangle(image, (60 + 110 * step, 120), (110 + 110 * step, 300), (10, 10, 10), -1)
        pictures.append(seen(image))
    still_edges, empty = still(pictures), seen(scene())
    both = (still_edges != 0) & (empty != 0)
    assert both.sum() > 0.8 * (empty != 0).sum()
    assert np.real(still_edges[both] * np.conj(empty[both])).mean() > 0.95


def test_a_look_is_a_few_hundred_bytes_and_comes_back_from_them():
    look = Look(seen(scene()))
    data = look.pack()
    assert len(data) == PACKED == 432
    np.testing.assert_allclose(Look.unpack(data).edges, look.edges, atol=1e-6)


def test_a_look_knows_no_brightness():
    light, negative = Look(seen(scene())).edges, Look(seen(255 - scene())).edges
    assert np.abs(light - negative).astype(bool).mean() < 0.005  # an angle between two of the four may round either way


@pytest.mark.parametrize("data", [b"", b"\0" * 431, b"\xff" * 432])
def test_bytes_that_are_no_look_are_refused(data):
    with pytest.raises(ValueError, match="not a sketch"):
        Look.unpack(data)
