"""Regions beside one another, and a store's day by the hour."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from appliance.documents import Quarter, Totals
from hq.calendar import Calendar, keep_calendar
from hq.database import reading
from hq.hours import Hour, hours_of
from hq.regions import Region, regions_of_day
from tests.hq.chain_of_shops import Shop

DAY = date(2026, 11, 24)


def put(client: FlaskClient, shop: Shop, in_: int | None, back: int = 0) -> None:
    day = DAY - timedelta(days=back)
    times = {"opened": f"{day}T03:00:00.000Z", "closed": f"{day + timedelta(days=1)}T03:00:00.000Z"}
    quarters = (Quarter(f"{day}T16:30:00.000Z", "door/street", 1, 1, 900),) if in_ is not None else ()
    share = 1.0 if in_ is not None else 0.0
    told = shop.day(day=str(day), quarters=quarters, totals=Totals(in_, in_, share), **times)
    assert shop.put(client, told).status_code == 201


@pytest.fixture
def chain(client: FlaskClient, database: Engine) -> FlaskClient:
    numbers: dict[str, list[int | None]] = {  # yesterday, a week before
        "north-1": [120, 100], "north-2": [60, None], "north-3": [None, 500], "south-1": [40, 50], "alone": [7],
    }  # fmt: skip
    for name, counts in numbers.items():
        shop = Shop(name).enrol(database)
        for back, count in zip((0, 7), counts, strict=False):
            put(client, shop, count, back)
        keep_calendar(database, name, Calendar(name.split("-")[0] if "-" in name else "", (), None, None))
    Shop("south-2").enrol(database)
    keep_calendar(database, "south-2", Calendar("south", (), None, None))
    return client


def test_a_region_is_compared_with_itself_over_the_stores_alone_that_saw_both_days(
    chain: FlaskClient, database: Engine
) -> None:
    with reading(database) as connection:
        alone, north, south = regions_of_day(connection, DAY)
        assert regions_of_day(connection, DAY, "south") == [south]
    assert north == Region("north", 3, 2, 0, 1, 180, pytest.approx(2 / 3), 1, 120, 100)
    assert (north.a_store, north.change) == (90, pytest.approx(0.2))
    assert (south.of, south.counted, south.missing, south.in_) == (2, 1, 1, 40)
    assert south.change == pytest.approx(-0.2)
    assert (alone.name, alone.in_, alone.change) == ("", 7, None)


def test_the_page_shows_them_and_a_dash_where_there_is_nothing_to_compare(chain: FlaskClient) -> None:
    page = chain.get("/regions").text
    assert "2 of 3" in page
    assert "+20" in page
    assert "\N{MINUS SIGN}20" in page
    assert "in no region" in page
    assert "None" not in page
    assert chain.get("/regions?day=2026-11-01").status_code == 200


ZONES = {  # a quarter-hour that begins at 16:30 UTC -> the hour of the shop's clock
    "Europe/Berlin": "17", "UTC": "16", "Asia/Kolkata": "22", "America/New_York": "11", "no/such-zone": "16",
    "/etc/passwd": "16",
}  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_hours_are_those_of_the_shops_own_clock(client: FlaskClient, database: Engine, zone: str) -> None:
    shop = Shop().enrol(database)
    quarters = (
        Quarter("2026-11-24T16:30:00.000Z", "door/street", 5, 4, 900),
        Quarter("2026-11-24T18:30:00.000Z", "door/street", 2, 1, 900),
    )
    answer = shop.put(client, shop.day(zone=zone, quarters=quarters, totals=Totals(7, 5, 0.2)))
    assert answer.status_code == 201
    with reading(database) as connection:
        hours = hours_of(connection, shop.name, DAY)
    first = int(ZONES[zone])
    assert hours == [
        Hour(f"{first:02}", 5, 4),
        Hour(f"{(first + 1) % 24:02}", None, None),
        Hour(f"{(first + 2) % 24:02}", 2, 1),
    ]
    page = client.get(f"/stores/{shop.name}").text
    assert f"<title>{first:02}:00 5 in</title>" in page
    assert f"<title>{(first + 1) % 24:02}:00 not seen</title>" in page


def test_a_day_that_was_not_heard_has_no_hours(client: FlaskClient, database: Engine) -> None:
    shop = Shop().enrol(database)
    with reading(database) as connection:
        assert hours_of(connection, shop.name, DAY) == []
    assert "Nothing was seen yesterday" in client.get(f"/stores/{shop.name}").text
