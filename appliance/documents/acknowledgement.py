"""The acknowledgement: headquarters' word that it has committed exactly these bytes."""

from dataclasses import dataclass

from appliance.documents.canonical import digest
from appliance.documents.store_day import StoreDay
from appliance.documents.wire import dump, parse


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Names the store-day that was committed and the digest of its bytes."""

    store: str
    day: str
    revision: int
    digest: str


def acknowledge(document: StoreDay, data: bytes) -> Acknowledgement:
    """Return the acknowledgement of a store-day and its bytes; the box compares it with what it sent."""
    return Acknowledgement(document.store, document.day, document.revision, digest(data))


def to_bytes(acknowledgement: Acknowledgement) -> bytes:
    """Return the canonical bytes. Raises DocumentError."""
    return dump(acknowledgement, "acknowledgement")


def from_bytes(data: bytes) -> Acknowledgement:
    """Parse and check the bytes of an answer, whoever sent it. Raises DocumentError with one reason."""
    return Acknowledgement(**parse(data, "acknowledgement"))
