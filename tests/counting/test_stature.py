"""Stature tells children where the camera's place is known, says "unknown" where it can't, and errs as was measured."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config import Camera
from appliance.counting import stature
from appliance.counting.stature import GRID, Stature, View

WIDTH, HEIGHT = 640, 360


def view(tilt, above=3.0, fov=90, **more):
    return View(above, math.radians(tilt), math.radians(fov), WIDTH, HEIGHT, **more)


def box_of(camera, metres, away=0.0, aside=0.0):
    """The mean body's box, standing so far beyond the middle of the picture."""
    ahead = (camera.above - 0.85) / math.tan(camera.tilt) if camera.tilt > 0.05 else 4.0
    place = np.full((len(GRID), 2), (aside, ahead + away))
    boxes = stature.outline(camera, place)
    return np.array([np.interp(metres, GRID, boxes[:, k]) for k in range(4)], np.float32)


@pytest.mark.parametrize(
    ("camera", "away"),
    [
        (view(5, above=1.6), 1.0),
        (view(30), 0.0),
        (view(45, bend=0.2), 0.0),
        (view(60), 0.3),
        (view(90, above=4.0, fov=100), 0.0),
        (view(80, above=4.0, fov=150, fisheye=True), 0.2),
    ],
)
@pytest.mark.parametrize(("metres", "child"), [(1.1, True), (1.25, True), (1.65, False), (1.8, False)])
def test_a_box_of_the_mean_body_tells_its_stature_and_a_child(camera, away, metres, child):
    known = Stature()
    for aside in (-0.5, 0.0, 0.4):
        assert known.look(camera, box_of(camera, metres, away, aside))
    assert known.metres() == pytest.approx(metres, abs=0.09)
    assert (known.child() > 0.5) is child


def test_a_box_cut_by_the_edge_and_nobody_measured_tell_nothing():
    known = Stature()
    assert not known.look(view(30), np.array([0, 50, 80, 250], np.float32))
    assert not known.look(view(30), np.array([100, 200, 180, 360], np.float32))
    assert known.child() is None
    assert known.metres() is None


def test_a_person_of_a_few_pixels_is_unknown():
    known = Stature()
    assert known.look(view(10, above=6.0, fov=120), np.array([300, 170, 309, 179], np.float32))
    assert known.child() is None


def test_more_children_about_make_a_child_likelier():
    known = Stature()
    known.look(view(30), box_of(view(30), 1.45))
    shares = [known.child(share) for share in (0.02, 0.1, 0.5)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


@settings(deadline=None)
@given(st.lists(st.floats(-50, 700), min_size=4, max_size=4), st.floats(0, 90), st.floats(0.5, 20), st.floats(10, 159))
def test_any_box_before_any_camera_gives_a_probability_or_unknown(numbers, tilt, above, fov):
    known = Stature()
    known.look(view(tilt, above, fov), np.array(numbers, np.float32))
    child = known.child()
    assert child is None or 0 <= child <= 1


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({}, False),
        ({"height": 3.0}, False),
        ({"height": 3.0, "fov": 90.0}, True),
        ({"height": 3.0, "fov": 175.0}, False),
        ({"height": 3.0, "fov": 175.0, "fisheye": True}, True),
    ],
)
def test_a_camera_whose_place_was_not_told_tells_no_stature(told, known):
    assert (View.of(Camera("door", "usb:0", **told), WIDTH, HEIGHT) is not None) is known


@pytest.mark.slow
def test_children_of_the_synthetic_shop_are_told_by_their_stature():
    main = pytest.importorskip("scripts.synthetic_shop.stature")
    from scripts.synthetic_shop.bodies import NotBakedError

    try:
        bodies = main.load_bodies()
    except NotBakedError as error:
        pytest.skip(str(error))
    rows = []
    for number in range(45):
        scene = main.random_scene(95000 + number, main.Wanted(tilt=main.TILTS[number % 3]))
        rows += main.told_in(scene, bodies, main.Errs(), np.random.default_rng([95000 + number, 77]))
    children = np.array([row.child or 0.0 for row in rows if row.age < 12])
    adults = np.array([row.child or 0.0 for row in rows if row.age >= 18])
    assert len(children) > 30
    assert (children > 0.5).mean() > 0.75
    assert (adults > 0.5).mean() < 0.08
