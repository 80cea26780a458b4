"""Rules of the line. Feet in pixels of a 640 x 360 picture; the door lies at y = 180, x = 64 to 576, inside below."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config import Line
from tests.walks import DOOR, count

IN, OUT = ["in"], ["out"]

WALKS = {
    "walking in counts one in": ([(0, (320, 100)), (3, (320, 300))], IN),
    "walking out counts one out": ([(0, (320, 300)), (3, (320, 100))], OUT),
    "walking in at a slant counts one in": ([(0, (150, 100)), (3, (500, 300))], IN),
    "in and out again counts both": ([(0, (320, 100)), (2, (320, 300)), (4, (320, 100))], IN + OUT),
    "passing along the line outside counts nothing": ([(0, (20, 150)), (4, (620, 150))], []),
    "passing along the line inside counts nothing": ([(0, (20, 230)), (4, (620, 230))], []),
    "walking past the end of the line counts nothing": ([(0, (600, 100)), (3, (600, 300))], []),
    "turning back before the line counts nothing": ([(0, (320, 100)), (2, (320, 172)), (4, (320, 100))], []),
    "turning back just behind the line counts nothing": ([(0, (320, 100)), (2, (320, 188)), (4, (320, 100))], []),
    "standing on the line counts nothing": ([(0, (320, 180)), (8, (320, 180))], []),
    "standing still inside counts nothing": ([(0, (320, 260)), (8, (320, 260))], []),
    "lingering on the line and then going in counts one": (
        [(0, (320, 100)), (1, (320, 178)), (3, (320, 184)), (5, (320, 176)), (7, (320, 184)), (9, (320, 300))],
        IN,
    ),
    "lingering on the line and then going back counts nothing": (
        [(0, (320, 100)), (1, (320, 178)), (3, (320, 184)), (5, (320, 176)), (7, (320, 184)), (9, (320, 90))],
        [],
    ),
}


@pytest.mark.parametrize("fps", [5, 10, 25])
@pytest.mark.parametrize("rule", WALKS)
def test_a_walk_counts_what_its_name_says(rule, fps):
    walk, expected = WALKS[rule]
    assert [c.direction for c in count([walk], fps=fps)] == expected


def test_a_runner_at_five_frames_a_second_is_not_missed():
    run = [(0, (320, 60)), (1.2, (320, 350))]  # three body lengths in 1.2 s
    assert [c.direction for c in count([run], fps=5)] == IN


def test_two_side_by_side_are_two():
    walks = [[(0, (x, 100)), (3, (x, 300))] for x in (280, 345)]
    assert [c.direction for c in count(walks)] == IN + IN


def test_two_who_meet_at_the_line_are_one_in_and_one_out():
    walks = [[(0, (290, 100)), (3, (290, 300))], [(0, (350, 300)), (3, (350, 100))]]
    assert sorted(c.direction for c in count(walks)) == IN + OUT


def test_a_crossing_bears_the_moment_the_line_was_passed_not_the_moment_it_became_certain():
    (crossing,) = count([[(0, (320, 80)), (4, (320, 280))]])  # at y = 180 after 2 s
    assert crossing.time == pytest.approx(102.0, abs=0.25)
    assert crossing.at == pytest.approx(0.5, abs=0.02)


def test_a_person_the_net_hardly_believes_in_counts_nothing():
    assert count([[(0, (320, 100)), (3, (320, 300))]], score=0.4) == []


def test_a_flicker_of_two_frames_counts_nothing():
    assert count([[(0, (320, 170)), (0.1, (320, 200))]]) == []


def test_an_id_that_is_lost_and_found_at_the_line_counts_once():
    before = [(0, (320, 100)), (1.55, (320, 184))]
    after = [(1.6, (322, 176)), (4, (322, 320))]
    assert [c.direction for c in count([before, after])] == IN


@pytest.mark.parametrize(
    ("inside", "direction"), [((0.5, 0.9), "in"), ((0.5, 0.1), "out"), ((0.0, 0.51), "in"), ((1.0, 0.49), "out")]
)
def test_the_inner_point_alone_decides_which_way_is_in(inside, direction):
    for start, end in (((0.1, 0.5), (0.9, 0.5)), ((0.9, 0.5), (0.1, 0.5))):
        line = Line("door", start, end, inside)
        assert [c.direction for c in count([[(0, (320, 100)), (3, (320, 300))]], line=line)] == [direction]


@settings(max_examples=60, deadline=None)
@given(
    x=st.floats(120, 520),
    slant=st.floats(-60, 60),
    seconds=st.floats(1.0, 6.0),
    fps=st.sampled_from([5, 8, 12, 15, 25]),
)
def test_whoever_walks_through_the_door_is_counted_once_at_any_speed_and_rate(x, slant, seconds, fps):
    there = [(0, (x, 70)), (seconds, (x + slant, 340))]
    back = [(0, (x, 340)), (seconds, (x + slant, 70))]
    assert [c.direction for c in count([there], fps=fps)] == IN
    assert [c.direction for c in count([back], fps=fps)] == OUT


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(120, 520), st.floats(60, 350)), min_size=2, max_size=8))
def test_in_and_out_of_one_person_never_differ_by_more_than_one(places):
    walk = [(2.0 * i, place) for i, place in enumerate(places)]
    ways = [c.direction for c in count([walk])]
    assert abs(ways.count("in") - ways.count("out")) <= 1
    assert all(a != b for a, b in itertools.pairwise(ways))


def test_moving_the_whole_picture_to_another_size_changes_nothing():
    walks = [[(0, (200, 90)), (3, (260, 320))], [(1, (420, 330)), (4, (400, 80))]]
    first = [(c.direction, round(c.time, 3)) for c in count(walks)]
    assert [(c.direction, round(c.time, 3)) for c in count(walks, line=DOOR)] == first == first[:2]
