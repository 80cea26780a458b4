import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.score import line_text
from scripts.synthetic_shop.agents import STEP, Walks, simulate
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.scene import Camera, Door, Scene, Visitor
from scripts.synthetic_shop.truth import as_json, clip_truth, crossings, expected, line_in_picture

LINE = Door().line


def _walks(*paths: list[tuple[float, float, float]], visitors: tuple[Visitor, ...] = ()) -> Walks:
    """Everybody's path from corners (second, x, metres beyond the line), straight between; absent before and after."""
    times = np.arange(0, 10, STEP)
    position = np.full((len(times), len(paths), 2), np.nan)
    for i, path in enumerate(paths):
        t, x, y = np.array(path).T
        there = (times >= t[0]) & (times <= t[-1])
        position[there, i, 0] = np.interp(times[there], t, x)
        position[there, i, 1] = np.interp(times[there], t, y) + LINE
    flat = np.zeros(position.shape[:2])
    visitors = visitors or tuple(Visitor("in") for _ in paths)
    return Walks(10, visitors, (0,) * len(paths), position, flat, flat, flat, flat > 1, np.ones((len(times), 1)))


SCENE = Scene("t", "a test", seconds=10)
SWAYS = [(0, 0, -2), (2, 0, 0.1), (3, 0, -0.1), (4, 0, 0.1), (6, 0, 2)]


@pytest.mark.parametrize(
    ("path", "true", "must"),
    [
        pytest.param([(1, 0, -2), (5, 0, 2)], ["in"], ["in"], id="straight in"),
        pytest.param([(1, 0, 2), (5, 0, -2)], ["out"], ["out"], id="straight out"),
        pytest.param([(1, 0, -2), (3, 0, 0.2), (5, 0, -2)], ["in", "out"], [], id="a toe over the line"),
        pytest.param([(1, 0, -2), (3, 0, 0.5), (3.5, 0, -2)], ["in", "out"], [], id="in and out within a second"),
        pytest.param([(1, 0, -2), (3, 0, 0.8), (6, 0, -2)], ["in", "out"], ["in", "out"], id="in, later out"),
        pytest.param(
            [(0, 0, -2), (2, 0, 0.1), (3, 0, -0.1), (4, 0, 0.1), (6, 0, 2)],
            ["in", "out", "in"],
            ["in"],
            id="sways on it",
        ),
        pytest.param([(1, 1.5, -2), (5, 1.5, 2)], [], [], id="past the line's end"),
        pytest.param([(1, 0, -2), (9.97, 0, 0.1)], ["in"], [], id="cut off by the clip's end"),
        pytest.param([(1, 0, 0.1), (5, 0, 2)], [], [], id="appears just inside"),
    ],
)
def test_crossings_are_true_and_expected_ones_stay(
    path: list[tuple[float, float, float]], true: list[str], must: list[str]
) -> None:
    walks = _walks(path)
    assert [c.direction for c in crossings(SCENE, walks)][: len(true)] == true
    assert [c.direction for c in expected(SCENE, walks)] == must


def test_the_moment_of_a_crossing_lies_between_two_steps() -> None:
    (crossing,) = expected(SCENE, _walks([(1, 0, -1), (4, 0, 2)]))
    assert crossing.t == pytest.approx(2.0, abs=0.002)


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=9))
def test_ins_and_outs_alternate_and_tell_on_which_side_one_ends(ys: list[float]) -> None:
    path = [(float(i), 0.0, y) for i, y in enumerate(ys)]
    must = [c.direction for c in expected(SCENE, _walks(path))]
    true = [c.direction for c in crossings(SCENE, _walks(path))]
    assert all(a != b for a, b in pairwise(true))
    assert all(a != b for a, b in pairwise(must))
    assert len(must) <= len(true)


def test_staff_and_groups_are_told_apart() -> None:
    way = [(1.0, 0.0, -2.0), (5.0, 0.0, 2.0)]
    visitors = (Visitor("staff", role="staff"), Visitor("in", group=1), Visitor("in", group=1), Visitor("in"))
    walks = _walks(way, way, way, way, visitors=visitors)
    bodies = [BodyInfo("p", "adult", 30, "f", 1.7, 1.3)]
    told = clip_truth(SCENE, walks, bodies, Lens(SCENE.camera, SCENE), "clip.mp4")["expected"]
    assert told["in"] == {"entrance": 4}
    assert told["without_staff"]["in"] == {"entrance": 3}
    assert told["groups"] == 2


def test_the_same_seed_gives_the_same_bytes(walkers: list[BodyInfo]) -> None:
    scene = replace(SCENE, visitors=(Visitor("in"), Visitor("out")))
    texts = {
        as_json(clip_truth(scene, simulate(scene, walkers), walkers, Lens(scene.camera, scene), "clip.mp4"))
        for _ in range(2)
    }
    assert len(texts) == 1


VIEWS = {
    "level": Camera(tilt=0.1, height_m=1.7, y=6.0),
    "45 degrees": Camera(y=2.8),
    "straight down": Camera(tilt=np.pi / 2, height_m=3.0, y=1.2, fov=1.8, lens="radial", k1=0.2),
    "fisheye": Camera(tilt=np.pi / 2, height_m=2.9, y=2.0, fov=3.0, lens="fisheye", width=480, height=480),
    "into the shop": Camera(tilt=1.2, height_m=2.6, y=0.2, looks="in"),
    "askew": Camera(y=3.5, x=2.0, yaw=-0.6, roll=0.2, fov=1.7, lens="radial", k1=0.15),
}


@pytest.mark.parametrize("camera", VIEWS.values(), ids=VIEWS)
def test_a_line_is_told_as_replay_takes_it_and_lies_close_to_the_curve(camera: Camera) -> None:
    lens = Lens(camera, SCENE)
    line = line_in_picture(Door(), lens)
    a, b, inside = (np.array(line[key]) for key in ("a", "b", "inside"))
    assert all((point >= 0).all() and (point <= 1).all() for point in (a, b, inside))
    size = np.array([camera.width, camera.height])
    along = (b - a) * size / np.hypot(*((b - a) * size))
    off = (np.array(line["curve"]) - a) * size
    assert np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]).max() < 0.015 * camera.width
    assert line_text(line).startswith("entrance:")


@pytest.mark.parametrize("camera", VIEWS.values(), ids=VIEWS)
def test_the_inside_point_lies_on_the_side_of_the_shop(camera: Camera) -> None:
    lens, door = Lens(camera, SCENE), Door()
    line = line_in_picture(door, lens)
    (ax, ay), (bx, by), size = line["a"], line["b"], (camera.width, camera.height)

    def side(x: float, y: float) -> float:
        return float(np.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax)))

    further_in = lens.project([[door.x, door.line + 0.4, 0.0]])[0][0] / size
    assert side(*line["inside"]) == side(*further_in) != 0


def test_a_line_out_of_sight_is_refused() -> None:
    camera = Camera(tilt=0.1, y=1.0, looks="in")
    with pytest.raises(ValueError, match="not in the picture"):
        line_in_picture(Door(), Lens(camera, SCENE))


def test_a_truth_is_plain_json(walkers: list[BodyInfo]) -> None:
    scene = replace(SCENE, visitors=(Visitor("in"),))
    told = clip_truth(scene, simulate(scene, walkers), walkers, Lens(scene.camera, scene), "clip.mp4")
    assert json.loads(as_json(told)) == told
