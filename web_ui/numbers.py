"""The numbers of a page, gathered from the metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from appliance import metrics
from appliance.config import Settings
from appliance.metrics import Comparison, Hour, ShopDay, Span, Value
from appliance.metrics.shop_day import week_before
from appliance.storage import queries
from web_ui.charts import Bar

MOSTLY = 0.9  # a day of which less was seen is hatched, as wide as what was not


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """One day at a glance. `closed`: it has no opening hours."""

    day: date
    ins: Value
    outs: Value
    seen: Value
    closed: bool
    over: bool


@dataclass(frozen=True, slots=True)
class WholeDay:
    """All that the page tells of one day."""

    of: ShopDay
    glance: DayNumbers
    inside: Value
    comparison: Comparison | None
    hours: Sequence[Hour]
    gaps: Sequence[Span]
    before: dict[str, int]
    lines: Sequence[tuple[str, str, int, int]]

    @property
    def missed(self) -> float:
        """Seconds of the opening hours so far that were not seen."""
        return sum(end - start for start, end in self.gaps)

    def bars(self) -> list[Bar]:
        """Return the day by the hour as a chart's bars, with the week before as dashes."""
        return [
            Bar(
                of=hour,
                value=_whole(hour.ins) if hour.begun else None,
                before=self.before.get(f"{hour.wall:%H%M}"),
                gaps=tuple(_within(gap, hour) for gap in hour.gaps),
                pale=not hour.over,
            )
            for hour in self.hours
        ]


def whole_day(database: Database, day: ShopDay) -> WholeDay:
    """Gather one day."""
    earlier = metrics.day_of(database, day.settings, week_before(database, day).day, day.until)
    before = metrics.hours_of_day(database, earlier)
    return WholeDay(
        of=day,
        glance=glance(database, day),
        inside=metrics.METRICS["occupancy"].measure(database, day),
        comparison=metrics.compare(database, day),
        hours=metrics.hours_of_day(database, day),
        gaps=metrics.gaps_of_day(database, day),
        before={f"{h.wall:%H%M}": int(h.ins.number) for h in before if h.ins.number is not None},
        lines=_by_line(database, day),
    )


def glance(database: Database, day: ShopDay) -> DayNumbers:
    """Gather one day at a glance."""
    ins, outs, seen = (metrics.METRICS[name].measure(database, day) for name in ("footfall", "departures", "coverage"))
    return DayNumbers(day.day, ins, outs, seen, day.opening is None, day.over)


def days(database: Database, settings: Settings, last: date, count: int, now: float) -> list[DayNumbers]:
    """Gather the `count` days until `last`, the earliest first."""
    return [
        glance(database, metrics.day_of(database, settings, last - timedelta(days=ago), now))
        for ago in reversed(range(count))
    ]


def day_bars(rows: Sequence[DayNumbers], hrefs: dict[date, str], bold: date | None = None) -> list[Bar]:
    """Return days as a chart's bars; the hatched part of a day is the share that was not seen."""
    return [
        Bar(
            of=row,
            value=None if row.closed and not row.ins.number else _whole(row.ins),
            gaps=((row.ins.seen, 1.0),) if not row.closed and row.day in hrefs and row.ins.seen < MOSTLY else (),
            pale=not row.over,
            soft=bold is not None and row.day != bold,
            href=hrefs.get(row.day, ""),
        )
        for row in rows
    ]


def first_day(database: Database, settings: Settings) -> date | None:
    """Return the business day on which the box began to see, or None where it has seen nothing yet."""
    minute = queries.first_minute(database)
    return None if minute is None else settings.shop.clock.day_of(minute)


def _by_line(database: Database, day: ShopDay) -> list[tuple[str, str, int, int]]:
    rows = queries.line_counts(database, day.start, day.until, max(1.0, day.until - day.start))
    return [(row.camera, row.line, row.ins, row.outs) for row in rows]


def _whole(value: Value) -> int | None:
    return None if value.number is None else int(value.number)


def _within(gap: Span, hour: Hour) -> tuple[float, float]:
    length = hour.end - hour.start
    return (gap[0] - hour.start) / length, (gap[1] - hour.start) / length
