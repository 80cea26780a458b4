"""Numbers and days as the page writes them. What isn't known is a dash, never 0."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from math import floor
from typing import Any

DASH = "–"
_NARROW = "\N{NARROW NO-BREAK SPACE}"


def number(value: int | None) -> str:
    """Return 12345 as "12 345"."""
    return DASH if value is None else f"{value:,}".replace(",", _NARROW)


def percent(share: float | None) -> str:
    """Return 0.967 as "96 %": rounded down, so that 100 % means all of it."""
    return DASH if share is None else f"{floor(share * 100 + 1e-9)}{_NARROW}%"


def tenths(value: float | None) -> str:
    """Return 12.345 as "12.3"."""
    return DASH if value is None else f"{value:.1f}"


def change(share: float | None) -> str:
    """Return 0.123 as "+12 %"."""
    if share is None:
        return DASH
    percents = round(share * 100)
    return f"{percents:{'+' if percents else ''}d}{_NARROW}%".replace("-", "\N{MINUS SIGN}")


def long_day(day: date) -> str:
    """Return "Tuesday 24 November 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    """Return "24 Nov"."""
    return f"{day.day} {day:%b}"


def moment(value: datetime | None) -> str:
    """Return "25 Nov 03:12"."""
    return DASH if value is None else f"{short_day(value)} {value:%H:%M}"


def utc_text(moment: datetime) -> str:
    """Return a moment as RFC 3339 text in UTC, to the second, as the database keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def some(names: Sequence[str], most: int = 4, count: int | None = None) -> str:
    """Return "a, b and c", or "a, b, c, d and 12 more"; `count` is how many there are, where `names` are the first."""
    shown = list(names[:most])
    rest = (len(names) if count is None else count) - len(shown)
    if not shown:
        return ""
    last = f"{rest} more" if rest else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "percent": percent,
    "change": change,
    "tenths": tenths,
    "long_day": long_day,
    "short_day": short_day,
    "moment": moment,
    "some": some,
}
