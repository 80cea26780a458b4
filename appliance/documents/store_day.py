"""The store-day: what one shop tells headquarters about one business day, the only document with numbers in it.

Not seen is not zero: a quarter-hour that no camera saw has null counts, and one that is not listed was not seen either.
Every time is UTC as `appliance.clock.iso` writes it (2026-11-24T16:30:00.000Z); the day belongs to the shop.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from appliance.documents.canonical import DocumentError
from appliance.documents.wire import arguments, dump, parse

FORMAT = "tallybox.store-day/1"
QUARTER = timedelta(minutes=15)
_LONGEST_DAY = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter-hour at one line: when it began, crossings in and out, and the seconds of it that were seen (0..900).

    Both counts are None exactly when `seen` is 0.
    """

    start: str
    line: str
    in_: int | None
    out: int | None
    seen: float


@dataclass(frozen=True, slots=True)
class Totals:
    """The day's counts (None when no quarter-hour was seen) and the share of the opening hours that was seen, 0..1.

    `seen_share` is None on a day without opening hours.
    """

    in_: int | None
    out: int | None
    seen_share: float | None


@dataclass(frozen=True, slots=True)
class Software:
    """What counted: the program's version, the net's name and its file's sha256 (64 hex digits)."""

    version: str
    net: str
    net_sha256: str


@dataclass(frozen=True, slots=True)
class StoreDay:
    """One shop's business day, at one revision (1, 2, ...; a later one replaces the view of an earlier one).

    `opened` and `closed` are the first moment of the business day and the first after it. `lines` are "camera/line", in
    order; `quarters` are ordered by start, then line. `configuration` is the sha256 (64 hex digits) of what decides the
    numbers. `health` is a dict of numbers and short texts.
    """

    store: str
    day: str
    revision: int
    zone: str
    opened: str
    closed: str
    made: str
    lines: tuple[str, ...]
    quarters: tuple[Quarter, ...]
    totals: Totals
    software: Software
    configuration: str
    health: Mapping[str, float | str] = field(default_factory=dict, hash=False)
    format: str = FORMAT


def to_bytes(document: StoreDay) -> bytes:
    """Return the canonical bytes to sign and send. Raises DocumentError for what headquarters would refuse."""
    data = dump(document, "store_day")
    _require_sense(document)
    return data


def from_bytes(data: bytes) -> StoreDay:
    """Parse and check the bytes of a store-day, whoever sent them. Raises DocumentError with one reason."""
    value = parse(data, "store_day")
    document = StoreDay(**{**value, **_parts(value)})
    _require_sense(document)
    return document


def _parts(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "lines": tuple(value["lines"]),
        "quarters": tuple(Quarter(**arguments(quarter)) for quarter in value["quarters"]),
        "totals": Totals(**arguments(value["totals"])),
        "software": Software(**value["software"]),
    }


def _require_sense(document: StoreDay) -> None:
    """Raise DocumentError for what a schema can't say: real dates, order, and counts of what was not seen."""
    _day(document.day)
    _moment(document.made, "made")
    opened, closed = _moment(document.opened, "opened"), _moment(document.closed, "closed")
    if not timedelta() < closed - opened <= _LONGEST_DAY:
        raise DocumentError("closed: must be after opened, by 48 hours at most")
    if any(earlier >= later for earlier, later in pairwise(document.lines)):
        raise DocumentError("lines: must be in order, each once")
    if any((a.start, a.line) >= (b.start, b.line) for a, b in pairwise(document.quarters)):
        raise DocumentError("quarters: must be ordered by start and line, each once")
    lines = set(document.lines)
    for number, quarter in enumerate(document.quarters):
        where = f"quarters[{number}]"
        if quarter.line not in lines:
            raise DocumentError(f"{where}.line: is not one of lines")
        if not opened - QUARTER < _moment(quarter.start, f"{where}.start") < closed:
            raise DocumentError(f"{where}.start: is outside of the day")
        _require_honest(where, quarter.in_, quarter.out, quarter.seen > 0)
    seen = any(quarter.seen > 0 for quarter in document.quarters)
    _require_honest("totals", document.totals.in_, document.totals.out, seen)


def _require_honest(where: str, in_: int | None, out: int | None, seen: bool) -> None:
    if (in_ is not None) != seen or (out is not None) != seen:
        raise DocumentError(f"{where}: counts must be null when nothing was seen, and numbers when something was")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DocumentError("day: is not a date of the calendar") from None


def _moment(text: str, where: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise DocumentError(f"{where}: is not a moment of the calendar") from None
