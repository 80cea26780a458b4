"""The OpenAPI document says what the application does."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from appliance.documents import store_day
from tests.documents.examples import example_day


@pytest.fixture
def told(app: Flask) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(app.test_client().get("/v1/openapi.json").data)
    return document


def test_it_names_every_route_below_v1_and_no_other(app: Flask, told: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/")
    }
    assert {(path, method) for path, methods in told["paths"].items() for method in methods} == routes


def test_every_reference_in_it_leads_somewhere(told: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(told)):
        part: Any = told
        for name in reference.split("/"):
            part = part[name]
        assert part


def test_its_schema_of_a_store_day_takes_a_store_day(told: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/store_day", "components": told["components"]}
    day = json.loads(store_day.to_bytes(example_day()))
    assert Draft202012Validator(schema).is_valid(day)
    assert not Draft202012Validator(schema).is_valid({**day, "revision": 0})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_route_answers_hostile_calls_with_a_status_that_it_names(
    app: Flask, told: dict[str, Any], data: st.DataObject
) -> None:
    path, methods = data.draw(st.sampled_from(sorted(told["paths"].items())))
    method, meaning = next(iter(methods.items()))
    parts = {name: data.draw(st.text("abz09-'<", min_size=1, max_size=12)) for name in re.findall(r"{(\w+)}", path)}
    words = {p["name"]: data.draw(st.text(max_size=12)) for p in meaning.get("parameters", ()) if p["in"] == "query"}
    body = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.dictionaries(st.text(max_size=9), st.text(max_size=9)).map(lambda value: json.dumps(value).encode()),
        )
    )
    answer = app.test_client().open(path.format(**parts), method=method.upper(), query_string=words, data=body)
    assert str(answer.status_code) in meaning["responses"]
