import gzip
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest
import rfc8785
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from appliance.documents import Totals, acknowledge, acknowledgement, digest, signing, store_day
from hq import receiving
from hq.app import create_app
from hq.database import reading, writing
from hq.receiving import RefusalError
from tests.hq.chain_of_shops import NOW, Shop

SHOP = Shop()
OTHER = Shop("other-shop")
GOOD = store_day.to_bytes(SHOP.day())


@pytest.fixture
def database(database: Engine) -> Engine:
    SHOP.enrol(database)
    OTHER.enrol(database)
    return database


def rows(database: Engine, table: str) -> list[dict[str, Any]]:
    with reading(database) as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


def refusals(database: Engine) -> dict[str, int]:
    return {row["reason"]: row["count"] for row in rows(database, "refusal")}


def changed(**changes: Any) -> bytes:
    return rfc8785.dumps({**json.loads(GOOD), **changes})


def test_a_good_day_is_kept_as_it_came_and_acknowledged(app: Flask, database: Engine) -> None:
    answer = SHOP.put(app.test_client(), SHOP.day())
    assert answer.status_code == 201
    assert acknowledgement.from_bytes(answer.data) == acknowledge(SHOP.day(), GOOD)
    (row,) = rows(database, "store_day")
    assert row["body"] == GOOD
    assert row["digest"] == digest(GOOD)
    assert row["received_at"] == "2026-11-25T08:00:00Z"
    signing.verify(SHOP.key.public_key(), row["body"], row["signature"])
    assert refusals(database) == {}


def test_a_replay_is_acknowledged_again_and_is_one_row(app: Flask, database: Engine) -> None:
    first, again = (SHOP.put(app.test_client(), SHOP.day()) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert len(rows(database, "store_day")) == 1


def test_other_bytes_under_the_same_revision_are_refused_and_change_nothing(app: Flask, database: Engine) -> None:
    SHOP.put(app.test_client(), SHOP.day())
    answer = SHOP.put(app.test_client(), SHOP.day(totals=Totals(13, 11, 0.5)))
    assert (answer.status_code, answer.text) == (
        409,
        "other bytes are recorded under this revision: send a later revision\n",
    )
    assert [row["body"] for row in rows(database, "store_day")] == [GOOD]
    assert refusals(database) == {"conflict": 1}
    (alarm,) = rows(database, "alarm")
    assert (alarm["kind"], alarm["store"], alarm["day"], alarm["revision"]) == (
        "conflict",
        "corner-shop",
        "2026-11-24",
        1,
    )
    SHOP.put(app.test_client(), SHOP.day(totals=Totals(13, 11, 0.5)))
    assert len(rows(database, "alarm")) == 1


def test_a_later_revision_is_a_row_of_its_own(app: Flask, database: Engine) -> None:
    for revision in (2, 1, 3):
        assert SHOP.put(app.test_client(), SHOP.day(revision=revision)).status_code == 201
    assert sorted(row["revision"] for row in rows(database, "store_day")) == [1, 2, 3]


def test_the_same_revision_sent_by_many_at_once_is_one_row(app: Flask, database: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: SHOP.put(app.test_client(), SHOP.day()), range(24)))
    assert sorted(answer.status_code for answer in answers) == [200] * 23 + [201]
    assert len({answer.data for answer in answers}) == len(rows(database, "store_day")) == 1


def test_of_different_bytes_sent_at_once_one_wins_and_the_others_hear_it(app: Flask, database: Engine) -> None:
    days = [SHOP.day(health={"try": i}) for i in range(12)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda day: SHOP.put(app.test_client(), day), days))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    (row,) = rows(database, "store_day")
    (winner,) = (answer for answer in answers if answer.status_code == 201)
    assert acknowledgement.from_bytes(winner.data).digest == row["digest"]


