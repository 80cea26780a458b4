"""Sends what waits in the outbox, oldest first. Only an acknowledgement that names the document's digest counts.

An answer is one of three: yes; try later (no connection, a server's fault, not enrolled yet); or no, which parks that
revision with its reason, and the next one goes on.
"""

import gzip
import logging
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

import httpx
from sqlite_utils import Database

from appliance.clock import now
from appliance.config import Settings
from appliance.documents import DocumentError, acknowledgement
from appliance.nightly import outbox, release
from appliance.nightly.connection import client
from appliance.nightly.paced import pieces
from appliance.nightly.pacer import Pacer
from appliance.nightly.probe import Probe

log = logging.getLogger(__name__)

REFUSED = (400, 409, 413)


@dataclass(frozen=True, slots=True)
class Answer:
    """What headquarters said: acknowledged, refused for good, or neither."""

    acknowledged: bool
    refused: bool
    text: str
    meant: str = ""  # the version that headquarters names for this box
    clock: str = ""  # headquarters' own, as HTTP's Date has it


@dataclass(frozen=True, slots=True)
class Sent:
    """What one go brought to headquarters."""

    documents: int
    bytes: int


def send_waiting(db: Database, settings: Settings, pin: str = "", pacer: Pacer | None = None) -> Sent:
    """Send all that waits, through the pacer, to whoever has the key `pin`. Ends at the first "try later"."""
    documents = outbox.waiting(db) if settings.headquarters.url else []
    pacer = pacer or Pacer()
    acknowledged = size = 0
    if not documents:
        return Sent(0, 0)
    told = settings.headquarters
    with client(told, pin) as http, client(told, pin) as beside, Probe(beside, pacer):
        for document in documents:
            answer = put(http, settings.shop.id, document, pacer)
            if answer.acknowledged:
                outbox.acknowledged(db, document, now())
                release.hear(db, answer.meant)
                _compare_clocks(db, answer.clock)
                acknowledged, size = acknowledged + 1, size + len(document.body)
                continue
            outbox.tried(db, document, answer.text, now(), park=answer.refused)
            log.warning("%s revision %d was not taken: %s", document.day, document.revision, answer.text)
            if not answer.refused:
                break
    log.info("%d of %d documents were acknowledged by headquarters", acknowledged, len(documents))
    return Sent(acknowledged, size)


def put(http: httpx.Client, store: str, document: outbox.Waiting, pacer: Pacer) -> Answer:
    """Send one document."""
    packed = gzip.compress(document.body, mtime=0)
    headers = {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Content-Length": str(len(packed)),
        "Tallybox-Signature": document.signature,
    }
    path = f"/v1/stores/{store}/days/{document.day}/{document.revision}"
    try:
        response = http.put(path, content=pieces(packed, pacer), headers=headers)
    except httpx.HTTPError as error:
        return Answer(False, False, f"headquarters can't be reached: {str(error) or type(error).__name__}")
    text = f"{response.status_code} {' '.join(response.text[:200].split())}"
    if response.status_code in (200, 201):
        answer = _checked(response.content, store, document)
        said = response.headers
        return replace(answer, meant=said.get("Tallybox-Release", ""), clock=said.get("Date", ""))
    return Answer(False, response.status_code in REFUSED, text)


def _compare_clocks(db: Database, theirs: str) -> None:
    """Keep how far their clock is ahead of ours; HTTP tells whole seconds, so less than two is none."""
    try:
        ahead = parsedate_to_datetime(theirs).timestamp() + 0.5 - now()
    except (ValueError, OverflowError):
        return
    with db.conn:
        db.conn.execute("UPDATE clock_offset SET seconds = ?, time = ?", [ahead if abs(ahead) >= 2 else 0.0, now()])


def _checked(body: bytes, store: str, document: outbox.Waiting) -> Answer:
    """Believe an acknowledgement only if it names this very document."""
    try:
        told = acknowledgement.from_bytes(body)
    except DocumentError as error:
        return Answer(False, False, f"the acknowledgement can't be read: {error}")
    if (told.store, told.day, told.revision, told.digest) != (store, document.day, document.revision, document.digest):
        return Answer(False, False, "the acknowledgement names another document")
    return Answer(True, False, "acknowledged")
