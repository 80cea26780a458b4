"""Missing is never zero: what is expected of a store, and what is said where it did not come."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from appliance.documents import Totals
from hq import calendar
from hq.app import create_app
from hq.chain import ChainDay, Question, StoreRow, chain_day, stores_of_day
from hq.cli import hq
from hq.database import HqError, reading
from tests.hq.chain_of_shops import NOW, Shop

DAY = date(2026, 11, 24)  # a Tuesday


def plan(database: Engine, shop: Shop, **changes: Any) -> None:
    plain: dict[str, Any] = {"region": "", "hours": (), "opened": None, "closed": None}
    calendar.keep_calendar(database, shop.name, calendar.Calendar(**(plain | changes)))


def send(database: Engine, shop: Shop, totals: Totals, at: datetime = NOW, **changes: Any) -> None:
    client = create_app(database, now=lambda: at).test_client()
    assert shop.put(client, shop.day(totals=totals, **changes)).status_code == 201


def chain(database: Engine, day: date = DAY) -> ChainDay:
    with reading(database) as connection:
        return chain_day(connection, day)


def the_store(database: Engine, day: date = DAY) -> StoreRow:
    with reading(database) as connection:
        (row,) = stores_of_day(connection, day, Question())
    return row


SHUT_ON_TUESDAYS = calendar.read_hours("mon 09:00-18:00, wed-sun 09:00-18:00")
EXPECTED: list[tuple[str, dict[str, Any], str]] = [
    ("no calendar", {}, "missing"),
    ("open on Tuesdays", {"hours": calendar.read_hours("tue 09:00-18:00")}, "missing"),
    ("shut on Tuesdays", {"hours": SHUT_ON_TUESDAYS}, "closed"),
    ("opens on that day", {"opened": DAY}, "missing"),
    ("opens on the next", {"opened": DAY + timedelta(days=1)}, "closed"),
    ("was open until then", {"closed": DAY + timedelta(days=1)}, "missing"),
    ("gone that day", {"closed": DAY}, "closed"),
]


@pytest.mark.parametrize(("changes", "state"), [row[1:] for row in EXPECTED], ids=[row[0] for row in EXPECTED])
def test_a_day_without_a_document_is_missing_or_closed(database: Engine, changes: dict[str, Any], state: str) -> None:
    shop = Shop().enrol(database)
    plan(database, shop, **changes)
    row = the_store(database)
    assert (row.state, row.in_, row.seen_share) == (state, None, None)
    told = chain(database)
    assert (told.in_, told.of, told.missing) == (None, int(state == "missing"), int(state == "missing"))


@pytest.mark.parametrize(
    ("region", "holiday_of", "state"), [("a", "", "closed"), ("a", "a", "closed"), ("a", "b", "missing")]
)
def test_a_holiday_shuts_its_region_or_all(database: Engine, region: str, holiday_of: str, state: str) -> None:
    shop = Shop().enrol(database)
    plan(database, shop, region=region)
    calendar.add_holiday(database, DAY, holiday_of, "Feast")
    assert the_store(database).state == state
    assert the_store(database, DAY + timedelta(days=1)).state == "missing"
    calendar.remove_holiday(database, DAY, holiday_of)
    assert the_store(database).state == "missing"


LATE = datetime.fromisoformat("2026-11-26T00:00:01+00:00")
HEARD: list[tuple[str, Totals, datetime, str]] = [
    ("all of it", Totals(12, 11, 1.0), NOW, "complete"),
    ("nearly all of it", Totals(12, 11, 0.95), NOW, "complete"),
    ("without opening hours", Totals(12, 11, None), NOW, "complete"),
    ("half of it", Totals(12, 11, 0.5), NOW, "partial"),
    ("all of it, a day late", Totals(12, 11, 1.0), LATE, "late"),
    ("half of it, a day late", Totals(12, 11, 0.5), LATE, "partial"),
]


@pytest.mark.parametrize(("totals", "at", "state"), [row[1:] for row in HEARD], ids=[row[0] for row in HEARD])
def test_a_day_that_was_heard_is_complete_partial_or_late(
    database: Engine, totals: Totals, at: datetime, state: str
) -> None:
    send(database, Shop().enrol(database), totals, at)
    assert the_store(database).state == state
    assert (chain(database).in_, chain(database).counted, chain(database).of) == (12, 1, 1)


def test_a_correction_that_comes_later_makes_no_day_late(database: Engine) -> None:
    shop = Shop().enrol(database)
    send(database, shop, Totals(12, 11, 1.0))
    send(database, shop, Totals(13, 11, 1.0), LATE, revision=2)
    assert (the_store(database).state, the_store(database).in_) == ("complete", 13)


def test_who_was_heard_although_shut_is_part_of_the_sum(database: Engine) -> None:
    shop = Shop().enrol(database)
    plan(database, shop, hours=SHUT_ON_TUESDAYS)
    send(database, shop, Totals(12, 11, 1.0))
    assert (chain(database).in_, chain(database).of) == (12, 1)


hours = st.one_of(st.none(), st.sampled_from(["09:00-18:00", "00:00-24:00", "10:30-20:15"]))


@given(st.lists(hours, min_size=7, max_size=7).filter(any))
def test_hours_are_read_as_they_are_written(week: list[str | None]) -> None:
    assert calendar.read_hours(calendar.write_hours(tuple(week))) == tuple(week)


@pytest.mark.parametrize(
    "text", ["", "mon", "mon 9-18", "mon 18:00-09:00", "fri-mon 09:00-18:00", "xyz 09:00-18:00", "mon 09:00-24:30", ","]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^hours: "):
        calendar.read_hours(text)


def test_a_calendar_is_kept_and_shown_in_the_shell(tmp_path: Path, database: Engine) -> None:
    Shop().enrol(database)
    words = ["corner-shop", "--data", str(tmp_path)]
    given_ = ["--region", "north", "--hours", "mon-fri 09:00-20:00", "--opened", "2026-01-05", "--closed", "2027-01-01"]
    for arguments in ([*words, *given_], words):
        result = CliRunner().invoke(hq, ["calendar", *arguments])
        assert result.exit_code == 0, result.output
        assert re.split(r" {2,}|\n", result.output) == (
            ["region", "north", "hours", "mon-fri 09:00-20:00", "opened", "2026-01-05", "closed", "2027-01-01", ""]
        )
    result = CliRunner().invoke(hq, ["holiday", "2026-11-24", "--region", "north", "--data", str(tmp_path)])
    assert result.output == "2026-11-24 is a holiday in north.\n"
    assert the_store(database).state == "closed"


def test_a_store_that_is_unknown_has_no_calendar(database: Engine) -> None:
    with pytest.raises(HqError, match="nobody is not enrolled"):
        calendar.calendar_of(database, "nobody")
