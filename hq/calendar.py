"""When a store is expected to be open: its weekly hours, the holidays of its region, its first and last day.

A day that is not expected and not heard of is closed; one that is expected and not heard of is missing, never zero.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine, delete, select, update

from hq.database import HqError, insert, reading, writing
from hq.tables import holiday, store
from hq.users import note

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? ((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-4]):[0-5]\d)")
REGION = r"[a-z0-9][a-z0-9-]{0,39}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A store's region, its hours by weekday, its first day and the day after its last.

    Hours are "09:00-20:00", or None on a weekday when it is shut; no hours at all: open on every day.
    """

    region: str
    hours: tuple[str | None, ...]
    opened: date | None
    closed: date | None


def read_hours(text: str) -> tuple[str | None, ...]:
    """Return the hours by weekday of "mon-fri 09:00-20:00, sat 10:00-18:00". Raises ValueError."""
    hours: list[str | None] = [None] * 7
    for part in text.lower().split(","):
        found = _PART.fullmatch(" ".join(part.split()))
        if found is None or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
            raise ValueError(f"hours: {part.strip()!r} must be as in mon-fri 09:00-20:00, sat 10:00-18:00")
        first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
        if first > last or found[3] >= found[4] or found[4] > "24:00":
            raise ValueError(f"hours: {part.strip()!r} must go forwards, from an earlier to a later one")
        hours[first : last + 1] = [f"{found[3]}-{found[4]}"] * (last + 1 - first)
    return tuple(hours)


def write_hours(hours: tuple[str | None, ...]) -> str:
    """Return hours by weekday as `read_hours` takes them."""
    parts: list[tuple[int, int, str]] = []
    for day, open_ in enumerate(hours):
        if open_ is None:
            continue
        if parts and parts[-1][1:] == (day - 1, open_):
            parts[-1] = (parts[-1][0], day, open_)
        else:
            parts.append((day, day, open_))
    names = (f"{DAYS[a]}-{DAYS[b]}" if b > a else DAYS[a] for a, b, _ in parts)
    return ", ".join(f"{name} {open_}" for name, (_, _, open_) in zip(names, parts, strict=True))


def calendar_of(engine: Engine, name: str) -> Calendar:
    """Return a store's calendar. Raises HqError where it is unknown."""
    query = select(store.c.region, store.c.hours, store.c.opened, store.c.closed).where(store.c.name == name)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None:
        raise HqError(f"{name} is not enrolled; nothing was changed")
    return Calendar(row[0], tuple(json.loads(row[1])) if row[1] else (), row[2], row[3])


def keep_calendar(
    engine: Engine, name: str, calendar: Calendar, by: str = "shell", now: datetime | None = None
) -> None:
    """Let a store have this calendar. Raises ValueError for a region that can't be one or days that go backwards."""
    if calendar.region and not re.fullmatch(REGION, calendar.region):
        raise ValueError(f"region: {calendar.region!r} must be 1 to 40 of a-z, 0-9 and -")
    if calendar.opened and calendar.closed and calendar.opened >= calendar.closed:
        raise ValueError("closed: must be after opened")
    weekdays = sum(1 << day for day, open_ in enumerate(calendar.hours) if open_) if calendar.hours else 127
    values = {
        "region": calendar.region,
        "hours": json.dumps(calendar.hours) if calendar.hours else "",
        "weekdays": weekdays,
        "opened": calendar.opened,
        "closed": calendar.closed,
    }
    with writing(engine) as connection:
        connection.execute(update(store).where(store.c.name == name).values(values))
        told = ", ".join(f"{key} {value or '-'}" for key, value in spoken(calendar).items())
        note(connection, by, f"calendar of {name}: {told}", now or datetime.now(UTC))


def spoken(calendar: Calendar) -> dict[str, str]:
    """Return a calendar's parts as a user writes them; what is left open is empty."""
    return {
        "region": calendar.region,
        "hours": write_hours(calendar.hours),
        "opened": str(calendar.opened or ""),
        "closed": str(calendar.closed or ""),
    }


def holidays(connection: Connection, first: date, most: int = 100) -> list[tuple[date, str, str]]:
    """Return day, region ("" is all) and name of the holidays from a day on."""
    query = select(holiday.c.day, holiday.c.region, holiday.c.name).where(holiday.c.day >= first)
    rows = connection.execute(query.order_by(holiday.c.day, holiday.c.region).limit(most))
    return [(day, region, name) for day, region, name in rows]


def add_holiday(
    engine: Engine, day: date, region: str, name: str, by: str = "shell", now: datetime | None = None
) -> None:
    """Let a region's stores, or all where it is "", be shut on a day. Raises ValueError."""
    if region and not re.fullmatch(REGION, region):
        raise ValueError(f"region: {region!r} must be 1 to 40 of a-z, 0-9 and -")
    if len(name) > 80 or not name.isprintable():
        raise ValueError("name: must be at most 80 characters")
    with writing(engine) as connection:
        made = insert(connection, holiday).values(region=region, day=day, name=name)
        connection.execute(made.on_conflict_do_update(index_elements=["region", "day"], set_={"name": name}))
        note(connection, by, f"{day} is a holiday{f' in {region}' if region else ''}", now or datetime.now(UTC))


def remove_holiday(engine: Engine, day: date, region: str, by: str = "shell", now: datetime | None = None) -> None:
    """Let that day be as any other again."""
    with writing(engine) as connection:
        connection.execute(delete(holiday).where(holiday.c.region == region, holiday.c.day == day))
        note(connection, by, f"{day} is no holiday{f' in {region}' if region else ''}", now or datetime.now(UTC))
