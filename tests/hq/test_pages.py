"""The pages of headquarters: sorted, filtered, a store, what is wrong, any span as CSV."""

import csv
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine

from appliance.documents import Quarter, Totals
from hq.calendar import Calendar, keep_calendar
from hq.charts import sparkline
from hq.cli import hq
from tests.hq.chain_of_shops import Shop

DAY = date(2026, 11, 24)


def heard(
    client: FlaskClient, shop: Shop, in_: int | None = 12, share: float | None = 1.0, back: int = 0, **more: Any
) -> None:
    day = DAY - timedelta(days=back)
    times = {"opened": f"{day}T03:00:00.000Z", "closed": f"{day + timedelta(days=1)}T03:00:00.000Z"}

    quarters = (Quarter(f"{day}T16:30:00.000Z", "door/street", 1, 1, 900),) if in_ is not None else ()
    told = shop.day(day=str(day), quarters=quarters, totals=Totals(in_, in_, share), **times, **more)
    assert shop.put(client, told).status_code == 201


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/stores/([a-z0-9-]+)', page)


@pytest.fixture
def chain(client: FlaskClient, database: Engine) -> FlaskClient:
    shops = [Shop(name).enrol(database) for name in ("a-shop", "b-shop", "c-shop", "d-shop")]
    heard(client, shops[0], 30)
    heard(client, shops[1], 50, 0.5)
    heard(client, shops[2], 40, health={"disk_free_mb": 100})
    keep_calendar(database, "b-shop", Calendar("north", (), None, None))
    return client


ASKED: list[tuple[str, list[str]]] = [
    ("", ["a-shop", "b-shop", "c-shop", "d-shop"]),
    ("sort=store&down=1", ["d-shop", "c-shop", "b-shop", "a-shop"]),
    ("sort=in", ["a-shop", "c-shop", "b-shop", "d-shop"]),  # not known comes last, whichever way
    ("sort=in&down=1", ["b-shop", "c-shop", "a-shop", "d-shop"]),
    ("sort=seen", ["b-shop", "a-shop", "c-shop", "d-shop"]),
    ("name=b-", ["b-shop"]),
    ("name=B-", ["b-shop"]),
    ("region=north", ["b-shop"]),
    ("state=missing", ["d-shop"]),
    ("state=partial", ["b-shop"]),
    ("ill=any", ["b-shop", "c-shop"]),
    ("ill=disk", ["c-shop"]),
    ("name=nobody", []),
]


@pytest.mark.parametrize(("query", "found"), ASKED, ids=[row[0] for row in ASKED])
def test_stores_are_sorted_and_filtered(chain: FlaskClient, query: str, found: list[str]) -> None:
    assert names(chain.get(f"/?{query}").text) == found


@pytest.mark.parametrize(
    "query",
    ["sort=body", "state=x", "ill=%27%3B--", "name=%25", "name=<b>", "region=_", "page=-1", "page=99999", "down=x"],
)
def test_what_cannot_be_asked_is_one_line(chain: FlaskClient, query: str) -> None:
    answer = chain.get(f"/?{query}")
    assert (answer.status_code, answer.mimetype, answer.text.count("\n")) == (400, "text/plain", 1)
    assert answer.text.startswith(query.split("=")[0] + ": must be")


def test_a_store_has_a_page_of_its_days_health_keys_and_revisions(chain: FlaskClient) -> None:
    page = chain.get("/stores/c-shop").text
    assert '<th scope="row">disk free mb</th><td>100</td>' in page
    assert "in force" in page
    assert page.count('<td class="warn">missing</td>') == 27
    assert '<th scope="row">2026-11-24</th><td>1</td><td>2026-11-25T08:00:00Z</td>' in page


def test_a_store_that_is_unknown_has_none(chain: FlaskClient) -> None:
    assert chain.get("/stores/nobody").status_code == 404


def test_what_is_wrong_says_since_when(client: FlaskClient, database: Engine) -> None:
    ill, silent, never = (Shop(name).enrol(database) for name in ("ill-shop", "silent-shop", "new-shop"))
    for back in (0, 1, 2, 4):
        heard(client, ill, back=back, health={"undervoltage": 1, "disk_free_mb": 100 if back == 0 else 9000})
    heard(client, silent, back=5)
    rows = re.findall(r'/stores/([a-z-]+)\?.*?<td>(.*?)</td>.*?"what">(.*?)</td>', client.get("/wrong").text, re.DOTALL)
    assert rows == [
        ("new-shop", "not heard in 60 days", "was not heard"),
        ("silent-shop", "20 Nov", "was not heard"),
        ("ill-shop", "24 Nov", "less than 500 MB of disk are free"),
        ("ill-shop", "22 Nov", "the power supply is too weak"),
    ]
    assert never.name in client.get("/wrong").text


def test_a_camera_that_was_moved_or_covered_is_listed_since_the_day_it_was(
    client: FlaskClient, database: Engine
) -> None:
    moved, covered, older = (Shop(name).enrol(database) for name in ("moved-shop", "covered-shop", "older-box"))
    for back in (0, 1, 2, 3):
        told = {"cameras_moved": 0 if back == 3 else 1, "cameras_covered": 0, "moved_since": "2026-11-22T09:44:00.000Z"}
        heard(client, moved, back=back, health=told)
        heard(client, covered, back=back, health={"cameras_moved": 0, "cameras_covered": int(back == 0)})
        heard(client, older, back=back, health={"cameras": 1, "cameras_alive": 1})
    page = client.get("/wrong").text
    rows = re.findall(r'/stores/([a-z-]+)\?.*?<td>(.*?)</td>.*?"what">(.*?)</td>', page, re.DOTALL)
    assert rows == [("covered-shop", "24 Nov", "camera covered"), ("moved-shop", "22 Nov", "camera moved")]
    assert "2026-11-22T09:44:00.000Z" in client.get("/stores/moved-shop").text


def test_a_span_is_the_same_csv_by_page_and_shell_and_leaves_nobody_out(chain: FlaskClient, tmp_path: Path) -> None:
    answer = chain.get("/v1/days.csv?first=2026-11-23&last=2026-11-24")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [(row["day"], row["store"], row["state"], row["in"]) for row in rows[3:]] == [
        ("2026-11-23", "d-shop", "missing", ""),
        ("2026-11-24", "a-shop", "complete", "30"),
        ("2026-11-24", "b-shop", "partial", "50"),
        ("2026-11-24", "c-shop", "complete", "40"),
        ("2026-11-24", "d-shop", "missing", ""),
    ]
    shell = CliRunner().invoke(hq, ["export", "2026-11-23", "2026-11-24", "--data", str(tmp_path)])
    assert shell.output == answer.text


def test_a_span_that_goes_backwards_is_refused(chain: FlaskClient) -> None:
    assert chain.get("/v1/days.csv?first=2026-11-24&last=2026-11-23").text == "first: must not be after last\n"


def test_a_chart_shows_a_gap_where_nothing_is_known_and_a_bar_for_zero() -> None:
    assert sparkline([None]).count("gap") == 1
    assert "gap" not in sparkline([0, 5])
    assert sparkline([0, 5]).count("v-") == 2
