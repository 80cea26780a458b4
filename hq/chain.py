"""What is read: one day of the whole chain, by store, as the latest revisions tell it."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

_LATEST = """
SELECT store.name, latest.revision, latest.received_at, latest.body FROM store
LEFT JOIN store_day AS latest ON latest.store = store.name AND latest.day = :day AND latest.revision =
    (SELECT max(revision) FROM store_day WHERE store = store.name AND day = :day)
ORDER BY store.name
"""


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store's day. Without a document all but the name is None; counts are None where nothing was seen."""

    store: str
    revision: int | None = None
    received: datetime | None = None
    in_: int | None = None
    out: int | None = None
    seen_share: float | None = None


@dataclass(frozen=True, slots=True)
class ChainDay:
    """One day of every enrolled store. A sum counts only stores that saw something, and says how many they are."""

    day: date
    rows: tuple[StoreRow, ...]

    @property
    def missing(self) -> tuple[StoreRow, ...]:
        """Stores without a document of that day."""
        return tuple(row for row in self.rows if row.revision is None)

    @property
    def counted(self) -> tuple[StoreRow, ...]:
        """Stores that saw something and so are part of the sums."""
        return tuple(row for row in self.rows if row.in_ is not None)

    @property
    def blind(self) -> tuple[StoreRow, ...]:
        """Stores that were heard but saw nothing all day."""
        return tuple(row for row in self.rows if row.revision is not None and row.in_ is None)

    @property
    def in_(self) -> int | None:
        """People who came in, over the stores that counted; None where no store did."""
        return sum(row.in_ or 0 for row in self.counted) if self.counted else None

    @property
    def out(self) -> int | None:
        """People who went out, over the stores that counted; None where no store did."""
        return sum(row.out or 0 for row in self.counted) if self.counted else None

    @property
    def seen_share(self) -> float | None:
        """The mean share of opening hours seen, over the stores that said one."""
        shares = [row.seen_share for row in self.rows if row.seen_share is not None]
        return sum(shares) / len(shares) if shares else None


def chain_day(tables: Database, day: date) -> ChainDay:
    """Return the chain's day."""
    found = tables.execute(_LATEST, {"day": day.isoformat()}).fetchall()
    return ChainDay(day, tuple(_row(*values) for values in found))


def _row(store: str, revision: int | None, received_at: str | None, body: bytes | None) -> StoreRow:
    if revision is None or received_at is None or body is None:
        return StoreRow(store)
    totals = json.loads(body)["totals"]  # checked against the schema before it was recorded
    received = datetime.fromisoformat(received_at)
    return StoreRow(store, revision, received, totals["in"], totals["out"], totals["seen_share"])
