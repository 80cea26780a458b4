"""What crosses the wire between a box and headquarters. Dataclasses, JSON Schema, signing; no I/O and no clock.

The box makes a `StoreDay`, turns it into bytes with `store_day.to_bytes`, signs them with `signing.sign` and sends
them; headquarters checks with `signing.verify` and `store_day.from_bytes`, commits, and answers with an
`Acknowledgement`. Every refusal is a `DocumentError` with one line.
"""

from appliance.documents import acknowledgement, enrolment, release, signing, store_day
from appliance.documents.acknowledgement import Acknowledgement, acknowledge
from appliance.documents.canonical import MAX_BYTES, DocumentError, digest
from appliance.documents.signing import SignatureError
from appliance.documents.store_day import Quarter, Software, StoreDay, Totals

__all__ = [
    "MAX_BYTES",
    "Acknowledgement",
    "DocumentError",
    "Quarter",
    "SignatureError",
    "Software",
    "StoreDay",
    "Totals",
    "acknowledge",
    "acknowledgement",
    "digest",
    "enrolment",
    "release",
    "signing",
    "store_day",
]
