"""The lens: a point and its pixel agree both ways, whatever the lens."""

from math import radians

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.scene import Camera, Scene

LENSES = [
    ("pinhole", 70, 0.0),
    ("radial", 100, 0.3),
    ("radial", 62, -0.02),
    ("fisheye", 120, 0.0),
    ("fisheye", 180, 0.0),
]


def lens_of(lens="pinhole", fov=90.0, k1=0.0, tilt=40.0, shake=0.0, **other):
    camera = Camera(y=3.0, height_m=3.0, tilt=radians(tilt), fov=radians(fov), lens=lens, k1=k1, shake=shake, **other)
    return Lens(camera, Scene("test", "", camera=camera))


@pytest.mark.parametrize(("lens", "fov", "k1"), LENSES)
@given(x=st.floats(0, 640), y=st.floats(0, 360), distance=st.floats(0.2, 30), tilt=st.floats(0, 90))
def test_the_ray_of_a_pixel_falls_on_that_pixel(lens, fov, k1, x, y, distance, tilt):
    eye = lens_of(lens, fov, k1, tilt)
    ray = eye.rays([[x, y]])
    pixels, depth = eye.project(eye.position + ray * distance)
    if depth[0] > 0:  # the corners of a 180 degree fisheye see nothing
        assert pixels[0] == pytest.approx([x, y], abs=1e-3)
        assert depth[0] == pytest.approx(distance)


@pytest.mark.parametrize(("lens", "fov", "k1"), LENSES)
def test_half_the_field_of_view_ends_at_the_edge_of_the_picture(lens, fov, k1):
    eye = lens_of(lens, fov, k1)
    edge = eye.rays([[640, 180]])[0]
    assert np.degrees(np.arccos(edge @ eye.forward)) == pytest.approx(fov / 2)


def test_what_lies_ahead_is_in_the_middle_and_what_lies_left_is_left():
    eye = lens_of(tilt=0.0)  # at (0, 3, 3), looks at the street: its left is +x
    pixels, depth = eye.project([[0, -5, 3], [1, -5, 3], [0, -5, 2]])
    assert pixels[0] == pytest.approx([320, 180])
    assert pixels[1][0] < 320
    assert pixels[2][1] > 180
    assert depth[0] == pytest.approx(8)


def test_what_lies_behind_has_a_negative_depth():
    _, depth = lens_of(tilt=0.0).project([[0, 9, 3]])
    assert depth[0] < 0


@pytest.mark.parametrize(("looks", "top"), [("out", -1), ("in", 1)])
def test_straight_down_the_way_it_faces_is_the_top_of_the_picture(looks, top):
    eye = lens_of(tilt=90.0, looks=looks)
    pixels, _ = eye.project([[0, 3, 0], [0, 3 + top, 0]])
    assert pixels[0] == pytest.approx([320, 180])
    assert pixels[1][1] < 180
    assert pixels[1][0] == pytest.approx(320)


def test_a_camera_turned_clockwise_sees_the_world_turned_the_other_way():
    pixels, _ = lens_of(tilt=0.0, roll=radians(30)).project([[0, -5, 4]])  # above the axis
    assert pixels[0][0] < 320
    assert pixels[0][1] < 180


def test_a_fisheye_sees_what_is_level_with_a_camera_that_looks_straight_down():
    eye = lens_of("fisheye", 180, tilt=90.0, width=640, height=640)
    pixels, depth = eye.project([[4, 3, 3.0]])
    assert depth[0] == pytest.approx(4)
    assert pixels[0][0] == pytest.approx(0, abs=1e-6)


def test_a_pixel_finds_the_floor_it_sees():
    eye = lens_of("radial", 100, 0.2, 60.0)
    floor = eye.on_floor([[320, 180], [100, 300]])
    assert floor[:, 2] == pytest.approx([0, 0])
    assert eye.project(floor)[0] == pytest.approx(np.array([[320, 180], [100, 300]]), abs=1e-3)


def test_a_pixel_above_the_horizon_sees_no_floor():
    assert np.isnan(lens_of(tilt=0.0).on_floor([[320, 20]])).all()


def test_a_still_camera_does_not_shake_and_a_shaking_one_shakes_the_same_way_each_time():
    assert lens_of().shaken(7) == pytest.approx([0, 0])
    shaking = lens_of(shake=0.01)
    assert np.abs(shaking.shaken(7)).max() > 0
    assert shaking.shaken(7) == pytest.approx(lens_of(shake=0.01).shaken(7))
    moved, _ = shaking.project([[0, 0, 0]], frame=7)
    assert moved - shaking.project([[0, 0, 0]])[0] == pytest.approx(shaking.shaken(7)[None])
