"""One business day of one shop, as far as it has come: what every metric is asked about.

Which cameras a day expects: those set up with a line, unless the day ended before their first picture; those that saw
something that day and are not set up any more; and those that counted somebody. A camera that is set up and gave no
picture today is expected, and missing.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from appliance.clock import ShopClock, minute_of
from appliance.config import Settings
from appliance.storage import queries

WRITTEN_AFTER = 10.0  # seconds after a minute's end until its coverage is surely on the disk

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ShopDay:
    """A business day [start, end), known until `until`. `opening` are the opening hours within it, None when closed."""

    day: date
    settings: Settings
    start: float
    end: float
    until: float
    opening: Span | None
    cameras: frozenset[str]

    @property
    def clock(self) -> ShopClock:
        """The shop's clock."""
        return self.settings.shop.clock

    @property
    def over(self) -> bool:
        """Say whether the day has ended."""
        return self.until >= self.end

    @property
    def known(self) -> float:
        """The moment until which coverage is written: the last whole minute, or the day's end."""
        return self.end if self.over else float(minute_of(self.until - WRITTEN_AFTER))

    @property
    def opening_so_far(self) -> Span | None:
        """The opening hours until now, or None where the shop has not opened that day."""
        if self.opening is None or self.known <= self.opening[0]:
            return None
        return self.opening[0], min(self.opening[1], self.known)

    @property
    def watched(self) -> Span:
        """The time that ought to have been seen: the opening hours so far, without any the whole day so far."""
        return self.opening_so_far or (self.start, max(self.start, self.known))


def day_of(database: Database, settings: Settings, day: date, now: float) -> ShopDay:
    """Return a business day as it is known at `now` (UTC seconds); a day to come is empty."""
    start, end = settings.shop.clock.span(day)
    until = min(max(now, start), end)
    return ShopDay(day, settings, start, end, until, opening(settings, day), _cameras(database, settings, start, until))


def today(database: Database, settings: Settings, now: float) -> ShopDay:
    """Return the business day that `now` belongs to."""
    return day_of(database, settings, settings.shop.clock.day_of(now), now)


def week_before(database: Database, day: ShopDay) -> ShopDay:
    """Return the same weekday a week ago, until the same time of day; a day that is over with the whole of it."""
    earlier = day.day - timedelta(days=7)
    if day.over:
        return day_of(database, day.settings, earlier, day.until)
    wall = day.clock.local(day.until).time()
    return day_of(database, day.settings, earlier, day.clock.at(earlier, wall))


def opening(settings: Settings, day: date) -> Span | None:
    """Return the opening hours of a day in UTC, cut to its business day, or None when the shop is closed."""
    told = settings.shop.hours[day.weekday()]
    if told is None:
        return None
    start, end = settings.shop.clock.span(day)
    opens, closes = (settings.shop.clock.at(day, wall) for wall in told)
    if told[0] == told[1]:
        return start, end
    if closes <= opens:  # one of the two lies beyond the moment at which the business day changes
        opens, closes = (start, closes) if told[0] < settings.shop.day_starts else (opens, end)
    return opens, closes


def _cameras(database: Database, settings: Settings, start: float, until: float) -> frozenset[str]:
    length = max(1.0, until - start)
    configured = {camera.name: bool(camera.lines) for camera in settings.cameras}
    saw = {row.camera for row in queries.seen(database, start, until, length)}
    counted = {row.camera for row in queries.line_counts(database, start, until, length)}
    drawn = {name for name, has_lines in configured.items() if has_lines}
    expected = {name for name in drawn if name in saw or _had_begun(database, name, until)}
    return frozenset(expected | counted | (saw - configured.keys()))


def _had_begun(database: Database, camera: str, until: float) -> bool:
    """Say whether a camera had given a picture by then, or never gave one: then it is missing, not yet to come."""
    began = queries.camera_began(database, camera)
    return began is None or began < until
