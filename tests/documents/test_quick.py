"""The schema as plain functions never says yes where the library says no."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.documents import store_day, wire
from appliance.documents.quick import compile_schema
from tests.documents.examples import example_day

GOOD = json.loads(store_day.to_bytes(example_day()))
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**16), 10**16),
    st.sampled_from([0, 1, 1.0, 0.5, 1.5, -1, 900, 901, 9999, 10000, 100_001]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "a\n", "A", "a/b", "ab" * 32, "2026-11-24", "2026-11-24T16:30:00.000Z", "x" * 300]),
    st.text(max_size=50),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=40),
    st.dictionaries(st.sampled_from(["in", "note", "A", "a\n", "x" * 41]), st.integers(), max_size=3),
)


def places(value, path=()):
    """Yield the path of every value within."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


PLACES = list(places(GOOD))[1:]


def changed(path, change):
    value = copy.deepcopy(GOOD)
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    change(inside, path[-1])
    return value


def agree(value):
    quick, slow = wire._quick("store_day")(value), wire._validator("store_day").is_valid(value)
    assert slow or not quick
    return quick, slow


def test_a_good_day_is_taken_at_once():
    assert agree(GOOD) == (True, True)


@settings(max_examples=400)
@given(st.sampled_from(PLACES), ANYTHING)
def test_with_any_value_in_any_place_it_says_yes_only_where_the_library_does(path, value):
    agree(changed(path, lambda inside, key: inside.__setitem__(key, value)))


@pytest.mark.parametrize("path", [path for path in PLACES if isinstance(path[-1], str)], ids=str)
def test_a_missing_or_unknown_key_is_seen(path):
    if path[0] != "health":
        assert agree(changed(path, lambda inside, key: inside.pop(key))) == (False, False)
        assert agree(changed(path, lambda inside, key: inside.__setitem__("unknown", 1))) == (False, False)


@pytest.mark.parametrize("many", [("lines", 33), ("quarters", 801)])
def test_too_long_a_list_is_seen(many):
    name, count = many
    assert agree({**GOOD, name: GOOD[name][:1] * count}) == (False, False)
    assert agree({**GOOD, "health": {f"a{i}": 1 for i in range(41)}}) == (False, False)


def test_a_keyword_that_is_not_known_stops_the_program_and_no_document():
    with pytest.raises(ValueError, match="not known here: multipleOf"):
        compile_schema({"type": "integer", "multipleOf": 2})
