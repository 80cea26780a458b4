"""Store-days as Parquet, for DuckDB, Spark and Trino: one file of any span, or a folder partitioned by month.

Needs pyarrow (the extra `parquet`), which is loaded only when it is asked for. A row is what `history.as_csv` writes;
what isn't known is null, never 0.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from hq.chain import StoreRow, every_store
from hq.database import HqError, reading

if TYPE_CHECKING:
    import pyarrow as pa


def available() -> bool:
    """Say whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def write_file(engine: Engine, first: date, last: date, target: Any, region: str = "") -> None:
    """Write a span into one file (a path or a binary file), a row group a day. Raises HqError without pyarrow."""
    _write(engine, [first + timedelta(days=k) for k in range((last - first).days + 1)], target, region)


def write_folder(engine: Engine, first: date, last: date, folder: Path, region: str = "") -> list[Path]:
    """Write a span into FOLDER/month=YYYY-MM/days.parquet, each file whole or not at all; return the files.

    A month's file is written anew: of a month that the span only touches, only its days within it are held.
    """
    days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    written = []
    for month, of_month in groupby(days, lambda day: f"{day:%Y-%m}"):
        target = folder / f"month={month}" / "days.parquet"
        fresh = target.with_suffix(".part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(engine, list(of_month), fresh, region)
            fresh.replace(target)
        except OSError as error:
            raise HqError(f"{target}: {error.strerror or error}") from None
        written.append(target)
    return written


def _write(engine: Engine, days: list[date], target: Any, region: str) -> None:
    if not available():
        raise HqError("pyarrow is not installed: pip install 'tallybox[parquet]'")
    import pyarrow.parquet as pq

    schema = _schema()
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for table in _tables(engine, days, schema, region):
            writer.write_table(table)


def _tables(engine: Engine, days: list[date], schema: "pa.Schema", region: str) -> Iterator["pa.Table"]:
    import pyarrow as pa

    for day in days:
        with reading(engine) as connection:
            rows = every_store(connection, day, region)
        columns = list(zip(*(_row(day, row) for row in rows), strict=True)) or [()] * len(schema)
        yield pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _row(day: date, row: StoreRow) -> tuple[Any, ...]:
    told = (row.revision, row.in_, row.out, row.seen_share, row.received, list(row.ills))
    return (day, row.store, row.region, row.state, *told)


def _schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("day", pa.date32(), nullable=False),
            pa.field("store", pa.string(), nullable=False),
            pa.field("region", pa.string(), nullable=False),
            pa.field("state", pa.string(), nullable=False),
            ("revision", pa.int16()),
            ("in", pa.int32()),
            ("out", pa.int32()),
            ("seen_share", pa.float64()),
            ("received_at", pa.timestamp("s", tz="UTC")),
            pa.field("ills", pa.list_(pa.string()), nullable=False),
        ]
    )
