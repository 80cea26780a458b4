"""What is read: one day of the whole chain, its sums and its stores page by page, as the latest revisions tell it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, case, false, func, literal, not_, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from hq.tables import holiday, latest_day, store
from hq.words import utc_text

STATES = ("complete", "partial", "late", "missing", "closed")
WHOLE = 0.95  # seen of the opening hours, from which on a day is complete
PAGE = 100
_SUMS = (
    func.count(),
    func.count(latest_day.c.in_count),
    func.sum(latest_day.c.in_count),
    func.sum(latest_day.c.out_count),
    func.sum(latest_day.c.seen_share),
    func.count(latest_day.c.seen_share),
    func.sum(case((latest_day.c.ills != "", 1), else_=0)),
)


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store's day. Without a document all numbers are None; counts are None where nothing was seen."""

    store: str
    region: str
    state: str
    revision: int | None = None
    received: datetime | None = None
    in_: int | None = None
    out: int | None = None
    seen_share: float | None = None
    ills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainDay:
    """One day of every store. A sum counts only stores that saw something, and says how many of how many they are.

    `states` holds how many stores are in each of STATES; `counted` saw something, `ill` were heard with a word of
    what is wrong; `of` is those that should have numbers: all that were not closed.
    """

    day: date
    states: dict[str, int]
    counted: int
    ill: int
    in_: int | None
    out: int | None
    seen_share: float | None

    @property
    def of(self) -> int:
        """How many stores should have numbers."""
        return sum(self.states.values()) - self.states["closed"]

    @property
    def missing(self) -> int:
        """Stores that were expected and not heard."""
        return self.states["missing"]

    @property
    def blind(self) -> int:
        """Stores that were heard but saw nothing all day."""
        return self.of - self.missing - self.counted


@dataclass(frozen=True, slots=True)
class Question:
    """Which stores of a day are asked for, in what order, and which page of them (from 0)."""

    name: str = ""
    region: str = ""
    state: str = ""
    ill: str = ""
    sort: str = "store"
    down: bool = False
    page: int = 0


def chain_day(connection: Connection, day: date, region: str = "") -> ChainDay:
    """Return the sums of a day, of one region or of all."""
    state = _state(connection, day)
    query = _of_day(day).add_columns(state, *_SUMS).group_by(state)
    if region:
        query = query.where(store.c.region == region)
    return _sum_up(day, [tuple(row) for row in connection.execute(query)])


def chain_of_regions(connection: Connection, day: date, region: str = "") -> dict[str, ChainDay]:
    """Return the sums of a day for each region, in order of names; "" is of the stores that are in none."""
    state = _state(connection, day)
    query = _of_day(day).add_columns(store.c.region, state, *_SUMS).group_by(store.c.region, state)
    if region:
        query = query.where(store.c.region == region)
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for name, *sums in connection.execute(query.order_by(store.c.region)):
        rows.setdefault(name, []).append(tuple(sums))
    return {name: _sum_up(day, of) for name, of in rows.items()}


def _sum_up(day: date, rows: list[tuple[Any, ...]]) -> ChainDay:
    """Put the sums of every state together."""
    states = dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in rows}
    counted, in_, out, share, shares, ill = (sum(row[i] or 0 for row in rows) for i in range(2, 8))
    seen_share = share / shares if shares else None
    return ChainDay(day, states, counted, ill, in_ if counted else None, out if counted else None, seen_share)


def stores_of_day(connection: Connection, day: date, asked: Question, size: int = PAGE) -> list[StoreRow]:
    """Return one page of a day's stores; one row more than `size` where another page follows.

    The names are sorted alone, and only the page's rows are looked at whole: a hundred thousand narrow rows sort fast.
    """
    state, found = _state(connection, day), latest_day.c
    order: dict[str, ColumnElement[Any]] = {
        "store": store.c.name,
        "region": store.c.region,
        "state": state,
        "in": found.in_count,
        "out": found.out_count,
        "seen": found.seen_share,
    }
    by = order.get(asked.sort, store.c.name)
    ordered = by.desc() if asked.down else by.asc()
    query = (
        _of_day(day)
        .add_columns(store.c.name)
        .where(*_filters(asked, state))
        .order_by(ordered.nulls_last(), store.c.name)
        .limit(size + 1)
        .offset(asked.page * size)
    )
    names = list(connection.execute(query).scalars())
    rows = {row.store: row for row in _told(connection, day, store.c.name.in_(names))}
    return [rows[name] for name in names]


