"""The tables. A migration is a named function, applied once, in one transaction with its record; it only ever adds.

An older program must be able to read what a newer one wrote, since an update may be rolled back.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("appliance")


@migrations()
def events(db: Database) -> None:
    """Crossings are facts, written once. Coverage is what a camera saw of each minute."""
    db.table("crossing").create(
        {"time": float, "camera": str, "line": str, "direction": str, "track": int, "frame": int, "at": float},
        not_null={"time", "camera", "line", "direction"},
    )
    db.table("crossing").create_index(["time"])
    db.execute(
        "CREATE TABLE coverage_minute (camera TEXT NOT NULL, minute INTEGER NOT NULL, seen REAL NOT NULL,"
        " frames INTEGER NOT NULL, PRIMARY KEY (minute, camera)) WITHOUT ROWID"
    )


@migrations()
def store_days(db: Database) -> None:
    """Closed days as they were signed, and what headquarters has not acknowledged yet."""
    db.table("store_day").create(
        {
            "day": str,
            "revision": int,
            "digest": str,
            "body": bytes,
            "signature": str,
            "closed_at": float,
            "acknowledged_at": float,
        },
        pk=("day", "revision"),
    )
    db.table("outbox").create(
        {"day": str, "revision": int, "tries": int, "last_try": float, "last_answer": str, "parked": int},
        pk=("day", "revision"),
        foreign_keys=[],
        defaults={"tries": 0, "parked": 0},
    )


@migrations()
def settings(db: Database) -> None:
    """When the settings that decide the numbers changed, so that a step in a curve can be explained."""
    db.table("setting_change").create({"time": float, "fingerprint": str, "version": str}, pk="time")


@migrations()
def nights(db: Database) -> None:
    """What the line is like by hour of the night, and what was decided about sending, in words."""
    db.execute("CREATE TABLE line_hour (hour INTEGER PRIMARY KEY, sketch BLOB NOT NULL, faded_at REAL NOT NULL)")
    db.execute(
        "CREATE TABLE night_note (time REAL PRIMARY KEY, verdict TEXT NOT NULL, why TEXT NOT NULL,"
        " bytes INTEGER NOT NULL DEFAULT 0, documents INTEGER NOT NULL DEFAULT 0)"
    )


@migrations()
def releases(db: Database) -> None:
    """The version that headquarters means for this box, the newest index that was believed, and what came of it."""
    db.execute(
        "CREATE TABLE release (one INTEGER PRIMARY KEY CHECK (one = 1), meant TEXT NOT NULL DEFAULT '',"
        " serial INTEGER NOT NULL DEFAULT 0, fetched TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT '',"
        " tries INTEGER NOT NULL DEFAULT 0, last_try REAL NOT NULL DEFAULT 0)"
    )
    db.execute("INSERT INTO release (one) VALUES (1)")


@migrations()
def visitors(db: Database) -> None:
    """Who came in, as far as faces tell: sums a quarter-hour and trait, and how often the net errs. No face is kept."""
    db.execute(
        "CREATE TABLE visitor_mix_quarter (quarter INTEGER NOT NULL, camera TEXT NOT NULL, trait TEXT NOT NULL,"
        " persons REAL NOT NULL, PRIMARY KEY (quarter, camera, trait)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE mix_error (truth TEXT NOT NULL, said TEXT NOT NULL, share REAL NOT NULL,"
        " PRIMARY KEY (truth, said)) WITHOUT ROWID"
    )


@migrations()
def clocks(db: Database) -> None:
    """How far headquarters' clock was ahead of the box's when it last acknowledged, to the second."""
    db.execute("CREATE TABLE clock_offset (one INTEGER PRIMARY KEY CHECK (one = 1), seconds REAL, time REAL)")
    db.execute("INSERT INTO clock_offset (one) VALUES (1)")


@migrations()
def marks(db: Database) -> None:
    """What looks said of who crossed: "back", "staff" or nothing. Of the looks themselves nothing is kept."""
    db.execute("ALTER TABLE crossing ADD COLUMN mark TEXT NOT NULL DEFAULT ''")


@migrations()
def hangings(db: Database) -> None:
    """How each camera hangs, with sketches that make no picture (decisions/camera-moved.md), and when that changed."""
    db.execute(
        "CREATE TABLE camera_hanging (camera TEXT PRIMARY KEY, set_up TEXT NOT NULL, state TEXT NOT NULL,"
        " since REAL NOT NULL, begun REAL NOT NULL, x REAL NOT NULL, y REAL NOT NULL, turned INTEGER NOT NULL,"
        " looks BLOB NOT NULL)"
    )
    db.execute(
        "CREATE TABLE hanging_change (camera TEXT NOT NULL, time REAL NOT NULL, state TEXT NOT NULL,"
        " PRIMARY KEY (camera, time)) WITHOUT ROWID"
    )
