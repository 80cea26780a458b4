"""How a store-day is taken in: each check in its order, then the commit, then the answer. Knows nothing of HTTP."""

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from appliance.documents import (
    MAX_BYTES,
    Acknowledgement,
    DocumentError,
    SignatureError,
    StoreDay,
    acknowledge,
    store_day,
)
from hq.database import reading
from hq.keys import StoreKey, keys_of, signer
from hq.ledger import Recorded, record

FIRST_DAY = date(2020, 1, 1)
_GZIP = 16 + zlib.MAX_WBITS


class RefusalError(Exception):
    """What was sent is not taken: an HTTP status, a short reason to count it under, and the one line to answer."""

    def __init__(self, status: int, reason: str, line: str) -> None:
        super().__init__(line)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent, all of it still hostile: parts of the path as text, the body and its encoding, the signature."""

    store: str
    day: str
    revision: str
    body: bytes
    signature: str
    encoding: str = ""


def receive(engine: Engine, upload: Upload, now: datetime) -> tuple[Acknowledgement, bool]:
    """Check and commit one upload; return the acknowledgement and whether it was new. Raises RefusalError."""
    body = _decoded(upload)
    with reading(engine) as connection:
        keys = keys_of(connection, upload.store)
    if not keys:
        raise RefusalError(404, "unknown store", "unknown store: it must be enrolled first")
    try:
        key = signer(keys, body, upload.signature)
        _require_force(key)
        document = store_day.from_bytes(body)
    except SignatureError as error:
        raise RefusalError(401, "signature", str(error)) from None
    except DocumentError as error:
        raise RefusalError(400, "document", str(error)) from None
    _require_agreement(upload, document)
    day = date.fromisoformat(document.day)
    _require_reach(day, now)
    if not key.may_sign(day):
        raise RefusalError(400, "key's days", f"day: {day} is not one that key {key.id} may sign; the box was replaced")
    recorded = record(engine, document, body, upload.signature, key.id, now)
    if recorded is Recorded.CONFLICT:
        raise RefusalError(409, "conflict", "other bytes are recorded under this revision: send a later revision")
    return acknowledge(document, body), recorded is Recorded.NEW


def too_large() -> RefusalError:
    """Return the refusal of a body that is too large, read or not."""
    return RefusalError(413, "size", f"a store-day is at most {MAX_BYTES} bytes long")


def _decoded(upload: Upload) -> bytes:
    """Return the document's bytes. A bomb is left alone at the first byte too many."""
    if len(upload.body) > MAX_BYTES:
        raise too_large()
    if upload.encoding in ("", "identity"):
        return upload.body
    if upload.encoding != "gzip":
        raise RefusalError(415, "encoding", "Content-Encoding: must be gzip or none")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(upload.body, MAX_BYTES + 1)
    except zlib.error:
        raise RefusalError(400, "encoding", "the body is not gzip") from None
    if len(body) > MAX_BYTES:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise RefusalError(400, "encoding", "the body is not one whole gzip")
    return body


def _require_force(key: StoreKey) -> None:
    if key.revoked:
        raise RefusalError(401, "revoked key", f"key {key.id} was revoked: the store must be invited anew")


def in_reach(day: date, now: datetime) -> bool:
    """Say whether a day can have happened in some shop: from 2020 to tomorrow in UTC."""
    return FIRST_DAY <= day <= now.astimezone(UTC).date() + timedelta(days=1)


def _require_agreement(upload: Upload, document: StoreDay) -> None:
    if (upload.store, upload.day, upload.revision) != (document.store, document.day, str(document.revision)):
        raise RefusalError(400, "path", "the path names another store, day or revision than the document")


def _require_reach(day: date, now: datetime) -> None:
    if not in_reach(day, now):
        raise RefusalError(400, "day", f"day: {day} is before {FIRST_DAY} or after tomorrow; check the box's clock")