def every_store(connection: Connection, day: date, region: str = "") -> list[StoreRow]:
    """Return a day of every store, of one region or of all, in order of names."""
    return _told(connection, day, store.c.region == region if region else true())


def one_store(connection: Connection, day: date, name: str) -> StoreRow:
    """Return a day of a store that is known."""
    (row,) = _told(connection, day, store.c.name == name)
    return row


def _told(connection: Connection, day: date, which: ColumnElement[bool]) -> list[StoreRow]:
    found = latest_day.c
    query = _of_day(day).add_columns(
        store.c.name,
        store.c.region,
        _state(connection, day),
        found.revision,
        found.received_at,
        found.in_count,
        found.out_count,
        found.seen_share,
        found.ills,
    )
    return [_row(*row) for row in connection.execute(query.where(which).order_by(store.c.name))]


def in_counts(connection: Connection, names: list[str], last: date, days: int = 28) -> dict[str, list[int | None]]:
    """Return each store's people in on every one of the `days` up to `last`; None where nothing is known."""
    first = last - timedelta(days=days - 1)
    found = latest_day.c
    query = select(found.store, found.day, found.in_count).where(found.store.in_(names), found.day.between(first, last))
    counts: dict[str, list[int | None]] = {name: [None] * days for name in names}
    for name, day, count in connection.execute(query):
        counts[name][(day - first).days] = count
    return counts


def is_open(connection: Connection, day: date) -> ColumnElement[bool]:
    """Return the condition that a store is expected to be open on a day, by its calendar."""
    shut = set(connection.execute(select(holiday.c.region).where(holiday.c.day == day)).scalars())
    if "" in shut:
        return false()
    weekday = store.c.weekdays.op("&")(1 << day.weekday())
    return and_(
        weekday != 0,
        or_(store.c.opened.is_(None), store.c.opened <= day),
        or_(store.c.closed.is_(None), store.c.closed > day),
        store.c.region.not_in(shut) if shut else true(),
    )


def due(day: date) -> str:
    """Return the moment from which on a day's first arrival is late: when the noon after it is over in every zone."""
    return utc_text(datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(days=2))


def _of_day(day: date) -> Select[Any]:
    joined = store.outerjoin(latest_day, and_(latest_day.c.store == store.c.name, latest_day.c.day == day))
    return select().select_from(joined)


def _state(connection: Connection, day: date) -> ColumnElement[Any]:
    found = latest_day.c
    return case(
        (and_(found.store.is_(None), not_(is_open(connection, day))), literal("closed")),
        (found.store.is_(None), literal("missing")),
        (or_(found.in_count.is_(None), found.seen_share < WHOLE), literal("partial")),
        (found.first_received_at > due(day), literal("late")),
        else_=literal("complete"),
    )


def _filters(asked: Question, state: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if asked.name:
        filters.append(store.c.name.contains(asked.name, autoescape=True))
    if asked.region:
        filters.append(store.c.region == asked.region)
    if asked.state:
        filters.append(state == asked.state)
    if asked.ill == "any":
        filters.append(latest_day.c.ills != "")
    elif asked.ill:
        filters.append(latest_day.c.ills.contains(asked.ill, autoescape=True))
    return filters


def _row(name: str, region: str, state: str, revision: int | None, received: str | None, *numbers: Any) -> StoreRow:
    in_, out, share, ills = numbers
    at = datetime.fromisoformat(received) if received else None
    return StoreRow(name, region, state, revision, at, in_, out, share, tuple((ills or "").split()))
