"""Which keys speak for a store: enrolled by hand or by a code, rotated by the box, revoked by headquarters.

A key that was replaced stays good for the days that it may have signed, so that what a box still holds is taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, select, update

from appliance.documents import SignatureError, signing
from hq.database import HqError, insert, writing
from hq.tables import store, store_key
from hq.users import note
from hq.words import utc_text

STORE_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoreKey:
    """A key of a store and the days that it may sign, from first to last; None leaves that end open."""

    text: str
    id: str
    first_day: date | None
    last_day: date | None
    replaced: bool
    revoked: bool

    @property
    def key(self) -> Ed25519PublicKey:
        """The public key itself."""
        return signing.read_public_key(self.text)

    def may_sign(self, day: date) -> bool:
        """Say whether the key speaks for that day."""
        return not self.revoked and (self.first_day or day) <= day <= (self.last_day or day)


def enrol(opened: Callable[[], Engine], name: str, key: str) -> str:
    """Let `name` send store-days signed with `key` (43 characters of base64url); return the key's id.

    The database is opened only once both can be right. The same key again changes nothing. Raises ValueError for a
    name or key that can't be one, HqError where the store already has another key.
    """
    key_id = signing.key_id(signing.read_public_key(require_name(name) and key))
    now = datetime.now(UTC)
    with writing(opened()) as connection:
        add_store(connection, name, now)
        known = keys_of(connection, name)
        current = next((k for k in known if not k.replaced), None)
        if current is None or current.revoked:
            add_key(connection, name, key, now)
        elif current.text != key:
            raise HqError(f"{name} is enrolled with another key ({current.id}); nothing was changed")
    return key_id


def require_name(name: str) -> str:
    """Return a store's name. Raises ValueError for what can't be one."""
    if not re.fullmatch(STORE_NAME, name):
        raise ValueError(f"{name!r} is no store's short name: 1 to 40 of a-z, 0-9 and -")
    return name


def keys_of(connection: Connection, name: str) -> tuple[StoreKey, ...]:
    """Return every key of a store, the newest first; none for a store that is unknown."""
    if not re.fullmatch(STORE_NAME, name):
        return ()
    columns = store_key.c
    query = (
        select(
            columns.public_key,
            columns.key_id,
            columns.first_day,
            columns.last_day,
            columns.replaced_at.is_not(None),
            columns.revoked_at.is_not(None),
        )
        .where(columns.store == name)
        .order_by(columns.replaced_at.is_not(None), columns.enrolled_at.desc())
    )
    return tuple(
        StoreKey(key, key_id, first, last, bool(replaced), bool(revoked))
        for key, key_id, first, last, replaced, revoked in connection.execute(query)
    )


def signer(keys: tuple[StoreKey, ...], body: bytes, signature: str) -> StoreKey:
    """Return the key that signed the bytes, whatever it may still sign. Raises SignatureError."""
    for key in keys:
        try:
            signing.verify(key.key, body, signature)
        except SignatureError:
            continue
        return key
    raise SignatureError("signature: is not that of these bytes by the store's key")


def add_store(connection: Connection, name: str, now: datetime) -> None:
    """Make the store where it is unknown."""
    row = {"name": name, "enrolled_at": utc_text(now)}
    connection.execute(insert(connection, store).values(row).on_conflict_do_nothing())


def add_key(
    connection: Connection, name: str, key: str, now: datetime, first_day: date | None = None, *, rotated: bool = False
) -> None:
    """Make `key` the store's current one. What it replaces signs days up to today alone.

    A box that was replaced has its days from yesterday on (its shop's day may lag behind UTC); a rotated key goes on
    where the old one may sign.
    """
    today = now.astimezone(UTC).date()
    columns = store_key.c
    others = connection.execute(
        update(store_key)
        .where(columns.store == name, columns.replaced_at.is_(None))
        .values(replaced_at=utc_text(now), last_day=today)
    )
    if others.rowcount and not rotated:
        first_day = today - _ONE_DAY
    row = {
        "store": name,
        "public_key": key,
        "key_id": signing.key_id(signing.read_public_key(key)),
        "first_day": first_day,
        "enrolled_at": utc_text(now),
    }
    connection.execute(insert(connection, store_key).values(row))


def revoke(engine: Engine, name: str, now: datetime) -> int:
    """Take every key of a store out of force; return how many there were. Raises HqError for an unknown store."""
    columns = store_key.c
    with writing(engine) as connection:
        if not keys_of(connection, name):
            raise HqError(f"{name} is not enrolled; nothing was changed")
        done = connection.execute(
            update(store_key)
            .where(columns.store == name, columns.revoked_at.is_(None))
            .values(revoked_at=utc_text(now))
        )
        note(connection, "shell", f"revoked the keys of {name}", now)
    return done.rowcount
