"""Coverage comes from frames seen, whoever walks by."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.counting import CoverageMeter


def rows(times):
    meter = CoverageMeter("door")
    for time in times:
        meter.see(time)
    return {row.minute: row for row in meter.take()}


def test_ten_minutes_of_an_empty_shop_are_ten_rows_of_full_coverage():
    seen = rows(i / 5 for i in range(10 * 60 * 5 + 1))
    assert [seen[60 * i].seen for i in range(10)] == pytest.approx([60.0] * 10)


def test_a_dead_camera_leaves_no_row():
    assert rows([]) == {}


def test_a_gap_longer_than_a_second_was_not_seen():
    assert rows([0.0, 0.5, 30.0, 30.5])[0].seen == pytest.approx(1.0)


def test_time_is_split_at_the_minute():
    seen = rows([59.6, 60.4])
    assert seen[0].seen == pytest.approx(0.4)
    assert seen[60].seen == pytest.approx(0.4)


def test_taken_rows_are_increments():
    meter = CoverageMeter("door")
    meter.see(0.0)
    meter.see(0.5)
    assert [row.seen for row in meter.take()] == [0.5]
    meter.see(1.0)
    assert [row.seen for row in meter.take()] == [0.5]
    assert meter.take() == []


@given(st.lists(st.floats(0.001, 5.0), min_size=1, max_size=200))
def test_no_minute_is_seen_for_more_than_sixty_seconds(gaps):
    times, now = [], 0.0
    for gap in gaps:
        now += gap
        times.append(now)
    seen = rows(times)
    assert all(0 <= row.seen <= 60 + 1e-6 for row in seen.values())
    between = [b - a for a, b in pairwise(times)]
    assert sum(row.seen for row in seen.values()) == pytest.approx(sum(g for g in between if g <= 1.0), abs=1e-4)
    assert sum(row.frames for row in seen.values()) == len(gaps)
