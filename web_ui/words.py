"""How numbers are written. What isn't known is a dash, never 0. All words stand in the templates."""

from collections.abc import Callable
from math import floor, log10
from typing import Any

DASH = "–"
_NARROW = "\N{NARROW NO-BREAK SPACE}"


def number(value: float | None) -> str:
    """Return 12345 as "12 345"."""
    return DASH if value is None else f"{value:,.0f}".replace(",", _NARROW)


def percent(share: float | None) -> str:
    """Return 0.967 as "96 %": rounded down, so that 100 % means all of it."""
    return DASH if share is None else f"{floor(share * 100 + 1e-9)}{_NARROW}%"


def size(count: float) -> str:
    """Return a number of bytes as "1.4 GB"."""
    power = min(3, int(log10(max(1.0, count)) // 3))
    scaled = count / 1000**power
    return f"{scaled:.{0 if scaled >= 10 or not power else 1}f}{_NARROW}{('B', 'kB', 'MB', 'GB')[power]}"


FILTERS: dict[str, Callable[..., Any]] = {"number": number, "percent": percent, "size": size}
