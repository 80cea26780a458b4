"""What is written: enrolled stores, store-days as they came, refusals. Nothing here is ever changed or deleted."""

import re
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlite_utils import Database

from appliance.documents import StoreDay, digest, signing
from hq.database import HqError, opened, prepare

STORE_NAME = r"[a-z0-9][a-z0-9-]{0,39}"


class Recorded(Enum):
    """What became of a store-day that was fit to be recorded."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"


def enrol(database: Path, store: str, key: str) -> str:
    """Let `store` send store-days signed with `key` (43 characters of base64url); return the key's id.

    The same key again changes nothing. Raises ValueError for a name or key that can't be one, HqError where the store
    already has another key.
    """
    if not re.fullmatch(STORE_NAME, store):
        raise ValueError(f"{store!r} is no store's short name: 1 to 40 of a-z, 0-9 and -")
    key_id = signing.key_id(signing.read_public_key(key))
    prepare(database)
    row = {"name": store, "public_key": key, "enrolled_at": utc_text(datetime.now(UTC))}
    with opened(database) as tables:
        tables.table("store").insert(row, ignore=True)
        known = public_key(tables, store)
    if known is not None and signing.public_key_text(known) != key:
        raise HqError(f"{store} is enrolled with another key ({signing.key_id(known)}); nothing was changed")
    return key_id


def public_key(tables: Database, store: str) -> Ed25519PublicKey | None:
    """Return the key of an enrolled store, or None."""
    row = tables.execute("SELECT public_key FROM store WHERE name = ?", [store]).fetchone()
    return signing.read_public_key(row[0]) if row else None


def record(tables: Database, document: StoreDay, body: bytes, signature: str, received: datetime) -> Recorded:
    """Commit a checked store-day, once; say whether it was new, known by the same bytes, or in conflict with them."""
    key = [document.store, document.day, document.revision]
    values = [*key, digest(body), body, signature, utc_text(received)]
    with tables.atomic():  # the first statement writes, so it waits for other writers before it looks
        added = tables.execute("INSERT INTO store_day VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
        query = "SELECT body FROM store_day WHERE (store, day, revision) = (?, ?, ?)"
        (kept,) = tables.execute(query, key).fetchone()
    if added.rowcount == 1:
        return Recorded.NEW
    return Recorded.KNOWN if kept == body else Recorded.CONFLICT


def count_refusal(tables: Database, reason: str, now: datetime) -> None:
    """Count one refusal. It is a statistic: strangers can cause it, so the disk isn't made to wait for it."""
    tables.execute("PRAGMA synchronous=NORMAL")
    with tables.atomic():
        tables.execute(
            "INSERT INTO refusal VALUES (:reason, 1, :now)"
            " ON CONFLICT (reason) DO UPDATE SET count = count + 1, last_at = :now",
            {"reason": reason, "now": utc_text(now)},
        )
    tables.execute("PRAGMA synchronous=FULL")


def utc_text(moment: datetime) -> str:
    """Return a moment as RFC 3339 text in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
