"""Time: UTC in, the shop's day out. The only file that knows "now".

A business day is a calendar date of the shop: it begins at `day_starts` (04:00 unless told) and ends where the next one
begins, so a bar's night belongs to the evening it started on. Where the clocks change, it has 23 or 25 hours.
"""

import time as _time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = 60
QUARTER = 15 * MINUTE


def now() -> float:
    """Seconds since 1970-01-01 UTC, from the system's clock."""
    return _time.time()


def stopwatch() -> float:
    """Seconds since some moment, for measuring how long a thing took."""
    return _time.perf_counter()


@dataclass(frozen=True, slots=True)
class ShopClock:
    """Turns UTC seconds into the shop's days and hours, and back."""

    zone: ZoneInfo
    day_starts: time = time(4, 0)

    def local(self, utc: float) -> datetime:
        """Return the shop's wall clock at `utc`."""
        return datetime.fromtimestamp(utc, self.zone)

    def day_of(self, utc: float) -> date:
        """Return the business day that `utc` belongs to."""
        calendar_day = self.local(utc).date()
        return calendar_day if utc >= self._start(calendar_day) else calendar_day - timedelta(days=1)

    def span(self, day: date) -> tuple[float, float]:
        """Return the first second of a business day and the first second after it, in UTC."""
        return self._start(day), self._start(day + timedelta(days=1))

    def hours(self, day: date) -> Iterator[tuple[datetime, float, float]]:
        """Yield (wall clock, start, end) of each hour of a business day; a repeated hour comes twice."""
        start, end = self.span(day)
        while start < end:
            yield self.local(start), start, min(start + 3600, end)
            start += 3600

    def at(self, day: date, wall: time) -> float:
        """Return the UTC second at which the wall clock shows `wall` within the business day `day`."""
        calendar_day = day if wall >= self.day_starts else day + timedelta(days=1)
        return datetime.combine(calendar_day, wall, self.zone).timestamp()

    def _start(self, day: date) -> float:
        return datetime.combine(day, self.day_starts, self.zone).timestamp()


def minute_of(utc: float) -> int:
    """Return the UTC second at which the minute of `utc` began."""
    return int(utc // MINUTE) * MINUTE


def iso(utc: float) -> str:
    """Return `utc` as RFC 3339 text in UTC, to the millisecond: 2026-11-24T16:36:05.250Z."""
    return datetime.fromtimestamp(utc, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
