"""A store's day by the hour of its own clock, read from the body of the day's latest revision."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select

from hq.tables import store_day


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour, named as the shop's clock has it; counts are None where nothing was seen in it."""

    begins: str
    in_: int | None
    out: int | None


def hours_of(connection: Connection, name: str, day: date) -> list[Hour]:
    """Return the hours from the first to the last in which something was seen; none where nothing was told."""
    kept = store_day.c
    query = select(kept.body).where(kept.store == name, kept.day == day).order_by(kept.revision.desc()).limit(1)
    body = connection.execute(query).scalar()
    if body is None:
        return []
    told = json.loads(body)
    zone = _zone(told["zone"])
    sums: dict[int, list[int]] = {}
    for quarter in told["quarters"]:
        if quarter["in"] is not None:
            local = datetime.fromisoformat(quarter["start"]).astimezone(zone)
            hour = local.toordinal() * 24 + local.hour
            so_far = sums.setdefault(hour, [0, 0])
            so_far[0] += quarter["in"]
            so_far[1] += quarter["out"]
    return [
        Hour(f"{hour % 24:02}", *sums.get(hour, (None, None)))
        for hour in (range(min(sums), max(sums) + 1) if sums else ())
    ]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
