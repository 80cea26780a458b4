"""Days, hours and quarters of the shop, clock changes among them."""

from datetime import date, time

import pytest

from appliance import config, metrics
from appliance.metrics import shop_day
from tests.metrics.shop import BERLIN, Filled, at, at_utc, settings


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 11, 24), 24)],  # the night belongs to the evening
)
def test_a_day_with_a_clock_change_has_23_or_25_hours(filled: Filled, day: date, hours: int) -> None:
    open_always = config.parse('[shop]\nzone = "Europe/Berlin"\n[shop.hours]\n' + all_days("04:00-04:00"))
    start, end = open_always.shop.clock.span(day)
    filled.watch_long(start, end)
    filled.cross([start + 3600 * i + 1 for i in range(hours)])
    found = metrics.hours_of_day(filled.reader, metrics.day_of(filled.reader, open_always, day, end))
    assert len(found) == hours
    assert [hour.ins for hour in found] == [metrics.Value(1, 1.0)] * hours
    rows = metrics.quarters(filled.reader, open_always.shop.clock, day)
    assert len(rows) == 4 * hours
    assert sum(row.ins or 0 for row in rows) == hours
    assert all(row.seen == 900 for row in rows)


def all_days(hours: str) -> str:
    return "".join(f'{day} = "{hours}"\n' for day in config.DAYS)


@pytest.mark.parametrize(
    ("hours", "day_starts", "opens", "closes"),
    [
        ("09:00-20:00", "04:00", "2026-11-24 09:00", "2026-11-24 20:00"),
        ("18:00-02:00", "04:00", "2026-11-24 18:00", "2026-11-25 02:00"),  # a bar
        ("08:00-24:00", "04:00", "2026-11-24 08:00", "2026-11-25 00:00"),
        ("00:00-00:00", "04:00", "2026-11-24 04:00", "2026-11-25 04:00"),  # a petrol station
        ("03:00-13:00", "04:00", "2026-11-24 04:00", "2026-11-24 13:00"),  # a bakery that did not move day_starts
        ("03:00-13:00", "00:00", "2026-11-24 03:00", "2026-11-24 13:00"),  # and one that did
        ("10:00-06:00", "04:00", "2026-11-24 10:00", "2026-11-25 04:00"),  # open beyond the day's end
    ],
)
def test_opening_hours_lie_within_the_business_day(hours: str, day_starts: str, opens: str, closes: str) -> None:
    text = f'[shop]\nzone = "Europe/Berlin"\nday_starts = "{day_starts}"\n[shop.hours]\n' + all_days(hours)
    assert shop_day.opening(config.parse(text), date(2026, 11, 24)) == (at(opens), at(closes))


def test_the_week_before_ends_at_the_same_wall_clock_across_a_clock_change(filled: Filled) -> None:
    day = metrics.day_of(filled.reader, settings(), date(2026, 10, 27), at("2026-10-27 17:36"))  # winter time by now
    before = shop_day.week_before(filled.reader, day)
    assert before.day == date(2026, 10, 20)
    assert before.until == at("2026-10-20 17:36")
    assert day.until - before.until == 7 * 86400 + 3600


def test_an_hour_outside_the_opening_hours_is_listed_when_somebody_came(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 06:00"), at("2026-11-24 10:00"))
    filled.cross([at("2026-11-24 06:30")])
    day = metrics.today(filled.reader, settings(), at("2026-11-24 10:30"))
    hours = metrics.hours_of_day(filled.reader, day)
    assert [hour.wall.hour for hour in hours] == [6, *range(9, 20)]
    assert [(hour.begun, hour.over) for hour in hours[:4]] == [
        (True, True),
        (True, True),
        (True, False),
        (False, False),
    ]


def test_an_hour_that_is_partly_open_is_measured_by_its_open_part(filled: Filled) -> None:
    half = config.parse('[shop]\nzone = "Europe/Berlin"\n[shop.hours]\ntue = "08:30-20:00"\n')
    filled.watch_long(at("2026-11-24 08:30"), at("2026-11-24 09:00"))
    filled.cross([at("2026-11-24 08:40")])
    day = metrics.day_of(filled.reader, half, date(2026, 11, 24), at("2026-11-24 20:00"))
    first = metrics.hours_of_day(filled.reader, day)[0]
    assert (first.wall.time(), first.ins) == (time(8), metrics.Value(1, 1.0))
    assert first.gaps == ()


def test_quarters_are_one_row_a_quarter_and_line_with_none_where_not_seen(filled: Filled) -> None:
    filled.watch_long(at("2026-11-24 09:00"), at("2026-11-24 09:20"))
    filled.cross([at("2026-11-24 09:01"), at("2026-11-24 09:16")], line="entrance")
    filled.cross([at("2026-11-24 09:02")], "out", line="side")
    rows = metrics.quarters(filled.reader, settings().shop.clock, date(2026, 11, 24), [("door", "back")])
    assert len(rows) == 96 * 3
    assert rows == sorted(rows, key=lambda row: (row.start, row.camera, row.line))
    nine = [row for row in rows if row.start == at("2026-11-24 09:00")]
    assert [(row.line, row.ins, row.outs, row.seen) for row in nine] == [
        ("back", 0, 0, 900),
        ("entrance", 1, 0, 900),
        ("side", 0, 1, 900),
    ]
    quarter_past = [row for row in rows if row.start == at("2026-11-24 09:15")]
    assert [(row.line, row.ins, row.seen) for row in quarter_past] == [
        ("back", 0, 300),
        ("entrance", 1, 300),
        ("side", 0, 300),
    ]
    assert all(
        row.ins is None and row.outs is None and row.seen == 0 for row in rows if row.start >= at("2026-11-24 09:30")
    )


def test_a_day_to_come_is_empty(filled: Filled) -> None:
    day = metrics.day_of(filled.reader, settings(), date(2027, 1, 5), at("2026-11-24 12:00"))
    assert metrics.METRICS["footfall"].measure(filled.reader, day) == metrics.Value(None, 0.0)
    assert not any(hour.begun for hour in metrics.hours_of_day(filled.reader, day))


def test_berlin_is_an_hour_ahead_in_winter() -> None:
    assert at("2026-11-24 17:36") == at_utc("2026-11-24 16:36")
    assert settings().shop.zone == BERLIN
