import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from appliance.clock import iso
from appliance.documents import MAX_BYTES, DocumentError, Quarter, Software, StoreDay, Totals, store_day
from appliance.documents.wire import load_schema
from tests.documents.examples import example_day

GOOD = store_day.to_bytes(example_day())


def changed(**changes: Any) -> bytes:
    """Return canonical bytes of the example with top-level keys replaced, unchecked."""
    return rfc8785.dumps({**json.loads(GOOD), **changes})


def test_a_store_day_comes_back_as_it_went() -> None:
    assert store_day.from_bytes(GOOD) == example_day()


def test_the_bytes_are_canonical() -> None:
    assert rfc8785.dumps(json.loads(GOOD)) == GOOD
    assert GOOD.startswith(b'{"closed":"2026-11-25T03:00:00.000Z","configuration":"cdcd')


def test_not_seen_is_null_on_the_wire() -> None:
    assert json.loads(GOOD)["quarters"][1]["in"] is None


@pytest.mark.parametrize(
    ("part", "cls"),
    [
        ((), StoreDay),
        (("properties", "totals"), Totals),
        (("properties", "software"), Software),
        (("$defs", "quarter"), Quarter),
    ],
)
def test_schema_and_dataclass_have_the_same_fields(part: tuple[str, ...], cls: type) -> None:
    schema = load_schema("store_day")
    for key in part:
        schema = schema[key]
    names = {field.name.rstrip("_") for field in fields(cls)}
    assert set(schema["properties"]) == set(schema["required"]) == names
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", ["store_day", "acknowledgement"])
def test_every_text_list_and_number_of_a_schema_is_bounded(name: str) -> None:
    Draft202012Validator.check_schema(load_schema(name))
    needs = {
        "string": {"maxLength"},
        "array": {"maxItems"},
        "integer": {"minimum", "maximum"},
        "number": {"minimum", "maximum"},
    }

    def walk(node: Any) -> int:
        if not isinstance(node, dict):
            return sum(map(walk, node)) if isinstance(node, list) else 0
        kinds = node.get("type", [])
        for kind in [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []:
            assert needs.get(kind, set()) <= node.keys(), node
        return 1 + sum(map(walk, node.values()))

    assert walk(load_schema(name)) > 5


def test_times_of_the_clock_are_times_of_the_document() -> None:
    moment = iso(1764000000)
    assert store_day.from_bytes(store_day.to_bytes(example_day(made=moment))).made == moment


HOSTILE = [
    # bytes, what the one line says
    (b"", "is not JSON: Expecting value at character 1"),
    (b"\0" * 1000, "is not JSON"),
    (b"\0" * 1_000_000, "is 1000000 bytes long; at most 65536 are allowed"),
    (b"\xff\xfe{}", "is not UTF-8 text"),
    (b"\xef\xbb\xbf" + GOOD, "is not JSON"),
    (b"[" * 10_000, "is nested deeper than 8 levels"),
    (b"[" * 10_000 + b"]" * 10_000, "is nested deeper than 8 levels"),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "is nested deeper than 8 levels"),
    (b'"' + b'\\"' * 30_000, "is not JSON"),
    (b'{"a":1e999}', "has a number that is too large or too long"),
    (b'{"a":-1e999}', "has a number that is too large or too long"),
    (b'{"a":0.' + b"0" * 60_000 + b"1}", "has a number that is too large or too long"),
    (b'{"a":' + b"9" * 60_000 + b"}", "has a number that is too large"),
    (b'{"a":NaN}', "has NaN, which is not JSON"),
    (b'{"a":-Infinity}', "has -Infinity, which is not JSON"),
    (b'{"a":1,"a":2}', "names a key twice"),
    (GOOD.replace(b'"revision":1', b'"revision":1,"revision":1'), "names a key twice"),
    (b"[]", "[] is not of type 'object'"),
    (b"null", "None is not of type 'object'"),
    (b"{}", "'format' is a required property"),
    (GOOD + b"\n", "is not canonical JSON (RFC 8785)"),
    (GOOD.replace(b'"revision":1', b'"revision": 1'), "is not canonical JSON (RFC 8785)"),
    (GOOD.replace(b'"revision":1', b'"revision":1.0'), "is not canonical JSON (RFC 8785)"),
    (GOOD.replace(b'"revision":1', b'"revision":true'), "revision: True is not of type 'integer'"),
    (GOOD.replace(b"9120", rb'"\ud800"'), "can't be written as canonical JSON"),
    (changed(format="tallybox.store-day/2"), "format: 'tallybox.store-day/1' was expected"),
    (changed(surprise=1), "Additional properties are not allowed ('surprise' was unexpected)"),
    (changed(revision=0), "revision: 0 is less than the minimum of 1"),
    (changed(store="x'; DROP TABLE store; --"), 'store: "x\'; DROP TABLE store; --" does not match'),
    (changed(store="<script>alert(1)</script>"), "store: '<script>alert(1)</script>' does not match"),
    (changed(store="corner-shop\n"), r"store: 'corner-shop\n' does not match"),
    (changed(store="../../etc/passwd"), "store: '../../etc/passwd' does not match"),
    (changed(store="s" * 41), "is too long"),
    (changed(day="2026-02-30"), "day: is not a date of the calendar"),
    (changed(day="２０２６-11-24"), "day: '２０２６-11-24' does not match"),
    (changed(made="2026-11-24T24:61:00.000Z"), "made: is not a moment of the calendar"),
    (changed(made="2026-11-24T10:00:00.000+01:00"), "made: '2026-11-24T10:00:00.000+01:00' is too long"),
    (changed(closed="2026-11-24T03:00:00.000Z"), "closed: must be after opened, by 48 hours at most"),
    (changed(closed="2027-11-24T03:00:00.000Z"), "closed: must be after opened, by 48 hours at most"),
    (changed(lines=["door/street", "door/street"]), "lines: must be in order, each once"),
    (changed(health={"Key": 1}), "health: 'Key' does not match"),
    (changed(health={"nested": {}}), "health.nested: {} is not of type 'number', 'string'"),
    (changed(health={"text": "a\nb"}), r"health.text: 'a\nb' does not match"),
    (changed(health={f"k{i}": i for i in range(41)}), "has too many properties"),
]


