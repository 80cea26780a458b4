"""Which version a box is meant to run: canaries first, then a tenth, then all. Headquarters names a version, no more.

What a box installs is signed by the release key, so a taken-over headquarters can't push code. A ring stops by itself
when too many of its boxes that run the version report serious illness; a stopped ring's boxes are told what the next
wider ring runs.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Engine, and_, case, func, or_, select, update

from hq.database import HqError, insert, reading, writing
from hq.tables import latest_day, release, store
from hq.users import note
from hq.words import utc_text

RINGS = ("canary", "tenth", "all")
SERIOUS = ("counter", "camera")  # a release may break these; power, heat and clocks are the shop's
MOST_ILL, LEAST_BOXES = 0.1, 3
_DAYS = timedelta(days=2)
_VERSION = re.compile(r"[A-Za-z0-9.+_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Release:
    """A ring's version; `heard` boxes told of days with it in the last two, `ill` of them something serious."""

    ring: str
    version: str
    stopped: bool
    why: str
    heard: int
    ill: int


def is_tenth(name: str) -> bool:
    """Say whether a store is in the tenth: by its name alone, so the same in every process."""
    return int.from_bytes(sha256(name.encode()).digest()[:4]) % 10 == 0


def set_ring(engine: Engine, name: str, canary: bool, now: datetime) -> None:
    """Make a store a canary, or no longer. Raises HqError for an unknown store."""
    with writing(engine) as connection:
        ring = "canary" if canary else "all"
        if connection.execute(update(store).where(store.c.name == name).values(ring=ring)).rowcount != 1:
            raise HqError(f"{name} is not enrolled; nothing was changed")
        note(connection, "shell", f"{name} is {'a' if canary else 'no'} canary", now)


def name_version(engine: Engine, ring: str, version: str, now: datetime) -> None:
    """Let a ring run a version; a stopped ring goes on. Raises ValueError."""
    if ring not in RINGS:
        raise ValueError(f"ring: must be one of {', '.join(RINGS)}")
    if not _VERSION.fullmatch(version):
        raise ValueError("version: must be 1 to 40 of letters, digits and .+_-")
    row = {"version": version, "named_at": utc_text(now), "stopped_at": None, "why": ""}
    with writing(engine) as connection:
        made = insert(connection, release).values(ring=ring, **row)
        connection.execute(made.on_conflict_do_update(index_elements=["ring"], set_=row))
        note(connection, "shell", f"{ring} runs {version}", now)


def meant_for(engine: Engine, name: str) -> str:
    """Return the version that a store's box is meant to run, or "" where none was named."""
    with reading(engine) as connection:
        going = select(release.c.ring, release.c.version).where(release.c.stopped_at.is_(None))
        named = {row.ring: row.version for row in connection.execute(going)}
        if not named:
            return ""
        ring = connection.execute(select(store.c.ring).where(store.c.name == name)).scalar()
    mine = [ring == "canary", is_tenth(name), True]
    return next((named[of] for of, is_in in zip(RINGS, mine, strict=True) if is_in and of in named), "")


def stop_ill(engine: Engine, now: datetime) -> list[str]:
    """Stop every ring with too many ill boxes; return the rings that were stopped by this call."""
    with reading(engine) as connection:
        found = [it for it in _releases(connection, now) if not it.stopped]
    ill = [it for it in found if it.heard >= LEAST_BOXES and it.ill > MOST_ILL * it.heard]
    for it in ill:
        why = f"{it.ill} of {it.heard} boxes with {it.version} report {' or '.join(SERIOUS)}"
        mine = (release.c.ring == it.ring, release.c.version == it.version, release.c.stopped_at.is_(None))
        with writing(engine) as connection:
            done = connection.execute(update(release).where(*mine).values(stopped_at=utc_text(now), why=why))
            if done.rowcount == 1:
                note(connection, "headquarters", f"stopped {it.ring}: {why}", now)
    return [it.ring for it in ill]


def releases(engine: Engine, now: datetime) -> list[Release]:
    """Return what every ring is meant to run and how its boxes are."""
    with reading(engine) as connection:
        return _releases(connection, now)


def _releases(connection: Connection, now: datetime) -> list[Release]:
    since = now.astimezone(UTC).date() - _DAYS
    found = latest_day.c
    serious = or_(*(found.ills.contains(word, autoescape=True) for word in SERIOUS))
    rows = connection.execute(select(release)).all()
    told = {}
    for row in rows:
        query = (
            select(func.count(found.store.distinct()), func.count(case((serious, found.store)).distinct()))
            .join_from(latest_day, store, store.c.name == found.store)
            .where(found.day >= since, found.version == row.version, found.received_at >= row.named_at)
        )
        if row.ring == "canary":
            query = query.where(and_(store.c.ring == "canary"))
        heard, ill = connection.execute(query).one()
        told[row.ring] = Release(row.ring, row.version, row.stopped_at is not None, row.why, heard, ill)
    return [told[ring] for ring in RINGS if ring in told]