TODAY = NOW.date()
PATH = "/v1/stores/corner-shop/days/2026-11-24/1"
REFUSED: list[tuple[str, bytes, str, str | None, int, str, str]] = [
    # what, body, path ("" is the right one), signature (None is the right one), status, counted as, answer
    ("1 MB of zeros", b"\0" * 1_000_000, "", None, 413, "size", "a store-day is at most 65536 bytes long"),
    ("64 KB and one byte", b" " * 65_537, "", "", 413, "size", "a store-day is at most 65536 bytes long"),
    ("stranger", GOOD, "/v1/stores/nobody/days/2026-11-24/1", None, 404, "unknown store", "unknown store: it must be"),
    ("SQL as a store", GOOD, "/v1/stores/x' OR 1=1 --/days/2026-11-24/1", None, 404, "unknown store", "unknown store"),
    (
        "NUL as a store",
        GOOD,
        "/v1/stores/corner-shop%00/days/2026-11-24/1",
        None,
        404,
        "unknown store",
        "unknown store",
    ),
    ("no signature", GOOD, "", "", 401, "signature", "signature: is not that of these bytes by the store's key"),
    ("forged signature", GOOD, "", "A" * 86, 401, "signature", "signature: is not that of these bytes"),
    ("other store's key", GOOD, "", signing.sign(OTHER.key, GOOD), 401, "signature", "signature: is not that"),
    ("signature of other bytes", GOOD, "", signing.sign(SHOP.key, GOOD + b" "), 401, "signature", "signature: is not"),
    ("signed for another store", GOOD, PATH.replace("corner", "other"), None, 401, "signature", "signature: is not"),
    ("garbage and no signature", b"[" * 60_000, "", "", 401, "signature", "signature: is not that of these bytes"),
    ("nothing", b"", "", None, 400, "document", "is not JSON"),
    ("not UTF-8", b"\xff\xfe\x00", "", None, 400, "document", "is not UTF-8 text"),
    ("1e999", b'{"revision":1e999}', "", None, 400, "document", "has a number that is too large"),
    ("nested lists", b"[" * 10_000 + b"]" * 10_000, "", None, 400, "document", "is nested deeper than 8 levels"),
    ("SQL in a text", changed(zone="'; DROP TABLE store; --"), "", None, 400, "document", "zone: \"'; DROP TABLE"),
    ("HTML in a text", changed(zone="<script>alert(1)</script>"), "", None, 400, "document", "zone: '<script>"),
    ("not canonical", GOOD + b"\n", "", None, 400, "document", "is not canonical JSON (RFC 8785)"),
    (
        "another day's path",
        GOOD,
        "/v1/stores/corner-shop/days/2026-11-23/1",
        None,
        400,
        "path",
        "the path names another",
    ),
    ("another revision's path", GOOD, "/v1/stores/corner-shop/days/2026-11-24/2", None, 400, "path", "the path names"),
    ("revision 01", GOOD, "/v1/stores/corner-shop/days/2026-11-24/01", None, 400, "path", "the path names another"),
    ("another store inside", changed(store="other-shop"), "", None, 400, "path", "the path names another store"),
]


@pytest.mark.parametrize(
    ("body", "path", "signature", "status", "reason", "says"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_what_is_refused_is_counted_and_gets_one_line(
    app: Flask, database: Engine, body: bytes, path: str, signature: str | None, status: int, reason: str, says: str
) -> None:
    answer = SHOP.put(app.test_client(), body, path, signature)
    assert answer.status_code == status
    assert answer.text.startswith(says)
    assert answer.text.count("\n") == 1
    assert answer.mimetype == "text/plain"
    assert rows(database, "store_day") == []
    assert refusals(database) == {reason: 1}
    assert SHOP.put(app.test_client(), SHOP.day()).status_code == 201


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(1970, 1, 1), 400),
        (date(2019, 12, 31), 400),
        (date(2020, 1, 1), 201),
        (TODAY, 201),
        (TODAY + timedelta(days=1), 201),
        (TODAY + timedelta(days=2), 400),
        (date(9999, 12, 31), 400),
    ],
)
def test_a_day_out_of_reach_is_refused(app: Flask, day: date, status: int) -> None:
    body = changed(day=day.isoformat())
    answer = SHOP.put(app.test_client(), body, f"/v1/stores/corner-shop/days/{day}/1")
    assert answer.status_code == status
    if status == 400:
        assert answer.text == f"day: {day} is before 2020-01-01 or after tomorrow; check the box's clock\n"


def test_the_reach_is_measured_in_utc_whatever_zone_headquarters_is_in(database: Engine) -> None:
    far_east = NOW.astimezone(timezone(timedelta(hours=14))) + timedelta(hours=12)
    app = create_app(database, now=lambda: far_east)
    day = far_east.astimezone(UTC).date() + timedelta(days=2)
    assert SHOP.put(app.test_client(), changed(day=str(day)), f"/v1/stores/corner-shop/days/{day}/1").status_code == 400


def test_refusals_of_one_reason_are_one_row(app: Flask, database: Engine) -> None:
    for _ in range(3):
        SHOP.put(app.test_client(), GOOD, signature="forged")
    assert rows(database, "refusal") == [{"reason": "signature", "count": 3, "last_at": "2026-11-25T08:00:00Z"}]


def test_texts_with_sql_and_html_are_kept_as_texts(app: Flask, database: Engine) -> None:
    day = SHOP.day(health={"note": "<img src=x onerror=alert(1)>'; DROP TABLE store_day; --"})
    assert SHOP.put(app.test_client(), day).status_code == 201
    assert store_day.from_bytes(rows(database, "store_day")[0]["body"]) == day
    assert "onerror" not in app.test_client().get("/").text


