"""Store-days as Parquet: the same rows as CSV, nulls where nothing is known, a file a month."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine

from appliance.documents import Totals
from hq import parquet
from hq.calendar import Calendar, keep_calendar
from hq.cli import hq
from hq.history import COLUMNS
from tests.hq.chain_of_shops import Shop

pq: Any = pytest.importorskip(
    "pyarrow.parquet", reason="pyarrow is not installed: pip install --require-hashes -r locks/parquet.txt"
)


@pytest.fixture
def chain(client: FlaskClient, database: Engine) -> FlaskClient:
    shops = [Shop(name).enrol(database) for name in ("a-shop", "b-shop", "c-shop")]
    shops[0].put(client, shops[0].day(totals=Totals(30, 29, 0.97), health={"disk_free_mb": 100, "counter_runs": 0}))
    shops[1].put(client, shops[1].day(totals=Totals(None, None, 0.0), quarters=()))
    keep_calendar(database, "b-shop", Calendar("north", (), None, None))
    return client


def rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(BytesIO(data)).to_pylist()
    return found


def test_a_span_is_one_file_with_a_row_a_store_day_and_null_where_nothing_is_known(chain: FlaskClient) -> None:
    answer = chain.get("/v1/days.parquet?first=2026-11-23&last=2026-11-24", buffered=True)
    assert answer.mimetype == "application/vnd.apache.parquet"
    assert "filename=store-days-2026-11-23-2026-11-24.parquet" in answer.headers["Content-Disposition"]
    told = rows(answer.data)
    assert tuple(told[0]) == COLUMNS
    assert [(row["day"].day, row["store"], row["state"], row["in"], row["out"]) for row in told] == [
        (23, "a-shop", "missing", None, None),
        (23, "b-shop", "missing", None, None),
        (23, "c-shop", "missing", None, None),
        (24, "a-shop", "complete", 30, 29),
        (24, "b-shop", "partial", None, None),
        (24, "c-shop", "missing", None, None),
    ]
    assert told[3] == {
        "day": date(2026, 11, 24), "store": "a-shop", "region": "", "state": "complete", "revision": 1, "in": 30,
        "out": 29, "seen_share": 0.97, "ills": ["counter", "disk"],
        "received_at": datetime(2026, 11, 25, 8, tzinfo=UTC),
    }  # fmt: skip


def test_it_says_what_csv_says(chain: FlaskClient) -> None:
    span = "first=2026-11-20&last=2026-11-24"
    table = rows(chain.get(f"/v1/days.parquet?{span}", buffered=True).data)
    lines = list(csv.DictReader(StringIO(chain.get(f"/v1/days.csv?{span}").text)))
    for row, line in zip(table, lines, strict=True):
        row["ills"], row["received_at"] = " ".join(row["ills"]), line["received_at"]
        assert {key: "" if value is None else str(value) for key, value in row.items()} == line


def test_a_folder_has_a_file_a_month_that_others_read_as_partitions(chain: FlaskClient, tmp_path: Path) -> None:
    words = ["export", "2026-10-30", "2026-11-24", "--parquet", str(tmp_path / "out"), "--data", str(tmp_path)]
    for _ in range(2):  # again it is the same
        assert CliRunner().invoke(hq, words).output.splitlines() == [
            str(tmp_path / "out" / f"month=2026-{month}" / "days.parquet") for month in (10, 11)
        ]
    table = pq.read_table(tmp_path / "out")
    assert table.num_rows == 26 * 3
    assert set(table["month"].to_pylist()) == {"2026-10", "2026-11"}
    assert pq.read_table(tmp_path / "out", filters=[("month", "=", "2026-10")]).num_rows == 6
    assert not list((tmp_path / "out").rglob("*.part"))


def test_a_region_alone(chain: FlaskClient, database: Engine, tmp_path: Path) -> None:
    (file,) = parquet.write_folder(database, date(2026, 11, 24), date(2026, 11, 24), tmp_path / "out", "north")
    assert [row["store"] for row in rows(file.read_bytes())] == ["b-shop"]


def test_a_chain_without_stores_has_a_file_without_rows(client: FlaskClient) -> None:
    assert rows(client.get("/v1/days.parquet", buffered=True).data) == []


def test_without_pyarrow_it_is_one_line(chain: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parquet, "available", lambda: False)
    answer = chain.get("/v1/days.parquet")
    assert (answer.status_code, answer.text) == (404, "Parquet needs pyarrow here: pip install 'tallybox[parquet]'\n")
    assert "as Parquet" not in chain.get("/").text
    told = CliRunner().invoke(
        hq, ["export", "2026-11-24", "2026-11-24", "--parquet", str(tmp_path / "o"), "--data", str(tmp_path)]
    )
    assert (told.exit_code, told.output) == (1, "Error: pyarrow is not installed: pip install 'tallybox[parquet]'\n")


def test_a_folder_that_takes_nothing_is_one_line(chain: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    day = str(date(2026, 11, 24) - timedelta(days=1))
    told = CliRunner().invoke(
        hq, ["export", day, day, "--parquet", str(tmp_path / "file" / "x"), "--data", str(tmp_path)]
    )
    assert told.exit_code == 1
    assert told.output.count("\n") == 1
