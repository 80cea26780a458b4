"""Between a frozen dataclass and canonical bytes, by the JSON Schema that lies beside it."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from appliance.documents.canonical import DocumentError, decode, encode, require_canonical
from appliance.documents.quick import Test, compile_schema

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_LONGEST_REASON = 200


def dump(document: "DataclassInstance", schema: str) -> bytes:
    """Return the canonical bytes of a document that keeps to its schema. Raises DocumentError."""
    value = asdict(document, dict_factory=_wire)
    _check(value, schema)
    return encode(value)


def parse(data: bytes, schema: str) -> dict[str, Any]:
    """Turn bytes that anyone may have sent into the arguments of the dataclass. Raises DocumentError, one reason."""
    value = decode(data)
    _check(value, schema)
    require_canonical(value, data)
    return arguments(value)


def arguments(value: dict[str, Any]) -> dict[str, Any]:
    """Rename what is a word of Python's own: "in" on the wire is `in_` in a dataclass."""
    return {"in_" if key == "in" else key: part for key, part in value.items()}


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema `name`.schema.json of this package."""
    schema: dict[str, Any] = json.loads(files(__package__).joinpath(f"{name}.schema.json").read_bytes())
    return schema


def _wire(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name.rstrip("_"): list(part) if isinstance(part, tuple) else part for name, part in pairs}


def _check(value: Any, schema: str) -> None:
    if _quick(schema)(value):
        return
    error = next(_validator(schema).iter_errors(value), None)
    if error is not None:
        where = error.json_path.removeprefix("$").removeprefix(".")
        reason = f"{where}: {error.message}" if where else error.message
        half = _LONGEST_REASON // 2  # the place stands first, the rule last; what was sent stands between
        raise DocumentError(reason if len(reason) <= _LONGEST_REASON else f"{reason[:half]} ... {reason[-half:]}")


@cache
def _quick(name: str) -> Test:
    return compile_schema(load_schema(name))


@cache
def _validator(name: str) -> Any:
    return _Validator(load_schema(name))


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    # In JSON Schema $ is the very end of the text; Python's $ would also match before a last line feed.
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_Validator = extend(Draft202012Validator, {"pattern": _pattern})
