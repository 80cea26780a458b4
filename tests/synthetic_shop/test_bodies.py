"""Baked people: what lies on disk comes back, and each is a body that can walk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.synthetic_shop.bodies import FRAMES, SETS, WALKING, NotBakedError, load_bodies, moment_of
from scripts.synthetic_shop.packing import normals_of, pack, unpack


@pytest.fixture(scope="module")
def bodies():
    try:
        return load_bodies()
    except NotBakedError as error:
        pytest.skip(str(error))


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 30))
def test_what_is_packed_comes_back_to_half_a_millimetre(seed, frames, vertices):
    places = np.random.default_rng(seed).uniform(-2.5, 2.5, (frames, vertices, 3))
    assert np.abs(unpack(pack(places)) - places).max() <= 0.000501


def test_a_normal_is_never_nothing_even_where_a_triangle_is_none():
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0], [5, 5, 5]]], np.float32)
    normals = normals_of(corners, np.array([[0, 1, 2], [3, 3, 3]]))
    assert np.linalg.norm(normals, axis=2) == pytest.approx(np.ones((1, 4)))
    assert normals[0, 0] == pytest.approx([0, 0, 1])


def test_without_people_the_error_names_the_command_that_makes_them(tmp_path):
    with pytest.raises(NotBakedError, match=r"bake them with: python -m scripts\.synthetic_shop bake"):
        load_bodies(tmp_path)


@pytest.mark.parametrize(
    ("phase", "stance", "arms", "frames"),
    [
        (0.0, 0, "free", (0, 1)),
        (15.5 / 16, 0, "free", (15, 0)),  # the cycle closes
        (7.25, 0, "free", (4, 5)),  # whole cycles don't matter
        (None, 2, "free", (18, 18)),
        (None, 4, "push", (FRAMES + 17, FRAMES + 17)),
        (0.5, 0, "raise", (2 * FRAMES + 8, 2 * FRAMES + 9)),
    ],
)
def test_a_pose_lies_between_two_frames_of_its_set(phase, stance, arms, frames):
    moment = moment_of(phase, stance, arms)
    assert (moment.first, moment.second) == frames
    assert 0 <= moment.share < 1


def test_there_are_people_of_every_age(bodies):
    kinds = [body.info.kind for body in bodies]
    assert len(bodies) >= 48
    assert {kind: kinds.count(kind) >= 5 for kind in ("child", "teen", "adult", "senior")} == dict.fromkeys(
        ("child", "teen", "adult", "senior"), True
    )
    assert {body.info.gender for body in bodies} == {"f", "m"}


@pytest.mark.parametrize("number", range(0, 48, 6))
def test_a_body_stands_on_the_floor_and_is_as_tall_as_it_says(bodies, number):
    body = bodies[number]
    assert len(body.vertices) == len(SETS) * FRAMES
    assert np.abs(body.vertices[:, :, 2].min(1)).max() < 0.002
    standing = body.vertices[WALKING, :, 2].max()
    assert standing == pytest.approx(body.info.height_m, rel=0.1)
    assert 0.3 < body.info.stride_m / body.info.height_m < 0.95


@pytest.mark.parametrize("number", range(0, 48, 6))
def test_the_foot_that_stands_does_not_slide(bodies, number):
    body = bodies[number]
    soles = body.regions == 8
    left = soles & (body.rest[:, 0] > 0)
    low = body.vertices[:WALKING, left, 2].mean(1)
    y = body.vertices[:WALKING, left, 1].mean(1)
    stands = low < np.quantile(low, 0.35)
    steps = (np.roll(y, -1) - y)[stands & np.roll(stands, -1)]
    assert np.median(steps) * WALKING == pytest.approx(body.info.stride_m, rel=0.35)


@pytest.mark.parametrize("number", range(0, 48, 6))
def test_hats_hang_on_the_head_and_bags_on_the_hands(bodies, number):
    body = bodies[number]
    head, _, left, right, _ = np.moveaxis(body.anchors, 1, 0)
    top = body.vertices[:, body.head].mean(1)
    assert np.linalg.norm(head[:, :3, 3] - top, axis=1).max() < 0.14
    assert (left[:WALKING, 0, 3] > right[:WALKING, 0, 3]).all()  # they face -y: their left is +x
    pushing = slice(FRAMES, 2 * FRAMES)
    assert (body.anchors[pushing, 2:4, 1, 3] < -0.1).all()  # both hands before the body


def test_everybodys_face_is_before_their_head_and_as_large_as_a_face(bodies):
    for body in bodies:
        face, head = body.rest[body.face], body.rest[body.head]
        wide, deep, high = np.ptp(face, axis=0)
        assert len(face) > 100, body.info.name
        assert 0.1 < wide < 0.19, body.info.name
        assert 0.1 < high < 0.22, body.info.name
        assert deep < 0.16, body.info.name
        assert face[:, 1].mean() < head[:, 1].mean(), body.info.name  # a body faces -y
        assert face[:, 2].max() < head[:, 2].max(), body.info.name
