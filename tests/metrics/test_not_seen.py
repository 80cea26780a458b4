"""Not seen is not zero."""

from datetime import date

import pytest

from appliance import metrics
from appliance.metrics import Value, coverage, footfall
from tests.metrics.shop import BACK, Filled, at, settings

TUESDAY = date(2026, 11, 24)


def test_ten_minutes_of_an_empty_shop_are_ten_rows_of_zero_and_of_a_dead_camera_none(filled: Filled) -> None:
    filled.watch(at("2026-11-24 10:00"), at("2026-11-24 10:10"))
    day = metrics.day_of(filled.reader, settings(), TUESDAY, at("2026-11-24 18:00"))

    def minutes(hour: int) -> list[Value]:
        start = at(f"2026-11-24 {hour}:00")
        return [footfall.measure(filled.reader, day, (start + 60 * i, start + 60 * i + 60)) for i in range(10)]

    assert minutes(10) == [Value(0, 1.0)] * 10
    assert minutes(11) == [Value(None, 0.0)] * 10


def test_a_person_who_comes_at_55_seconds_adds_nothing_to_the_minute_before(filled: Filled) -> None:
    start = at("2026-11-24 10:00")
    filled.watch(start - 120, start + 120)
    filled.cross([start + 55])
    day = metrics.day_of(filled.reader, settings(), TUESDAY, at("2026-11-24 18:00"))
    counts = [footfall.measure(filled.reader, day, (start + 60 * i, start + 60 * i + 60)).number for i in (-1, 0, 1)]
    assert counts == [0, 1, 0]


def test_an_hour_that_is_partly_seen_is_its_count_and_its_share(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 13:00"), at("2026-11-24 13:24"))
    filled.cross([at("2026-11-24 13:05"), at("2026-11-24 13:20")])
    day = metrics.day_of(filled.reader, settings(), TUESDAY, at("2026-11-24 18:00"))
    hour = next(h for h in metrics.hours_of_day(filled.reader, day) if h.wall.hour == 13)
    assert hour.ins == Value(2, pytest.approx(0.4))
    assert hour.gaps == ((at("2026-11-24 13:24"), at("2026-11-24 14:00")),)


def test_a_sum_never_hides_a_gap(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 09:00"), at("2026-11-24 20:00"))
    filled.cross([at("2026-11-24 10:00")] * 5)
    now = at("2026-11-26 10:00")
    days = [metrics.day_of(filled.reader, settings(), date(2026, 11, d), now) for d in (24, 25)]
    values = [footfall.measure(filled.reader, day) for day in days]
    assert values == [Value(5, 1.0), Value(None, 0.0)]
    assert metrics.total(values) == Value(5, 0.5)
    assert metrics.total(values[1:]) == Value(None, 0.0)
    assert metrics.total([]) == Value(None, 0.0)


def test_somebody_who_was_counted_is_never_lost_for_want_of_coverage(filled: Filled) -> None:
    filled.cross([at("2026-11-24 10:00")])
    day = metrics.day_of(filled.reader, settings(), TUESDAY, at("2026-11-24 18:00"))
    assert footfall.measure(filled.reader, day).number == 1
    counted = [q for q in metrics.quarters(filled.reader, settings().shop.clock, TUESDAY) if q.ins]
    assert [(q.ins, q.seen) for q in counted] == [(1, 1.0)]


def test_a_camera_that_is_set_up_and_gives_no_picture_is_missing_from_the_share(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 09:00"), at("2026-11-24 18:00"))
    now = at("2026-11-24 18:00")
    alone = metrics.day_of(filled.reader, settings(), TUESDAY, now)
    both = metrics.day_of(filled.reader, settings(BACK), TUESDAY, now)
    assert coverage.measure(filled.reader, alone).number == 1.0
    assert coverage.measure(filled.reader, both).number == 0.5


def test_a_camera_that_is_added_later_leaves_the_days_before_as_they_were(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 09:00"), at("2026-11-24 20:00"))
    filled.watch_long(at("2026-11-25 08:00"), at("2026-11-25 20:00"), "back")
    day = metrics.day_of(filled.reader, settings(BACK), TUESDAY, at("2026-11-25 20:00"))
    assert coverage.measure(filled.reader, day).number == 1.0


def test_the_minute_that_is_not_over_does_not_lower_the_share(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 09:00"), at("2026-11-24 09:05"))
    day = metrics.today(filled.reader, settings(), at("2026-11-24 09:05") + 50)
    assert coverage.measure(filled.reader, day).number == 1.0


def test_before_the_shop_opens_and_on_a_closed_day_coverage_is_unknown_but_people_count(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 04:00"), at("2026-11-24 08:00"))
    filled.cross([at("2026-11-24 07:55")])
    early = metrics.today(filled.reader, settings(), at("2026-11-24 08:00") + 30)
    assert coverage.measure(filled.reader, early).number is None
    assert footfall.measure(filled.reader, early) == Value(1, 1.0)
    filled.watch_long(at("2026-11-22 04:00"), at("2026-11-22 16:00"))
    sunday = metrics.day_of(filled.reader, settings(), date(2026, 11, 22), at("2026-11-24 08:00"))
    assert sunday.opening is None
    assert coverage.measure(filled.reader, sunday).number is None
    assert footfall.measure(filled.reader, sunday) == Value(0, 0.5)


def test_nobody_counted_and_nothing_seen_of_the_opening_hours_is_unknown(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 04:00"), at("2026-11-24 08:00"))
    day = metrics.today(filled.reader, settings(), at("2026-11-24 12:00"))
    assert footfall.measure(filled.reader, day) == Value(None, 0.0)
    assert metrics.gaps_of_day(filled.reader, day) == [(at("2026-11-24 09:00"), at("2026-11-24 11:59"))]


def test_more_out_than_in_is_shown_as_nobody_inside(filled: Filled) -> None:
    start = at("2026-11-24 10:00")
    filled.watch_long(at("2026-11-24 09:00"), at("2026-11-24 12:00"))
    filled.cross([start, start + 1], "out")
    filled.cross([start + 2])
    inside = metrics.METRICS["occupancy"].measure
    assert inside(filled.reader, metrics.today(filled.reader, settings(), at("2026-11-24 12:00"))).number == 0
    filled.cross([start + 3] * 4)
    assert inside(filled.reader, metrics.today(filled.reader, settings(), at("2026-11-24 12:00"))).number == 3
