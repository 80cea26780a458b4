from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import ShopClock, iso, minute_of

BERLIN = ShopClock(ZoneInfo("Europe/Berlin"))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


DAYS = {
    "the morning belongs to its own date": ("2026-11-24T09:00", date(2026, 11, 24)),
    "the night before four belongs to the evening before": ("2026-11-24T02:59", date(2026, 11, 23)),
    "at four a new day begins": ("2026-11-24T03:00", date(2026, 11, 24)),
    "new year's night belongs to the old year": ("2026-12-31T23:30", date(2026, 12, 31)),
}


@pytest.mark.parametrize("rule", DAYS)
def test_a_moment_belongs_to_a_business_day(rule):
    text, day = DAYS[rule]
    assert BERLIN.day_of(utc(text)) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 11, 24), 24)]
)
def test_a_day_on_which_the_clocks_change_has_23_or_25_hours(day, hours):
    start, end = BERLIN.span(day)
    assert (end - start) / 3600 == hours == len(list(BERLIN.hours(day)))


@given(
    st.floats(utc("2020-01-01"), utc("2036-01-01")),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.integers(0, 23),
)
def test_every_moment_lies_within_its_own_day_and_days_leave_no_gap(moment, zone, starts):
    clock = ShopClock(ZoneInfo(zone), time(starts))
    start, end = clock.span(clock.day_of(moment))
    assert start <= moment < end
    assert clock.day_of(end) > clock.day_of(moment)
    assert clock.span(clock.day_of(end))[0] == end


def test_a_wall_clock_time_after_midnight_is_on_the_next_date():
    assert iso(BERLIN.at(date(2026, 11, 24), time(2, 0))) == "2026-11-25T01:00:00.000Z"
    assert iso(BERLIN.at(date(2026, 11, 24), time(9, 0))) == "2026-11-24T08:00:00.000Z"


def test_a_minute_is_named_by_its_first_second():
    assert minute_of(119.999) == 60
