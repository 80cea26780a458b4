"""The OpenAPI document of what boxes and programs call, made from the schemas that are checked against."""

import json
from typing import Any

from appliance.documents.wire import load_schema
from hq.chain import STATES

_STORE = {
    "name": "store",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"},
}
_DAY = {"type": "string", "format": "date"}


def document(version: str) -> dict[str, Any]:
    """Return the document."""
    day, acknowledgement = (_schema(name) for name in ("store_day", "acknowledgement"))
    schemas = {
        **day.pop("$defs"),
        **acknowledgement.pop("$defs", {}),
        "store_day": day,
        "acknowledgement": acknowledgement,
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tallybox headquarters",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {**_of_boxes(), **_of_programs()},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"Refused": {"description": "Why, as one line.", "content": {"text/plain": {}}}},
        },
    }


def _of_boxes() -> dict[str, Any]:
    """Return what boxes call: their signatures are what lets them in."""
    parts = [
        _STORE,
        {"name": "day", "in": "path", "required": True, "schema": _DAY},
        {
            "name": "revision",
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 9999},
        },
        _header("Tallybox-Signature", "Ed25519 of the body by the store's key, base64url", required=True),
        _header("Content-Encoding", "gzip, or none; at most 65536 bytes either way"),
    ]
    taken = {"application/json": {"schema": {"$ref": "#/components/schemas/acknowledgement"}}}
    version = {"description": "The version that this box is meant to run.", "schema": {"type": "string"}}
    meant = {"Tallybox-Release": version}
    put = {
        "summary": "Take one store-day; answered after the commit.",
        "parameters": parts,
        "requestBody": _body({"$ref": "#/components/schemas/store_day"}),
        "responses": {
            "201": {"description": "Committed.", "headers": meant, "content": taken},
            "200": {"description": "The same bytes were committed before.", "headers": meant, "content": taken},
            **_refusals(400, 401, 404, 409, 413, 415, 503),
        },
    }
    enrol = {
        "summary": "Take a box's key for the store whose one-time code it has.",
        "requestBody": _body(_texts("store", "code", "public_key", "proof")),
        "responses": {**_lines(200, 201), **_refusals(400, 403, 409, 413)},
    }
    change = {
        "summary": "Take a store's new key, signed by its old one.",
        "parameters": [_STORE],
        "requestBody": _body(_texts("new_key", "signature")),
        "responses": {**_lines(200, 201), **_refusals(400, 401, 404, 409, 413)},
    }
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 100}}
    whole = {
        "description": "The file, or the part of it that Range asks for.",
        "content": {"application/octet-stream": {}},
    }
    release = {
        "summary": "Hand out `index`, signed by the release key, or a bundle that it names.",
        "parameters": [name, _header("Range", "bytes=FIRST- goes on where an earlier try ended")],
        "responses": {"200": whole, "206": whole, "304": {"description": "As before."}, **_refusals(404, 416)},
    }
    echo = {"summary": "Answer nothing, at once.", "responses": {"204": {"description": "Nothing."}}}
    return {
        "/v1/stores/{store}/days/{day}/{revision}": {"put": put},
        "/v1/enrol": {"post": enrol},
        "/v1/stores/{store}/key": {"post": change},
        "/v1/releases/{name}": {"get": release},
        "/v1/echo": {"get": echo},
    }


def _of_programs() -> dict[str, Any]:
    """Return what programs call, with a token."""
    span = [{"name": name, "in": "query", "schema": _DAY} for name in ("first", "last")]
    table = {
        "summary": f"Every store-day of a span, a row each; its state is one of {', '.join(STATES)}.",
        "security": [{"token": []}],
        "parameters": span,
        "responses": {"200": {"description": "The rows.", "content": {"text/csv": {}}}, **_refusals(400, 401)},
    }
    answers = {
        "200": {"description": "The rows.", "content": {"application/vnd.apache.parquet": {}}},
        **_refusals(400, 401, 404),
    }
    this = {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {}}}}
    return {
        "/v1/days.csv": {"get": table},
        "/v1/days.parquet": {"get": {**table, "responses": answers}},
        "/v1/openapi.json": {"get": {"summary": "This document.", "responses": this}},
    }


def _schema(name: str) -> dict[str, Any]:
    """Return a copy of a schema, its names those of the document."""
    text = json.dumps(load_schema(name)).replace("#/$defs/", "#/components/schemas/")
    schema: dict[str, Any] = json.loads(text)
    schema.pop("$schema", None)
    return schema


def _header(name: str, about: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": about, "schema": {"type": "string"}}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _texts(*names: str) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    parts = dict.fromkeys(names, text)
    return {"type": "object", "required": list(names), "properties": parts, "additionalProperties": False}


def _lines(*codes: int) -> dict[str, Any]:
    return {str(code): {"description": "Done.", "content": {"text/plain": {}}} for code in codes}


def _refusals(*codes: int) -> dict[str, Any]:
    return {str(code): {"$ref": "#/components/responses/Refused"} for code in codes}
