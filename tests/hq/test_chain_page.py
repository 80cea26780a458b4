import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from appliance.documents import Totals
from hq import words
from hq.app import HEADERS, create_app
from hq.chain import ChainDay, Question, StoreRow, chain_day, stores_of_day
from hq.database import insert, open_database, reading, sqlite_url, writing
from hq.tables import store
from tests.documents.examples import example_day
from tests.hq.chain_of_shops import NOW, Shop

DAY = date(2026, 11, 24)
NOTHING_SEEN = {"quarters": example_day().quarters[1:], "totals": Totals(None, None, 0.0)}


def read(database: Engine) -> ChainDay:
    with reading(database) as connection:
        return chain_day(connection, DAY)


def stores(database: Engine, **asked: Any) -> list[StoreRow]:
    with reading(database) as connection:
        return stores_of_day(connection, DAY, Question(**asked))


def test_without_stores_nothing_is_claimed(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "–<small>0 of 0 stores</small>" in page
    assert "No store is enrolled yet." in page


def test_a_store_without_a_document_is_missing_and_not_zero(client: FlaskClient, database: Engine) -> None:
    Shop("silent-shop").enrol(database)
    assert stores(database) == [StoreRow("silent-shop", "", "missing")]
    assert read(database).in_ is None
    page = client.get("/").text
    assert '<td>–</td><td class="wide soft">–</td><td>–</td><td class="warn">missing</td>' in page
    assert "–<small>0 of 1 store</small>" in page
    assert "<td>0</td>" not in page


def test_a_store_that_saw_nothing_was_heard_but_is_no_part_of_the_sum(client: FlaskClient, database: Engine) -> None:
    good, blind = Shop("a-shop").enrol(database), Shop("blind-shop").enrol(database)
    assert good.put(client, good.day()).status_code == 201
    assert blind.put(client, blind.day(**NOTHING_SEEN)).status_code == 201
    chain = read(database)
    assert (chain.in_, chain.out, chain.counted, chain.missing, chain.blind) == (12, 11, 1, 0, 1)
    page = client.get("/").text
    assert "12<small>1 of 2 stores</small>" in page
    assert "1 store saw nothing</span>.\nThe number is without it." in page


def test_the_latest_revision_is_shown_whenever_it_came(client: FlaskClient, database: Engine) -> None:
    shop = Shop().enrol(database)
    shop.put(client, shop.day(revision=2, totals=Totals(20, 19, 0.97)))
    shop.put(client, shop.day(revision=1))
    (row,) = stores(database)
    assert (row.revision, row.in_, row.out, row.seen_share) == (2, 20, 19, 0.97)


def test_the_sum_names_the_stores_it_is_of_and_those_that_are_missing(client: FlaskClient, database: Engine) -> None:
    shops = [Shop(f"shop-{i}").enrol(database) for i in range(8)]
    for shop in shops[:2]:
        shop.put(client, shop.day(totals=Totals(1200, 1100, 0.9)))
    page = client.get("/").text
    assert "2\N{NARROW NO-BREAK SPACE}400<small>2 of 8 stores</small>" in page
    assert "6 stores missing</span>: shop-2, shop-3, shop-4, shop-5 and 2 more.\nThe number is without them." in page


def test_yesterday_is_shown_unless_another_day_is_asked_for(client: FlaskClient, database: Engine) -> None:
    shop = Shop().enrol(database)
    shop.put(client, shop.day())
    assert "Came in yesterday" in client.get("/").text
    assert client.get("/?day=2026-11-24").text == client.get("/").text
    other = client.get("/?day=2026-11-23").text
    assert "Came in on Monday 23 November 2026" in other
    assert "missing" in other


@pytest.mark.parametrize(("day", "before", "after"), [("2020-01-01", False, True), ("2026-11-26", True, False)])
def test_links_lead_only_to_days_that_can_be_shown(client: FlaskClient, day: str, before: bool, after: bool) -> None:
    page = client.get(f"/?day={day}").text
    assert ('rel="prev"' in page, 'rel="next"' in page) == (before, after)


@pytest.mark.parametrize(
    "day",
    [
        "",
        "yesterday",
        "2026-02-30",
        "2019-12-31",
        "2026-11-27",
        "0001-01-01",
        "<script>",
        "9" * 5000,
        "２０２６-11-24\0",
    ],
)
def test_a_day_that_cannot_be_shown_gets_one_line(client: FlaskClient, day: str) -> None:
    answer = client.get("/", query_string={"day": day})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert answer.text == "day: must be a day such as 2026-11-24, from 2020 to tomorrow\n"


def test_names_are_escaped_even_if_one_got_into_the_table(client: FlaskClient, database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(insert(connection, store).values(name="<script>alert(1)</script>", enrolled_at="x"))
    page = client.get("/").text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/hq.css", "/nothing", "/?day=x"])
def test_every_answer_carries_the_strict_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers.getlist(name) == [value]
    answer.close()


def test_the_page_asks_no_other_host_and_runs_no_script(client: FlaskClient, database: Engine) -> None:
    Shop().enrol(database)
    with client.get("/static/hq.css") as style:
        page = client.get("/").text + style.text
    for forbidden in ("http:", "https:", "//", "<script", "style=", "@import", "url("):
        assert forbidden not in page


def test_three_hundred_stores_are_small_pages(client: FlaskClient, database: Engine) -> None:
    shop = Shop().enrol(database)
    shop.put(client, shop.day())
    with writing(database) as connection:
        more = [{"name": f"shop-{i:03}", "enrolled_at": "x"} for i in range(299)]
        connection.execute(insert(connection, store), more)
    found = []
    for number in range(3):
        page = client.get(f"/?page={number}")
        assert page.text.count('<th scope="row">') == 101
        assert len(page.data) < 100_000
        found += re.findall(r'<th scope="row"><a href="/stores/([a-z0-9-]+)', page.text)
    assert found == ["corner-shop", *(f"shop-{i:03}" for i in range(299))]


WORDS: list[tuple[Any, Any, str]] = [
    (words.number, None, "–"),
    (words.number, 0, "0"),
    (words.number, 1234567, "1\u202f234\u202f567"),
    (words.percent, None, "–"),
    (words.percent, 0.29, "29\u202f%"),
    (words.percent, 0.9999, "99\u202f%"),  # 100 % is all of it
    (words.percent, 1, "100\u202f%"),
    (words.long_day, DAY, "Tuesday 24 November 2026"),
    (words.short_day, date(2026, 3, 1), "1 Mar"),
    (words.moment, None, "–"),
    (words.moment, NOW, "25 Nov 08:00"),
    (words.some, ["a"], "a"),
    (words.some, ["a", "b"], "a and b"),
    (words.some, list("abcd"), "a, b, c and d"),
    (words.some, list("abcde"), "a, b, c, d and 1 more"),
]


@pytest.mark.parametrize(("write", "value", "text"), WORDS)
def test_numbers_and_days_are_written_so(write: Any, value: Any, text: str) -> None:
    assert write(value) == text


def test_the_database_is_made_with_its_folder_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "hq.sqlite3"
    for _ in range(2):
        engine = open_database(sqlite_url(path))
        assert isinstance(create_app(engine), Flask)
        with writing(engine) as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        engine.dispose()
