"""What a value in the configuration file may be. Each check returns the parsed value or raises ValueError saying what
it must be, in words that follow "must be".
"""

import re
from collections.abc import Callable
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def text(pattern: str, what: str) -> Callable[[Any], str]:
    """Accept text that matches `pattern`."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(what)
        return value

    return check


def number(low: float, high: float, kind: type = float) -> Callable[[Any], Any]:
    """Accept a number of that kind within the bounds."""

    def check(value: Any) -> Any:
        good = isinstance(value, int) and not isinstance(value, bool)
        if not (good or (kind is float and isinstance(value, float))) or not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return kind(value)

    return check


def choice(*names: str) -> Callable[[Any], str]:
    """Accept one of the names."""

    def check(value: Any) -> str:
        if value not in names:
            raise ValueError("one of " + ", ".join(names))
        return str(value)

    return check


def yes_or_no(value: Any) -> bool:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def ages(value: Any) -> tuple[tuple[int, int], ...]:
    """Turn the years at which bands begin, [12, 20], into bands with both ends: (0, 11), (12, 19), (20, 100)."""
    good = isinstance(value, list) and 0 < len(value) <= 12 and all(type(year) is int for year in value)
    if not good or sorted(set(value)) != value or not 1 <= value[0] <= value[-1] <= 90:
        raise ValueError("1 to 12 rising years from 1 to 90 at which a band begins, such as [12, 20, 35]")
    starts = [0, *value]
    return tuple(zip(starts, [start - 1 for start in value] + [100], strict=True))


def zone(value: Any) -> ZoneInfo:
    """Turn an IANA name into its time zone."""
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError("an IANA time zone such as Europe/Berlin") from None


def clock_time(value: Any) -> time:
    """Turn "04:00" into a time of day."""
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError('a time of day such as "04:00"') from None


def hours(value: Any) -> tuple[time, time] | None:
    """Turn "09:00-20:00" into two times and "closed" into None; an end at or before the start is on the next day."""
    if value == "closed":
        return None
    match = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", value) if isinstance(value, str) else None
    if not match:
        raise ValueError('"HH:MM-HH:MM" or "closed"')
    opens, closes = (time(0) if part == "24:00" else clock_time(part) for part in match.groups())
    return opens, closes


def point(value: Any) -> tuple[float, float]:
    """Turn [x, y] into a point of the picture."""
    numbers = isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value)
    if not numbers or not all(0 <= v <= 1 for v in value):
        raise ValueError("a point [x, y] within the picture, each from 0 to 1")
    return float(value[0]), float(value[1])


def size_or_auto(value: Any) -> tuple[int, int] | None:
    """Turn "384x224" into (384, 224), and "auto" into None."""
    if value == "auto":
        return None
    try:
        return size(value)
    except ValueError as error:
        raise ValueError(f'"auto", or {error}') from None


def size(value: Any) -> tuple[int, int]:
    """Turn "384x224" into (384, 224)."""
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", value) if isinstance(value, str) else None
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(64 <= side <= 1280 and side % 32 == 0 for side in size):
        raise ValueError("WIDTHxHEIGHT in multiples of 32, such as 384x224")
    return size
