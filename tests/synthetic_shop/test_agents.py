from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.synthetic_shop.agents import STEP, Walks, simulate
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.cast import AGE_GROUPS, cast
from scripts.synthetic_shop.furnish import furnish
from scripts.synthetic_shop.scene import AGES, SCRIPTS, Camera, Crowd, Door, Room, Scene, Thing, Visitor
from scripts.synthetic_shop.truth import crossings, expected
from scripts.synthetic_shop.walkable import WALL, Floor


def _scene(*visitors: Visitor, seconds: float = 30, **parts: object) -> Scene:
    return furnish(Scene("t", "a test", seconds=seconds, visitors=visitors, **parts))  # type: ignore[arg-type]


WAYS = {
    "in": ["in"], "run": ["in"], "out": ["out"], "in_out": ["in", "out"], "re_enter": ["in", "out", "in"],
    "turn_back": [], "pass_by": [], "linger": ["in"], "staff": ["out", "in"],
}  # fmt: skip


def test_every_script_has_its_plan_here() -> None:
    assert set(WAYS) == set(SCRIPTS)


@pytest.mark.parametrize("kind", ["open", "swing", "sliding"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_crosses_as_planned(script: str, kind: str, walkers: list[BodyInfo]) -> None:
    scene = _scene(Visitor(script, stay=1.5), doors=(Door(kind=kind),), seconds=36, room=Room(clutter=9))
    assert [c.direction for c in expected(scene, simulate(scene, walkers))] == WAYS[script]


@pytest.mark.parametrize("width", [0.8, 1.2, 2.0])
def test_two_who_meet_in_a_door_both_get_through(width: float, walkers: list[BodyInfo]) -> None:
    scene = _scene(Visitor("in"), Visitor("out", 2.5, goal=(0.5, 4.5)), doors=(Door(width=width),), seconds=40)
    found = expected(scene, simulate(scene, walkers))
    assert sorted(c.direction for c in found) == ["in", "out"]


def _crowd(seed: int, width: float, people: int = 10) -> Scene:
    crowd = Crowd(people, 0, 12, SCRIPTS, together=0.4, children=0.3)
    return _scene(seed=seed, doors=(Door(width=width, kind="sliding"),), crowd=crowd, room=Room(clutter=12), seconds=20)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**31), width=st.floats(0.8, 3.5))
def test_nobody_walks_through_walls_furniture_or_each_other(seed: int, width: float, walkers: list[BodyInfo]) -> None:
    scene = _crowd(seed, width)
    walks = simulate(scene, walkers)
    floor = Floor(scene)
    for row in range(0, len(walks.position), 10):
        places = walks.position[row][np.isfinite(walks.position[row, :, 0])]
        assert not len(places) or floor.clearance(places)[0].min() > 0.1
        apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.eye(len(places)) * 9
        assert not len(places) or apart.min() > 0.25


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**31))
def test_the_wall_is_crossed_only_through_an_opening(seed: int, walkers: list[BodyInfo]) -> None:
    scene = _crowd(seed, 1.4)
    y = simulate(scene, walkers).position
    left, right = scene.doors[0].edges
    in_wall = (y[..., 1] > -WALL) & (y[..., 1] < 0)
    assert ((y[..., 0][in_wall] > left) & (y[..., 0][in_wall] < right)).all()


def test_nobody_jumps_and_nobody_is_faster_than_they_wish_by_much(walkers: list[BodyInfo]) -> None:
    scene = _crowd(3, 1.6)
    walks = simulate(scene, walkers)
    steps = np.hypot(*np.diff(walks.position, axis=0).transpose(2, 0, 1))
    limits = np.array([max(1.5, 1.25 * visitor.speed) for visitor in walks.visitors]) * STEP + 0.03
    assert (np.nan_to_num(steps) <= limits).all()


