"""A business day by the hour: what the charts draw."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from appliance.metrics.coverage import by_minute, gaps
from appliance.metrics.shop_day import ShopDay, Span
from appliance.metrics.value import Value
from appliance.storage import queries


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the shop's wall clock. `gaps` are its stretches that were not seen, cut to the opening hours."""

    start: float
    end: float
    wall: datetime
    ins: Value
    outs: Value
    begun: bool
    over: bool
    gaps: tuple[Span, ...]


def hours_of_day(database: Database, day: ShopDay) -> list[Hour]:
    """Return the hours that touch the opening hours, and any other in which somebody was counted.

    Of an hour that is only partly open, the seen share is that of the open part.
    """
    minutes = by_minute(database, day)
    counts = {start: [0, 0] for _, start, _ in day.clock.hours(day.day)}
    for row in queries.line_counts(database, day.start, day.until, 3600):
        counts[row.start][0] += row.ins
        counts[row.start][1] += row.outs
    found = []
    for wall, start, end in day.clock.hours(day.day):
        ins, outs = counts[start]
        ought = _overlap((start, end), day.opening)
        if ought is None and not ins + outs:
            continue
        span = _overlap(ought or (start, end), (day.start, day.known))
        seen = _share(minutes, span) if span else 0.0
        found.append(
            Hour(
                start=start,
                end=end,
                wall=wall,
                ins=Value.counted(ins, seen),
                outs=Value.counted(outs, seen),
                begun=start < day.until,
                over=end <= day.until,
                gaps=tuple(gaps(minutes, span)) if span else (),
            )
        )
    return found


def gaps_of_day(database: Database, day: ShopDay) -> list[Span]:
    """Return the stretches of the opening hours so far that were not seen."""
    return gaps(by_minute(database, day), day.opening_so_far) if day.opening_so_far else []


def _overlap(one: Span, other: Span | None) -> Span | None:
    if other is None:
        return None
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def _share(minutes: dict[int, float], span: Span) -> float:
    inside = range(int(span[0]), int(span[1]), 60)
    return sum(minutes.get(minute, 0.0) for minute in inside) / max(1, len(inside))
