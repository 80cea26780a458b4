"""What is read of stores over time: a store's days and revisions, since when something is wrong, any span as CSV."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, select

from hq.chain import Question, StoreRow, every_store, one_store, stores_of_day
from hq.database import reading
from hq.tables import latest_day, store, store_day
from hq.words import utc_text

LOOK_BACK = 60  # days in which the beginning of an illness is looked for
COLUMNS = ("day", "store", "region", "state", "revision", "in", "out", "seen_share", "received_at", "ills")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a store: the words of it, each with the first day of it in a row; at most LOOK_BACK ago."""

    store: str
    region: str
    since: tuple[tuple[str, date | None], ...]


def days_of_store(connection: Connection, name: str, last: date, days: int = 28) -> list[tuple[date, StoreRow]]:
    """Return a store's days up to `last`, the newest first."""
    dates = [last - timedelta(days=back) for back in range(days)]
    return [(day, one_store(connection, day, name)) for day in dates]


def revisions(connection: Connection, name: str, last: date, days: int = 28) -> list[Any]:
    """Return day, revision, key and moment of every revision that came of those days, the newest first."""
    kept = store_day.c
    query = (
        select(kept.day, kept.revision, kept.key_id, kept.received_at)
        .where(kept.store == name, kept.day.between(last - timedelta(days=days - 1), last))
        .order_by(kept.day.desc(), kept.revision.desc())
    )
    return list(connection.execute(query).all())


def health(connection: Connection, name: str, last: date) -> dict[str, float | str]:
    """Return what the store's box last told of itself, up to a day."""
    kept = store_day.c
    query = (
        select(kept.body)
        .where(kept.store == name, kept.day.between(last - timedelta(days=LOOK_BACK), last))
        .order_by(kept.day.desc(), kept.revision.desc())
        .limit(1)
    )
    body = connection.execute(query).scalar()
    told: dict[str, float | str] = json.loads(body)["health"] if body else {}
    return told


def wrong_on(connection: Connection, day: date, region: str = "", size: int = 100) -> list[Wrong]:
    """Return the stores with something wrong on a day, those that were not heard first."""
    silent = stores_of_day(connection, day, Question(region=region, state="missing"), size)[:size]
    ill = stores_of_day(connection, day, Question(region=region, ill="any"), size)[:size]
    heard = _last_heard(connection, [row.store for row in silent], day)
    words = _days_with_ills(connection, [row.store for row in ill], day)
    offline = [
        Wrong(
            row.store, row.region, (("offline", heard[row.store] + timedelta(days=1) if row.store in heard else None),)
        )
        for row in silent
    ]
    return offline + [
        Wrong(row.store, row.region, tuple((ill, _first(words[row.store], ill, day)) for ill in row.ills))
        for row in ill
    ]


def as_csv(engine: Engine, first: date, last: date, region: str = "") -> Iterator[str]:
    """Yield lines of CSV, a store-day each, in order of days: those that were missing or closed as well."""
    yield _line(COLUMNS)
    day = first
    while day <= last:
        with reading(engine) as connection:
            rows = every_store(connection, day, region)
        for row in rows:
            at = utc_text(row.received) if row.received else None
            told = (row.revision, row.in_, row.out, row.seen_share, at, " ".join(row.ills))
            yield _line((day, row.store, row.region, row.state, *told))
        day += timedelta(days=1)


def known(connection: Connection, name: str, region: str = "") -> bool:
    """Say whether there is such a store, in the region that may be seen."""
    conditions = [store.c.name == name, *([store.c.region == region] if region else [])]
    return connection.execute(select(store.c.name).where(*conditions)).first() is not None


def regions(connection: Connection) -> list[str]:
    """Return the regions that stores are in."""
    return list(connection.execute(select(store.c.region).distinct().order_by(store.c.region)).scalars())


def _line(values: tuple[Any, ...]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _last_heard(connection: Connection, names: list[str], day: date) -> dict[str, date]:
    found = latest_day.c
    near = found.day.between(day - timedelta(days=LOOK_BACK), day)
    query = select(found.store, func.max(found.day)).where(and_(found.store.in_(names), near)).group_by(found.store)
    return {row[0]: row[1] for row in connection.execute(query)}


def _days_with_ills(connection: Connection, names: list[str], day: date) -> dict[str, dict[date, str]]:
    found = latest_day.c
    near = found.day.between(day - timedelta(days=LOOK_BACK), day)
    query = select(found.store, found.day, found.ills).where(found.store.in_(names), near)
    days: dict[str, dict[date, str]] = {name: {} for name in names}
    for name, told, ills in connection.execute(query):
        days[name][told] = ills
    return days


def _first(days: dict[date, str], ill: str, last: date) -> date:
    """Return the first of the days in a row, up to `last`, that told of this illness."""
    day = last
    while ill in days.get(day - timedelta(days=1), "").split():
        day -= timedelta(days=1)
    return day