def test_the_same_seed_gives_the_same_walks_and_another_one_others(walkers: list[BodyInfo]) -> None:
    first, again, other = (simulate(_crowd(seed, 1.6), walkers) for seed in (4, 4, 5))
    assert first.poses(100) == again.poses(100)
    assert first.poses(100) != other.poses(100)


def test_those_who_walk_have_a_phase_that_grows_with_the_way_and_those_who_stand_none(walkers: list[BodyInfo]) -> None:
    scene = _scene(Visitor("in_out", stay=4, goal=(0.0, 3.5)), seconds=16)
    walks = simulate(scene, walkers)
    poses = [pose for frame in range(scene.frames) for pose in walks.poses(frame)]
    phases = [pose.phase for pose in poses if pose.phase is not None]
    assert phases == sorted(phases)
    assert any(pose.phase is None for pose in poses)
    cycles, path = phases[-1] - phases[0], np.hypot(*np.diff(walks.position[:, 0], axis=0).T)
    assert cycles * 1.3 == pytest.approx(np.nansum(path), rel=0.05)


def test_a_walker_faces_where_they_go(walkers: list[BodyInfo]) -> None:
    walks = simulate(_scene(Visitor("pass_by"), seconds=8), walkers)
    pose = walks.poses(40)[0]
    later = walks.poses(45)[0]
    assert pose.heading == pytest.approx(np.arctan2(later.y - pose.y, later.x - pose.x), abs=0.1)


def _openness_when_crossing(walks: Walks, scene: Scene) -> list[float]:
    rows = [round((c.t - 0.5) / STEP) for c in crossings(scene, walks)]
    return [float(walks.openness[row, 0]) for row in rows]


@pytest.mark.parametrize("kind", ["swing", "sliding"])
def test_a_door_is_shut_at_first_open_for_those_who_pass_and_shut_again(kind: str, walkers: list[BodyInfo]) -> None:
    scene = _scene(Visitor("in", goal=(0.0, 6.0)), doors=(Door(kind=kind),), seconds=20)
    walks = simulate(scene, walkers)
    assert walks.doors(0) == [0.0]
    assert min(_openness_when_crossing(walks, scene)) > 0.6
    assert walks.doors(scene.frames - 1) == [0.0]


def test_the_cast_has_the_ages_that_were_asked_for(walkers: list[BodyInfo]) -> None:
    scene = _scene(*(Visitor("in", age=age) for age in AGES))
    walks = simulate(scene, walkers)
    for visitor, body in zip(walks.visitors, walks.bodies, strict=True):
        low, high = AGE_GROUPS[visitor.age]
        assert low <= walkers[body].age <= high


def test_a_crowd_has_the_number_asked_for_and_groups_that_share_a_pace() -> None:
    visitors = cast(_scene(crowd=Crowd(30, 0, 20, ("in",), together=0.6, children=0.4)))
    assert len(visitors) == 30
    groups = {v.group for v in visitors if v.group}
    assert groups
    for group in groups:
        assert len({(v.speed, v.script) for v in visitors if v.group == group}) == 1


def test_people_walk_around_a_camera_that_hangs_at_head_height(walkers: list[BodyInfo]) -> None:
    camera = Camera(height_m=1.7, x=0.0, y=3.0)
    scene = _scene(Visitor("in", goal=(0.0, 6.0)), camera=camera, seconds=14)
    away = np.hypot(*(simulate(scene, walkers).position[:, 0] - [0.0, 3.0]).T)
    assert np.nanmin(away) > 0.45


def test_a_way_leads_around_a_shelf(walkers: list[BodyInfo]) -> None:
    shelf = Thing("shelf", 0.0, 4.0, np.pi / 2, (3.0, 0.6, 1.8))
    scene = _scene(Visitor("in", goal=(0.0, 6.0)), seconds=25)
    floor = Floor(replace(scene, things=(shelf,)))
    way = floor.way(np.array([0.0, 1.5]), np.array([0.0, 6.0]))
    assert len(way) > 1
    assert np.abs(way[:-1, 0]).max() > 1.5
