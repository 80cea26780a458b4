"""The box's clock decides the minute, the stream's only the spacing."""

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cameras.stream_clock import FOLLOW, JUMP, StreamClock

START = 1_790_000_000.0
WEEKS = 4 * 7 * 86400


def arrivals(seconds: float, step: float = 1.0, jitter: float = 0.0) -> Iterator[tuple[float, float]]:
    """Yield (taken, received): when each picture really was taken, and when it arrived."""
    chance = random.Random(1)
    for index in range(int(seconds / step)):
        taken = START + index * step
        yield taken, taken + 0.05 + chance.uniform(0, jitter)


def errors(frames: Iterable[tuple[float, float, float | None]]) -> list[float]:
    """Return how far each result is from when the picture was taken."""
    clock = StreamClock()
    return [clock.time(received, pts) - taken for taken, received, pts in frames]


@pytest.mark.parametrize("ahead", [-60.0, 0.0, 60.0, 3e9])
def test_where_the_cameras_clock_stands_does_not_matter(ahead: float) -> None:
    wrong = errors((taken, received, taken + ahead) for taken, received in arrivals(300))
    assert max(map(abs, wrong)) < 0.06


@pytest.mark.parametrize("drift", [100e-6, -100e-6])
def test_a_camera_that_drifts_for_four_weeks_stays_in_its_minute(drift: float) -> None:
    step = 5.0
    wrong = errors((taken, received, (taken - START) * (1 + drift)) for taken, received in arrivals(WEEKS, step))
    assert max(map(abs, wrong)) < 0.1


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 5.0, -5.0])
def test_a_camera_whose_clock_jumps_is_anchored_again_at_once(jump: float) -> None:
    jumps = ((taken, received, taken + (jump if taken > START + 100 else 0)) for taken, received in arrivals(200))
    assert max(map(abs, errors(jumps))) < 0.06


def test_a_stream_without_times_falls_back_to_the_arrival() -> None:
    wrong = errors((taken, received, None) for taken, received in arrivals(60))
    assert wrong == pytest.approx([0.05] * 60, abs=1e-6)


def test_spacing_comes_from_the_stream_where_the_network_jitters() -> None:
    clock = StreamClock()
    pictures = list(arrivals(120, 0.1, jitter=0.08))
    times = [clock.time(received, taken - START) for taken, received in pictures]
    assert unevenness(times) < 0.4 * unevenness([received for _, received in pictures])


def unevenness(times: list[float]) -> float:
    gaps = [later - sooner for sooner, later in pairwise(times)]
    return sum(abs(gap - 0.1) for gap in gaps) / len(gaps)


def test_after_a_new_connection_the_offset_of_the_old_one_is_forgotten() -> None:
    clock = StreamClock()
    clock.time(START, 100.0)
    clock.reconnect()
    assert clock.time(START + 10, 108.5) == START + 10  # less than a jump apart, and still anchored anew


def test_a_box_whose_clock_is_set_back_gives_times_that_go_on() -> None:
    clock = StreamClock()
    before = clock.time(START, 0.0)
    assert clock.time(START - 3600, 0.1) > before


steps = st.lists(
    st.tuples(
        st.floats(1e-3, 30.0),
        st.one_of(st.none(), st.floats(-1e6, 1e6), st.floats(-5.0, 5.0)),
    ),
    min_size=1,
    max_size=60,
)


@given(steps)
def test_times_increase_strictly_and_are_never_later_than_the_arrival(steps: list[tuple[float, float | None]]) -> None:
    clock, received, last = StreamClock(), START, -1.0
    for passed, pts in steps:
        received += passed
        time = clock.time(received, pts)
        assert last < time <= received
        last = time


@given(st.floats(-JUMP, JUMP), st.floats(0.01, 1.0))
def test_a_small_shift_is_followed_within_a_few_time_constants(shift: float, step: float) -> None:
    clock, passed = StreamClock(), 0.0
    clock.time(START, 0.0)
    while passed < 8 * FOLLOW:
        passed += step
        last = clock.time(START + passed, passed - shift)
    assert last == pytest.approx(START + passed, abs=0.01)
