"""How much of the opening hours so far the cameras saw. A moment counts as seen when pictures came at most a second
apart, whoever walked by; with several cameras it is the mean of them. Of a day without opening hours it is unknown.

Without opening hours so far, the other numbers of that day say how much of the whole day they saw instead.
"""

from sqlite_utils import Database

from appliance.clock import MINUTE
from appliance.metrics.shop_day import ShopDay, Span
from appliance.metrics.value import Value
from appliance.storage import queries

VERSION, TITLE = 1, "Seen"
HALF = MINUTE / 2


def measure(database: Database, day: ShopDay) -> Value:
    """Return the share of the opening hours so far that was seen; None before the shop opens and on a closed day."""
    share = seen_share(database, day)
    return Value(share if day.opening_so_far else None, share)


def seen_share(database: Database, day: ShopDay, span: Span | None = None) -> float:
    """Return which share of a span (whole minutes) the day's cameras saw, 0..1; unless told, of the watched time."""
    start, end = span or day.watched
    end = min(end, day.known)
    if end <= start or not day.cameras:
        return 0.0
    rows = queries.seen(database, start, end, end - start)
    seconds = sum(min(row.seconds, end - start) for row in rows if row.camera in day.cameras)
    return seconds / (len(day.cameras) * (end - start))


def by_minute(database: Database, day: ShopDay) -> dict[int, float]:
    """Return the share of each minute that was seen, by its first second; a minute that was not seen has no entry."""
    minutes: dict[int, float] = {}
    for row in queries.seen(database, day.start, day.until, MINUTE):
        if row.camera in day.cameras:
            minutes[int(row.start)] = minutes.get(int(row.start), 0.0) + min(1.0, row.seconds / MINUTE)
    return {minute: seen / len(day.cameras) for minute, seen in minutes.items()}


def gaps(minutes: dict[int, float], span: Span) -> list[Span]:
    """Return the stretches of a span, in whole minutes, of which less than half was seen."""
    found: list[Span] = []
    minute = int(span[0])
    while minute < span[1]:
        if minutes.get(minute, 0.0) < HALF / MINUTE:
            start = found.pop()[0] if found and found[-1][1] == minute else float(minute)
            found.append((start, float(minute + MINUTE)))
        minute += MINUTE
    return found
