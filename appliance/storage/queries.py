"""The queries that read. Every sum is folded from the crossings; nothing is stored twice.

Spans are half open, [start, end), in UTC seconds. Days and hours are the caller's matter.
"""

from dataclasses import dataclass

from sqlite_utils import Database

from appliance.frame import Hanging


@dataclass(frozen=True, slots=True)
class LineCount:
    """In- and out-crossings of one line within one bucket of time."""

    start: float
    camera: str
    line: str
    ins: int
    outs: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What a camera saw of one bucket of time, in seconds."""

    start: float
    camera: str
    seconds: float
    frames: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A closed day's newest revision on its way to headquarters; `acknowledged` is None until they hold it."""

    day: str
    revision: int
    closed: float
    acknowledged: float | None
    tries: int
    answer: str
    parked: bool


@dataclass(frozen=True, slots=True)
class Night:
    """What a look at the line decided, and what was sent then."""

    time: float
    verdict: str
    why: str
    bytes: int
    documents: int


def nights(db: Database, most: int) -> list[Night]:
    """Return what was decided about sending, newest first; none where the night has never run on this database."""
    if not db.table("night_note").exists():
        return []
    rows = db.execute("SELECT time, verdict, why, bytes, documents FROM night_note ORDER BY time DESC LIMIT ?", [most])
    return [Night(*row) for row in rows]


def line_counts(db: Database, start: float, end: float, step: float) -> list[LineCount]:
    """Return the crossings by line in buckets of `step` seconds from `start`; a bucket without any has no row."""
    rows = db.execute(
        "SELECT CAST((time - :start) / :step AS INTEGER) AS bucket, camera, line,"
        " sum(direction = 'in'), sum(direction = 'out') FROM crossing"
        " WHERE time >= :start AND time < :end GROUP BY bucket, camera, line ORDER BY bucket, camera, line",
        {"start": start, "end": end, "step": step},
    )
    return [LineCount(start + bucket * step, camera, line, ins, outs) for bucket, camera, line, ins, outs in rows]


def seen(db: Database, start: float, end: float, step: float) -> list[Seen]:
    """Return the seconds seen by camera in buckets of `step` seconds (whole minutes) from `start`."""
    rows = db.execute(
        "SELECT CAST((minute - :start) / :step AS INTEGER) AS bucket, camera, sum(seen), sum(frames)"
        " FROM coverage_minute WHERE minute >= :start AND minute < :end GROUP BY bucket, camera"
        " ORDER BY bucket, camera",
        {"start": start, "end": end, "step": step},
    )
    return [Seen(start + bucket * step, camera, seconds, frames) for bucket, camera, seconds, frames in rows]


def visitor_mix(db: Database, start: float, end: float) -> dict[str, float]:
    """Return the persons by trait in the quarters that begin within the span; nothing where nobody asked for it."""
    if not db.table("visitor_mix_quarter").exists():
        return {}
    rows = db.execute(
        "SELECT trait, sum(persons) FROM visitor_mix_quarter WHERE quarter >= ? AND quarter < ? GROUP BY trait",
        [start, end],
    )
    return dict(rows)


def mix_errors(db: Database) -> list[tuple[str, str, float]]:
    """Return how often the net says what of whom: truth, what is said, share."""
    return list(db.execute("SELECT truth, said, share FROM mix_error")) if db.table("mix_error").exists() else []


def hangings(db: Database) -> dict[str, Hanging]:
    """Return how each camera hangs, as far as that was looked at."""
    if not db.table("camera_hanging").exists():
        return {}
    rows = db.execute("SELECT camera, set_up, state, since, begun, x, y, turned, looks FROM camera_hanging")
    return {row[0]: Hanging(*row) for row in rows}


def hanging_changes(db: Database, until: float) -> list[tuple[str, float, str]]:
    """Return when each camera was found to hang otherwise before `until`, as (camera, time, state) in that order."""
    if not db.table("hanging_change").exists():
        return []
    rows = db.execute("SELECT camera, time, state FROM hanging_change WHERE time < ? ORDER BY camera, time", [until])
    return list(rows)


def first_minute(db: Database) -> int | None:
    """Return the first minute that any camera saw, or None where nothing was seen yet."""
    row = db.execute("SELECT min(minute) FROM coverage_minute").fetchone()
    return None if row is None or row[0] is None else int(row[0])


def camera_began(db: Database, camera: str) -> int | None:
    """Return the first minute of one camera, or None where it never gave a picture."""
    row = db.execute("SELECT minute FROM coverage_minute WHERE camera = ? ORDER BY minute LIMIT 1", [camera]).fetchone()
    return None if row is None else int(row[0])


def deliveries(db: Database, most: int) -> list[Delivery]:
    """Return the newest `most` closed days, the latest first, each in its newest revision."""
    rows = db.execute(
        "SELECT s.day, max(s.revision), s.closed_at, s.acknowledged_at, coalesce(o.tries, 0),"
        " coalesce(o.last_answer, ''), coalesce(o.parked, 0) FROM store_day s"
        " LEFT JOIN outbox o ON o.day = s.day AND o.revision = s.revision GROUP BY s.day ORDER BY s.day DESC LIMIT ?",
        [most],
    )
    return [
        Delivery(day, revision, closed, acknowledged, tries, answer, bool(parked))
        for day, revision, closed, acknowledged, tries, answer, parked in rows
    ]


def marks_of_entries(db: Database, start: float, end: float) -> dict[str, int]:
    """Return how many crossings inwards bear which mark ("back", "staff"); those without one are left out."""
    query = "SELECT mark, count(*) FROM crossing WHERE time >= ? AND time < ? AND direction = 'in' AND mark != ''"
    return dict(db.execute(f"{query} GROUP BY mark", [start, end]).fetchall())


def last_change(db: Database) -> float | None:
    """Return when the settings that decide the numbers, or the program, last changed."""
    row = db.execute("SELECT max(time) FROM setting_change").fetchone()
    return None if row is None or row[0] is None else float(row[0])


def latest_crossings(db: Database, start: float, most: int) -> list[tuple[float, str, str, str]]:
    """Return the newest crossings since `start` as (time, camera, line, direction), newest first."""
    return list(
        db.execute(
            "SELECT time, camera, line, direction FROM crossing WHERE time >= ? ORDER BY time DESC LIMIT ?",
            [start, most],
        )
    )