@pytest.mark.parametrize("method", ["get", "post", "delete", "patch"])
def test_a_store_day_can_only_be_put(app: Flask, method: str) -> None:
    answer = getattr(app.test_client(), method)(PATH)
    assert (answer.status_code, answer.text) == (405, "405 Method Not Allowed\n")


def test_a_database_that_cannot_be_used_is_a_503_and_nothing_is_acknowledged(app: Flask, database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(text("DROP TABLE store_day"))
    answer = SHOP.put(app.test_client(), SHOP.day())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "300"
    assert answer.text == "the database can't be used just now: send it again later\n"


def test_healthz_answers(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def put_encoded(app: Flask, body: bytes, encoding: str, signed: bytes = GOOD) -> Any:
    headers = {"Tallybox-Signature": signing.sign(SHOP.key, signed), "Content-Encoding": encoding}
    return app.test_client().put(PATH, data=body, headers=headers)


def test_a_day_sent_as_gzip_is_the_same_day(app: Flask, database: Engine) -> None:
    assert put_encoded(app, gzip.compress(GOOD), "gzip").status_code == 201
    assert put_encoded(app, gzip.compress(GOOD, 1), "GZIP").status_code == 200
    assert put_encoded(app, GOOD, "identity").status_code == 200
    assert [row["body"] for row in rows(database, "store_day")] == [GOOD]


# Packed it is 60 KB, within what is read; it would be 60 MB.
BOMB = gzip.compress(b"\0" * 60_000_000)
BAD_GZIP: list[tuple[str, bytes, str, int, str, str]] = [
    ("60 MB of zeros", BOMB, "gzip", 413, "size", "a store-day is at most 65536 bytes long\n"),
    ("a bomb in a bomb", gzip.compress(BOMB), "gzip", 401, "signature", "signature: is not"),
    ("64 KB and one byte", gzip.compress(b" " * 65_537), "gzip", 413, "size", "a store-day is at most"),
    ("not gzip", GOOD, "gzip", 400, "encoding", "the body is not gzip\n"),
    ("cut off", gzip.compress(GOOD)[:-9], "gzip", 400, "encoding", "the body is not one whole gzip\n"),
    ("wrong checksum", gzip.compress(GOOD)[:-8] + b"\0" * 8, "gzip", 400, "encoding", "the body is not gzip\n"),
    ("two in one", gzip.compress(GOOD) * 2, "gzip", 400, "encoding", "the body is not one whole gzip\n"),
    ("nothing", b"", "gzip", 400, "encoding", "the body is not one whole gzip\n"),
    ("brotli", GOOD, "br", 415, "encoding", "Content-Encoding: must be gzip or none\n"),
]


@pytest.mark.parametrize(
    ("body", "encoding", "status", "reason", "says"), [row[1:] for row in BAD_GZIP], ids=[row[0] for row in BAD_GZIP]
)
def test_what_is_no_small_whole_gzip_is_refused(
    app: Flask, database: Engine, body: bytes, encoding: str, status: int, reason: str, says: str
) -> None:
    answer = put_encoded(app, body, encoding)
    assert answer.status_code == status
    assert answer.text.startswith(says)
    assert (rows(database, "store_day"), refusals(database)) == ([], {reason: 1})


def test_a_bomb_is_left_alone_at_the_first_byte_too_many() -> None:
    tracemalloc.start()
    with pytest.raises(RefusalError):
        receiving._decoded(receiving.Upload("", "", "", BOMB, "", "gzip"))
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


HOSTILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@HOSTILE
@given(data=st.data())
def test_one_changed_byte_is_refused_whoever_signed_it(app: Flask, database: Engine, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    bent = GOOD[:at] + bytes([GOOD[at] ^ data.draw(st.integers(1, 255))]) + GOOD[at + 1 :]
    assert SHOP.put(app.test_client(), bent, signature=signing.sign(SHOP.key, GOOD)).status_code == 401
    signed = SHOP.put(app.test_client(), bent)  # the box itself may tell other numbers, once
    assert signed.status_code in (201, 200, 400, 409)
    assert len(rows(database, "store_day")) <= 1


@HOSTILE
@given(
    path=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="/?#%"), max_size=50), min_size=3, max_size=3
    ),
    body=st.binary(max_size=300),
    signature=st.text("AZaz09_-=", max_size=100),
    encoding=st.sampled_from(["", "gzip", "identity", "x"]),
)
def test_whatever_is_sent_gets_one_line_and_no_fault(
    app: Flask, database: Engine, path: list[str], body: bytes, signature: str, encoding: str
) -> None:
    store, day, revision = (quote(part) for part in path)
    headers = {"Tallybox-Signature": signature, "Content-Encoding": encoding}
    answer = app.test_client().put(f"/v1/stores/{store}/days/{day}/{revision}", data=body, headers=headers)
    assert answer.status_code in (308, 400, 401, 404, 405, 413, 415)
    assert rows(database, "store_day") == []
