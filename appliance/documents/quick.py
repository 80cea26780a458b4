"""A schema as plain functions: says yes to nearly every document in a tenth of the library's time.

A no decides nothing: the library is asked then, and finds the reason to show. So this must never say yes where the
library says no; tests hold the two against each other.
"""

import re
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]
Test = Callable[[Any], bool]
_ANNOTATIONS = {"$schema", "$defs", "title", "description"}


def compile_schema(schema: Schema) -> Test:
    """Return the function that says whether a value keeps to it. Raises ValueError for a keyword it doesn't know."""
    return _compile(schema, schema.get("$defs", {}))


def _compile(schema: Schema, names: dict[str, Schema]) -> Test:
    if "$ref" in schema:
        return _compile(names[schema["$ref"].removeprefix("#/$defs/")], names)
    unknown = set(schema) - _ANNOTATIONS - _OF_OBJECTS - _OF_LISTS - _OF_TEXTS - _OF_NUMBERS - {"type", "const"}
    if unknown:
        raise ValueError(f"schema keywords that are not known here: {', '.join(sorted(unknown))}")
    if "const" in schema:
        const = schema["const"]
        return lambda value: type(value) is type(const) and value == const
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    tests = {python: test for kind in kinds for python, test in _of_kind(kind, schema, names).items()}

    def keeps(value: Any) -> bool:
        test = tests.get(type(value))
        return test is not None and test(value)

    return keeps


def _of_kind(kind: str, schema: Schema, names: dict[str, Schema]) -> dict[type, Test]:
    """Return the test of each Python type that a JSON type is read as."""
    if kind == "null":
        return {type(None): lambda value: True}
    if kind == "string":
        return {str: _text(schema)}
    if kind == "array":
        return {list: _list(schema, names)}
    if kind == "object":
        return {dict: _object(schema, names)}
    test = _number(schema)
    return {int: test} if kind == "integer" else {int: test, float: test}


_OF_TEXTS = {"maxLength", "pattern"}


def _text(schema: Schema) -> Test:
    longest = schema.get("maxLength", float("inf"))
    if "pattern" not in schema:
        return lambda value: len(value) <= longest
    search = re.compile(schema["pattern"].replace("$", r"\Z")).search
    return lambda value: len(value) <= longest and search(value) is not None


_OF_NUMBERS = {"minimum", "maximum"}


def _number(schema: Schema) -> Test:
    least, most = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    return lambda value: least <= value <= most


_OF_LISTS = {"items", "maxItems"}


def _list(schema: Schema, names: dict[str, Schema]) -> Test:
    most, item = schema.get("maxItems", float("inf")), _compile(schema["items"], names)
    return lambda value: len(value) <= most and all(map(item, value))


_OF_OBJECTS = {"properties", "required", "additionalProperties", "propertyNames", "maxProperties"}


def _object(schema: Schema, names: dict[str, Schema]) -> Test:
    parts = {name: _compile(part, names) for name, part in schema.get("properties", {}).items()}
    required, most = set(schema.get("required", ())), schema.get("maxProperties", float("inf"))
    others = schema["additionalProperties"]
    other: Test = _compile(others, names) if others else lambda value: False
    named: Test = _compile(schema["propertyNames"], names) if "propertyNames" in schema else lambda value: True

    def keeps(value: dict[str, Any]) -> bool:
        return (
            len(value) <= most
            and required <= value.keys()
            and all(parts.get(name, other)(part) and named(name) for name, part in value.items())
        )

    return keeps
