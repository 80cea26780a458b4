"""The release index: which update bundles there are, for which boards, signed by the release key.

Headquarters hands the index out and names a version; it can't make one, since the release key is not there. An index
has a serial number, so an old one can't be put in place of a newer that revokes a version.
"""

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from appliance.documents import signing
from appliance.documents.canonical import DocumentError
from appliance.documents.wire import dump, parse

_DOMAIN = b"tallybox release index 1\n"
_SIGNATURE = 86  # characters of base64url, and a line feed, before the JSON


@dataclass(frozen=True, slots=True)
class Bundle:
    """An update for boards that are `compatible`: its file's name, size in bytes and sha256 in hex."""

    name: str
    version: str
    compatible: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Index:
    """What was released so far; `revoked` versions are not to be installed any more."""

    serial: int
    made: str
    bundles: tuple[Bundle, ...]
    revoked: tuple[str, ...]

    def find(self, version: str, compatible: str) -> Bundle | None:
        """Return the bundle of that version for that board, or None."""
        return next((b for b in self.bundles if (b.version, b.compatible) == (version, compatible)), None)


def to_bytes(index: Index, key: Ed25519PrivateKey) -> bytes:
    """Return the signed index: the signature, a line feed, canonical JSON. Raises DocumentError."""
    body = dump(index, "release")
    return f"{signing.sign(key, body, _DOMAIN)}\n".encode() + body


def from_bytes(data: bytes, key: Ed25519PublicKey) -> Index:
    """Read an index, whoever handed it out, if the release key signed it. Raises DocumentError with one reason."""
    signature, body = data[:_SIGNATURE], data[_SIGNATURE + 1 :]
    try:
        signing.verify(key, body, signature.decode("ascii"), _DOMAIN)
    except (signing.SignatureError, UnicodeDecodeError):
        raise signing.SignatureError("the release index is not signed by the release key") from None
    value = parse(body, "release")
    bundles = tuple(Bundle(**bundle) for bundle in value["bundles"])
    return Index(value["serial"], value["made"], bundles, tuple(value["revoked"]))


def order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by: "0.10.0" comes after "0.9". Raises DocumentError for another kind of text."""
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,5}){0,3}", version):
        raise DocumentError(f"version {version[:40]!r}: must be numbers with dots between")
    numbers = [int(part) for part in version.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))