@pytest.mark.parametrize(("data", "says"), HOSTILE, ids=[says[:40] for _, says in HOSTILE])
def test_hostile_bytes_get_one_clear_line(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError) as refused:
        store_day.from_bytes(data)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


START = "2026-11-24T16:30:00.000Z"
WRONG_QUARTERS = [
    (Quarter(START, "door/street", 0, 0, 0), "counts must be null when nothing was seen"),
    (Quarter(START, "door/street", None, None, 900), "counts must be null when nothing was seen, and numbers when"),
    (Quarter(START, "door/street", 3, None, 900), "counts must be null"),
    (Quarter(START, "door/back", 3, 3, 900), "quarters[0].line: is not one of lines"),
    (Quarter("2026-11-23T16:30:00.000Z", "door/street", 3, 3, 900), "quarters[0].start: is outside of the day"),
    (Quarter("2026-11-25T03:00:00.000Z", "door/street", 3, 3, 900), "quarters[0].start: is outside of the day"),
    (
        Quarter("2026-11-24T16:31:00.000Z", "door/street", 3, 3, 900),
        "quarters[0].start: '2026-11-24T16:31:00.000Z' does not",
    ),
    (Quarter(START, "door/street", 3, 3, 901), "quarters[0].seen: 901 is greater than the maximum of 900"),
    (Quarter(START, "door/street", -1, 3, 900), "quarters[0].in: -1 is less than the minimum of 0"),
    (Quarter(START, "door/street", 3, 3, float("nan")), "not representable"),
]


@pytest.mark.parametrize(("quarter", "says"), WRONG_QUARTERS)
def test_the_box_never_signs_a_quarter_that_headquarters_would_refuse(quarter: Quarter, says: str) -> None:
    with pytest.raises(DocumentError) as refused:
        store_day.to_bytes(example_day(quarters=(quarter,)))
    assert says in str(refused.value)


