"""Canonical JSON (RFC 8785) in and out: a stranger's bytes become values only after every cheap check.

One value has one spelling, so a digest and a signature over the bytes are over the value as well.
"""

import hashlib
import json
import math
import re
from typing import Any, NoReturn

import rfc8785

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
_LONGEST_NUMBER = 32
# Possessive, with an optional closing quote: it never fails and never backtracks, whatever the text.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


class DocumentError(ValueError):
    """A document is not what it must be; the message is the one line to show."""


def encode(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value. Raises DocumentError above MAX_BYTES or for what JSON can't hold."""
    try:
        data = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise DocumentError(f"can't be written as canonical JSON: {error}") from None
    return _small(data)


def decode(data: bytes) -> Any:
    """Parse bytes that anyone may have sent. Raises DocumentError; whether they are canonical is asked apart."""
    try:
        text = _small(data).decode("utf-8")
    except UnicodeDecodeError:
        raise DocumentError("is not UTF-8 text") from None
    if _depth(text) > MAX_DEPTH:
        raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels")
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise DocumentError(f"is not JSON: {error.msg} at character {error.pos + 1}") from None


def require_canonical(value: Any, data: bytes) -> None:
    """Raise DocumentError unless `data` is the one canonical spelling of `value`."""
    if encode(value) != data:
        raise DocumentError("is not canonical JSON (RFC 8785)")


def digest(data: bytes) -> str:
    """Return the name of these bytes: "sha256:" and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _small(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise DocumentError(f"is {len(data)} bytes long; at most {MAX_BYTES} are allowed")
    return data


def _depth(text: str) -> int:
    """Return how deep brackets nest outside of strings, without recursion."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise DocumentError("names a key twice")
    return value


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise DocumentError("has a number that is too large")
    return int(text)


def _float(text: str) -> float:
    number = float(text) if len(text) <= _LONGEST_NUMBER else math.inf
    if not math.isfinite(number):
        raise DocumentError("has a number that is too large or too long")
    return number


def _constant(text: str) -> NoReturn:
    raise DocumentError(f"has {text}, which is not JSON")
