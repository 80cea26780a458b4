"""What is written of days: each store-day as it came, the view of the highest revision, refusals and alarms.

What came is never changed or deleted.
"""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import Connection, Engine, select

from appliance.documents import StoreDay, digest
from hq.database import insert, writing
from hq.illness import ills
from hq.tables import alarm, latest_day, refusal, store_day
from hq.words import utc_text


class Recorded(Enum):
    """What became of a store-day that was fit to be recorded."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"


def record(
    engine: Engine, document: StoreDay, body: bytes, signature: str, key_id: str, received: datetime
) -> Recorded:
    """Commit a checked store-day, once; say whether it was new, known by the same bytes, or in conflict with them."""
    key = {"store": document.store, "day": date.fromisoformat(document.day), "revision": document.revision}
    row = {
        **key,
        "digest": digest(body),
        "body": body,
        "signature": signature,
        "key_id": key_id,
        "received_at": utc_text(received),
    }
    with writing(engine) as connection:
        added = connection.execute(insert(connection, store_day).values(row).on_conflict_do_nothing())
        if added.rowcount == 1:
            _look_at(connection, document, received)
            return Recorded.NEW
        kept = connection.execute(select(store_day.c.digest).filter_by(**key)).scalar_one()
        if kept == row["digest"]:
            return Recorded.KNOWN
        told = {"kind": "conflict", **key, "digest": row["digest"], "at": row["received_at"]}
        connection.execute(insert(connection, alarm).values(told).on_conflict_do_nothing())
    return Recorded.CONFLICT


def _look_at(connection: Connection, document: StoreDay, received: datetime) -> None:
    """Let the view show this revision, unless it shows a later one."""
    at = utc_text(received)
    shown = {
        "revision": document.revision,
        "in_count": document.totals.in_,
        "out_count": document.totals.out,
        "seen_share": document.totals.seen_share,
        "received_at": at,
        "version": document.software.version,
        "ills": " ".join(ills(document)),
    }
    key = {"day": date.fromisoformat(document.day), "store": document.store}
    upsert = insert(connection, latest_day).values(**key, **shown, first_received_at=at)
    later = latest_day.c.revision < upsert.excluded.revision
    set_ = {name: upsert.excluded[name] for name in shown}
    connection.execute(upsert.on_conflict_do_update(index_elements=["day", "store"], set_=set_, where=later))


def count_refusal(engine: Engine, reason: str, now: datetime) -> None:
    """Count one refusal. It is a statistic: strangers can cause it, so the disk isn't made to wait for it."""
    at = utc_text(now)
    with writing(engine, lasting=False) as connection:
        first = insert(connection, refusal).values(reason=reason, count=1, last_at=at)
        again = {"count": refusal.c.count + 1, "last_at": at}
        connection.execute(first.on_conflict_do_update(index_elements=["reason"], set_=again))
