"""How a box comes to speak for a store: the enrolment with a one-time code, and the change of its key.

Each is a small JSON object with a signature in it: the enrolment proves that the sender has the key it names, the
change that the old key's owner wants the new one.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from appliance.documents import signing
from appliance.documents.canonical import DocumentError, decode, encode

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that can be mistaken for something else
CODE_LENGTH = 10
_ENROLMENT, _CHANGE = b"tallybox enrolment 1\n", b"tallybox key change 1\n"
_LONGEST = 200
_Kind = TypeVar("_Kind", "Enrolment", "KeyChange")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A box with this public key asks to speak for a store; `proof` signs store and code with it."""

    store: str
    code: str
    public_key: str
    proof: str


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A box wants to sign with a new public key from now on; `signature` is the old key's."""

    new_key: str
    signature: str


def plain_code(code: str) -> str:
    """Return a code as it is kept, however it was typed: "ABCDE-fghjk " is "abcdefghjk"."""
    return "".join(code.lower().split()).replace("-", "")


def ask(store: str, code: str, key: Ed25519PrivateKey) -> Enrolment:
    """Return the enrolment of the box with this key."""
    code = plain_code(code)
    proof = signing.sign(key, f"{store}\n{code}".encode(), _ENROLMENT)
    return Enrolment(store, code, signing.public_key_text(key.public_key()), proof)


def change(store: str, old: Ed25519PrivateKey, new: Ed25519PublicKey) -> KeyChange:
    """Return the change of a store's key from old to new."""
    text = signing.public_key_text(new)
    return KeyChange(text, signing.sign(old, f"{store}\n{text}".encode(), _CHANGE))


def require_proof(asked: Enrolment) -> None:
    """Raise DocumentError unless the sender has the key."""
    data = f"{asked.store}\n{asked.code}".encode()
    _verify(signing.read_public_key(asked.public_key), data, asked.proof, _ENROLMENT, "proof")


def require_owner(store: str, asked: KeyChange, old: Ed25519PublicKey) -> None:
    """Raise DocumentError unless the old key's owner asked for it, and the new key is one."""
    signing.read_public_key(asked.new_key)
    _verify(old, f"{store}\n{asked.new_key}".encode(), asked.signature, _CHANGE, "signature")


def to_bytes(asked: Enrolment | KeyChange) -> bytes:
    """Return the JSON to send."""
    return encode(asdict(asked))


def read(data: bytes, kind: type[_Kind]) -> _Kind:
    """Parse what anyone may have sent. Raises DocumentError with one reason."""
    value: Any = decode(data)
    names = {field.name for field in fields(kind)}
    if not isinstance(value, dict) or set(value) != names:
        raise DocumentError(f"must be an object of {', '.join(sorted(names))}")
    for name, part in value.items():
        if not isinstance(part, str) or not 0 < len(part) <= _LONGEST or not part.isascii() or not part.isprintable():
            raise DocumentError(f"{name}: must be a text of 1 to {_LONGEST} plain characters")
    return kind(**value)


def _verify(key: Ed25519PublicKey, data: bytes, signature: str, domain: bytes, name: str) -> None:
    try:
        signing.verify(key, data, signature, domain)
    except signing.SignatureError:
        raise signing.SignatureError(f"{name}: is not a signature by that key") from None
