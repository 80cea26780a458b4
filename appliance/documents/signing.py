"""Signatures of store-days: Ed25519, keys and signatures as base64url text without padding.

What is signed begins with the document's kind, so a signature can't be carried over to another kind of document.
"""

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from appliance.documents.canonical import DocumentError

_DOMAIN = b"tallybox store-day 1\n"
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64


class SignatureError(DocumentError):
    """The bytes were not signed with the key that was expected."""


def sign(private_key: Ed25519PrivateKey, data: bytes, domain: bytes = _DOMAIN) -> str:
    """Return the signature of a store-day's bytes, or of another kind's, as 86 characters of base64url."""
    return _to_text(private_key.sign(domain + data))


def verify(public_key: Ed25519PublicKey, data: bytes, signature: str, domain: bytes = _DOMAIN) -> None:
    """Return if `signature` is that of `data` by the key's owner; raise SignatureError for any other text."""
    try:
        public_key.verify(_from_text(signature, _SIGNATURE_BYTES), domain + data)
    except (InvalidSignature, ValueError):
        raise SignatureError("signature: is not that of these bytes by the store's key") from None


def public_key_text(key: Ed25519PublicKey) -> str:
    """Return a public key as 43 characters of base64url."""
    return _to_text(key.public_bytes_raw())


def read_public_key(text: str) -> Ed25519PublicKey:
    """Return the public key of its text. Raises DocumentError."""
    return Ed25519PublicKey.from_public_bytes(_key_bytes(text))


def private_key_text(key: Ed25519PrivateKey) -> str:
    """Return a private key as 43 characters of base64url: a secret."""
    return _to_text(key.private_bytes_raw())


def read_private_key(text: str) -> Ed25519PrivateKey:
    """Return the private key of its text. Raises DocumentError, which doesn't repeat the text."""
    return Ed25519PrivateKey.from_private_bytes(_key_bytes(text))


def key_id(key: Ed25519PublicKey) -> str:
    """Return a name to show for a public key: the first 16 hex digits of its sha256."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _key_bytes(text: str) -> bytes:
    try:
        return _from_text(text, _KEY_BYTES)
    except ValueError:
        raise DocumentError("key: must be 43 characters of base64url") from None


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_text(text: str, size: int) -> bytes:
    """Decode base64url strictly: one spelling for one value, of exactly `size` bytes. Raises ValueError."""
    if len(text) > 2 * size or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None
    if len(data) != size or _to_text(data) != text:
        raise ValueError("not base64url of that many bytes")
    return data
