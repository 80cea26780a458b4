"""Shops with keys of their own and days to send, for the tests of headquarters."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from appliance.documents import Quarter, StoreDay, signing, store_day
from hq.keys import enrol
from tests.documents.examples import example_day

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    name: str = "corner-shop"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def enrol(self, engine: Engine) -> "Shop":
        enrol(lambda: engine, self.name, signing.public_key_text(self.key.public_key()))
        return self

    def day(self, **changes: Any) -> StoreDay:
        return example_day(store=self.name, **changes)

    def put(self, client: Any, document: StoreDay | bytes, path: str = "", signature: str | None = None) -> Any:
        """Send a document with a Flask or an httpx client; path and signature are the right ones unless given."""
        data = document if isinstance(document, bytes) else store_day.to_bytes(document)
        if isinstance(document, StoreDay) and not path:
            path = f"/v1/stores/{document.store}/days/{document.day}/{document.revision}"
        path = path or f"/v1/stores/{self.name}/days/2026-11-24/1"
        headers = {"Tallybox-Signature": signing.sign(self.key, data) if signature is None else signature}
        body = {"content" if type(client).__module__.startswith("httpx") else "data": data}
        return client.put(path, headers=headers, **body)


def recent_day(shop: Shop, **changes: Any) -> StoreDay:
    """Return a day that a server with a real clock takes: yesterday, with one quarter-hour."""
    day = datetime.now(UTC).date() - timedelta(days=1)
    quarters = (Quarter(f"{day}T16:30:00.000Z", "door/street", 12, 11, 900),)
    times = {"opened": f"{day}T03:00:00.000Z", "closed": f"{day + timedelta(days=1)}T03:00:00.000Z"}
    return shop.day(day=str(day), quarters=quarters, **times, **changes)
