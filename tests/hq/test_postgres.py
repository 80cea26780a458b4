"""The same code on a real PostgreSQL that the tests start; skipped, saying so, where none is installed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect, text

from appliance.documents import Totals, signing
from hq import enrolling, history, releases, users
from hq.calendar import Calendar, add_holiday, keep_calendar
from hq.chain import Question, chain_day, every_store, stores_of_day
from hq.database import open_database, reading, writing
from hq.ledger import count_refusal
from hq.tables import metadata
from hq.users import User
from scripts.bench.own_postgres import NoPostgresError, postgres
from tests.hq.chain_of_shops import NOW, Shop

pytestmark = pytest.mark.slow
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    pytest.importorskip(
        "psycopg", reason="psycopg is not installed: pip install --require-hashes -r locks/postgres.txt"
    )
    try:
        with postgres() as url:
            yield url
    except NoPostgresError as error:
        pytest.skip(str(error))


@pytest.fixture
def database(cluster: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    name = f"test_{abs(hash(request.node.name))}"
    server = create_engine(cluster, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    engine = open_database(cluster.removesuffix("postgres") + name)
    yield engine
    engine.dispose()


def all_of(database: Engine, query: str) -> list[Any]:
    with reading(database) as connection:
        return list(connection.execute(text(query)).all())


def test_the_migrations_make_the_same_tables_and_days_lie_in_months(database: Engine) -> None:
    def is_table(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or name in metadata.tables

    with writing(database) as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_table})
        assert compare_metadata(context, metadata) == []
    months = set(inspect(database).get_table_names())
    assert {"store_day_2020_01", "latest_day_2026_11", f"store_day_{date.today().year + 3}_01"} <= months


def test_many_start_at_once(database: Engine) -> None:
    url = database.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(3) as pool:
        for engine in pool.map(open_database, [url] * 3):
            engine.dispose()


def test_days_are_taken_once_and_in_conflict_refused_from_many_at_once(app: Flask, database: Engine) -> None:
    shop = Shop().enrol(database)
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda _: shop.put(app.test_client(), shop.day()).status_code, range(16)))
        days = [shop.day(revision=2, health={"try": i}) for i in range(16)]
        others = list(pool.map(lambda day: shop.put(app.test_client(), day).status_code, days))
    assert sorted(same) == [200] * 15 + [201]
    assert sorted(others) == [201] + [409] * 15
    assert all_of(database, "SELECT tableoid::regclass::text, revision FROM store_day ORDER BY revision") == [
        ("store_day_2026_11", 1),
        ("store_day_2026_11", 2),
    ]
    assert all_of(database, "SELECT revision FROM latest_day") == [(2,)]
    assert all_of(database, "SELECT count(*) FROM alarm") == [(15,)]
    assert all_of(database, "SELECT reason, count FROM refusal") == [("conflict", 15)]


def test_the_view_is_the_highest_revision_whenever_it_came(app: Flask, database: Engine) -> None:
    shop = Shop().enrol(database)
    for revision, in_ in ((2, 20), (1, 10)):
        shop.put(app.test_client(), shop.day(revision=revision, totals=Totals(in_, in_, 1.0)))
    with reading(database) as connection:
        assert [row.in_ for row in every_store(connection, DAY)] == [20]


def test_states_sums_order_and_filters_are_as_on_sqlite(app: Flask, database: Engine) -> None:
    shops = {name: Shop(name).enrol(database) for name in ("a", "b", "c", "d", "e")}
    for name, in_, share in (("a", 10, 1.0), ("b", 30, 0.5), ("c", 20, 1.0)):
        shops[name].put(app.test_client(), shops[name].day(totals=Totals(in_, in_, share)))
    keep_calendar(database, "d", Calendar("north", ("09:00-18:00", *[None] * 6), None, None))
    with reading(database) as connection:
        told = chain_day(connection, DAY)
        assert told.states == {"complete": 2, "partial": 1, "late": 0, "missing": 1, "closed": 1}
        assert (told.in_, told.counted, told.of, told.ill) == (60, 3, 4, 1)
        for asked, names in (
            (Question(sort="in", down=True), "bcade"),
            (Question(sort="seen"), "bacde"),
            (Question(state="closed"), "d"),
            (Question(ill="coverage"), "b"),
            (Question(region="north"), "d"),
        ):
            assert "".join(row.store for row in stores_of_day(connection, DAY, asked)) == names
        assert [it.store for it in history.wrong_on(connection, DAY)] == ["e", "b"]
    add_holiday(database, DAY, "", "Feast")
    with reading(database) as connection:
        assert chain_day(connection, DAY).states["closed"] == 2


def test_boxes_enrol_change_keys_and_hear_their_version(app: Flask, database: Engine) -> None:
    shop, new = Shop(), Shop()
    code = enrolling.invite(database, shop.name, NOW)
    asked = enrolling.enrolment.to_bytes(enrolling.enrolment.ask(shop.name, code, shop.key))
    assert [app.test_client().post("/v1/enrol", data=asked).status_code for _ in range(2)] == [201, 200]
    change = enrolling.enrolment.to_bytes(enrolling.enrolment.change(shop.name, shop.key, new.key.public_key()))
    assert app.test_client().post(f"/v1/stores/{shop.name}/key", data=change).status_code == 201
    releases.name_version(database, "all", "0.2.0", NOW - timedelta(hours=9))
    assert new.put(app.test_client(), new.day()).headers["Tallybox-Release"] == "0.2.0"
    assert releases.stop_ill(database, NOW) == []
    (row,) = all_of(database, "SELECT body, signature FROM store_day")
    signing.verify(new.key.public_key(), bytes(row[0]), row[1])


def test_users_log_in_and_every_page_is_shown(app: Flask, database: Engine) -> None:
    Shop().enrol(database)
    users.add_user(database, User("anna", "admin", ""), "correct horse battery", "test", NOW)
    client = app.test_client()
    assert client.post("/login", data={"name": "anna", "password": "correct horse battery"}).status_code == 302
    for page in (
        "/",
        "/?sort=state",
        "/regions",
        "/wrong",
        "/stores/corner-shop",
        "/audit",
        "/users",
        "/holidays",
        "/v1/days.csv",
        "/healthz",
    ):
        assert client.get(page).status_code == 200, page


def test_a_refusal_is_counted_without_waiting_for_the_disk(database: Engine) -> None:
    for _ in range(3):
        count_refusal(database, "signature", NOW)
    assert all_of(database, "SELECT count FROM refusal") == [(3,)]