@pytest.mark.parametrize("order", [(1, 0), (0, 0)])
def test_quarters_have_one_order(order: tuple[int, ...]) -> None:
    quarters = tuple(example_day().quarters[i] for i in order)
    with pytest.raises(DocumentError, match="must be ordered by start and line, each once"):
        store_day.to_bytes(example_day(quarters=quarters))


@pytest.mark.parametrize(
    ("quarters", "totals"),
    [
        (example_day().quarters, Totals(None, None, 0.0)),
        (example_day().quarters[1:], Totals(0, 0, 0.0)),
        ((), Totals(12, 11, None)),
    ],
)
def test_a_total_hides_no_gap(quarters: tuple[Quarter, ...], totals: Totals) -> None:
    with pytest.raises(DocumentError, match="totals: counts must be null when nothing was seen"):
        store_day.to_bytes(example_day(quarters=quarters, totals=totals))


def test_a_day_that_nobody_saw_is_a_document_too() -> None:
    blind = example_day(quarters=(), lines=(), totals=Totals(None, None, None), health={})
    assert store_day.from_bytes(store_day.to_bytes(blind)) == blind


def full_day(lines: int, quarters: int) -> StoreDay:
    names = tuple(f"camera-{i}/line" for i in range(lines))
    start = datetime(2026, 11, 24, 3, tzinfo=UTC).timestamp()
    rows = tuple(Quarter(iso(start + 900 * q), name, 100, 100, 900) for q in range(quarters) for name in names)
    return example_day(lines=names, quarters=rows)


def test_a_round_the_clock_day_of_six_lines_fits() -> None:
    assert len(store_day.to_bytes(full_day(6, 96))) < MAX_BYTES


def test_a_day_that_is_too_large_is_said_to_be() -> None:
    with pytest.raises(DocumentError, match=r"is \d+ bytes long; at most 65536 are allowed"):
        store_day.to_bytes(full_day(8, 96))


counts = st.integers(0, 100_000)
seen_quarters = st.tuples(counts, counts, st.floats(0, 900, exclude_min=True))
unseen_quarters = st.just((None, None, 0))
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
healths = st.dictionaries(
    st.from_regex(r"\A[a-z][a-z0-9_]{0,39}\Z"),
    st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15) | printable,
    max_size=20,
)


@st.composite
def store_days(draw: st.DrawFn) -> StoreDay:
    lines = tuple(sorted(draw(st.sets(st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,9}/[a-z0-9]{1,9}\Z"), max_size=4))))
    rows = draw(st.lists(seen_quarters | unseen_quarters, min_size=3 * len(lines), max_size=3 * len(lines)))
    start = datetime(2026, 11, 24, 3, tzinfo=UTC)
    keys = [(iso((start + i * timedelta(minutes=15)).timestamp()), line) for i in range(3) for line in lines]
    quarters = tuple(Quarter(*key, *row) for key, row in zip(keys, rows, strict=True))
    seen = [q for q in quarters if q.seen > 0]
    share = draw(st.none() | st.floats(0, 1))
    totals = (
        Totals(sum(q.in_ or 0 for q in seen), sum(q.out or 0 for q in seen), share)
        if seen
        else Totals(None, None, share)
    )
    return example_day(
        lines=lines, quarters=quarters, totals=totals, health=draw(healths), revision=draw(st.integers(1, 9999))
    )


@settings(deadline=None)
@given(store_days())
def test_whatever_can_be_written_is_read_back_the_same(day: StoreDay) -> None:
    data = store_day.to_bytes(day)
    assert store_day.from_bytes(data) == day
    assert store_day.to_bytes(store_day.from_bytes(data)) == data


@settings(deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_is_another_document(position: int, flip: int) -> None:
    data = GOOD[:position] + bytes([GOOD[position] ^ flip]) + GOOD[position + 1 :]
    try:
        day = store_day.from_bytes(data)
    except DocumentError:
        return
    assert day != example_day()
    assert store_day.to_bytes(day) == data


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='[]{}":,\\ue10-.nultrfsa ', max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        store_day.from_bytes(data)


def test_a_document_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        example_day().revision = 2  # type: ignore[misc]
    assert replace(example_day(), revision=2) != example_day()
