"""How a store-day is taken in: each check in its order, then the commit, then the answer. Knows nothing of HTTP."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database

from appliance.documents import (
    MAX_BYTES,
    Acknowledgement,
    DocumentError,
    SignatureError,
    StoreDay,
    acknowledge,
    signing,
    store_day,
)
from hq.ledger import Recorded, public_key, record

FIRST_DAY = date(2020, 1, 1)


class RefusalError(Exception):
    """What was sent is not taken: an HTTP status, a short reason to count it under, and the one line to answer."""

    def __init__(self, status: int, reason: str, line: str) -> None:
        super().__init__(line)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent, all of it still hostile: the three parts of the path as text, the body, the signature."""

    store: str
    day: str
    revision: str
    body: bytes
    signature: str


def receive(tables: Database, upload: Upload, now: datetime) -> tuple[Acknowledgement, bool]:
    """Check and commit one upload; return the acknowledgement and whether it was new. Raises RefusalError."""
    if len(upload.body) > MAX_BYTES:
        raise too_large()
    key = public_key(tables, upload.store)
    if key is None:
        raise RefusalError(404, "unknown store", "unknown store: it must be enrolled first")
    try:
        signing.verify(key, upload.body, upload.signature)
        document = store_day.from_bytes(upload.body)
    except SignatureError as error:
        raise RefusalError(401, "signature", str(error)) from None
    except DocumentError as error:
        raise RefusalError(400, "document", str(error)) from None
    _require_agreement(upload, document)
    _require_reach(date.fromisoformat(document.day), now)
    recorded = record(tables, document, upload.body, upload.signature, now)
    if recorded is Recorded.CONFLICT:
        raise RefusalError(409, "conflict", "other bytes are recorded under this revision: send a later revision")
    return acknowledge(document, upload.body), recorded is Recorded.NEW


def too_large() -> RefusalError:
    """Return the refusal of a body that is too large, read or not."""
    return RefusalError(413, "size", f"a store-day is at most {MAX_BYTES} bytes long")


def in_reach(day: date, now: datetime) -> bool:
    """Say whether a day can have happened in some shop: from 2020 to tomorrow in UTC."""
    return FIRST_DAY <= day <= now.astimezone(UTC).date() + timedelta(days=1)


def _require_agreement(upload: Upload, document: StoreDay) -> None:
    if (upload.store, upload.day, upload.revision) != (document.store, document.day, str(document.revision)):
        raise RefusalError(400, "path", "the path names another store, day or revision than the document")


def _require_reach(day: date, now: datetime) -> None:
    if not in_reach(day, now):
        raise RefusalError(400, "day", f"day: {day} is before {FIRST_DAY} or after tomorrow; check the box's clock")
