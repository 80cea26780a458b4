"""The outbox: closed days that headquarters has not acknowledged. The box forgets nothing that was not acknowledged."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signed document that waits to be acknowledged."""

    day: str
    revision: int
    digest: str
    body: bytes
    signature: str


def keep(db: Database, document: Waiting, time: float) -> None:
    """Store a closed day and put it into the outbox, in one transaction."""
    with db.conn:
        db.conn.execute(
            "INSERT INTO store_day (day, revision, digest, body, signature, closed_at) VALUES (?, ?, ?, ?, ?, ?)",
            (document.day, document.revision, document.digest, document.body, document.signature, time),
        )
        db.conn.execute("INSERT INTO outbox (day, revision) VALUES (?, ?)", (document.day, document.revision))


def newest(db: Database, day: str) -> bytes | None:
    """Return the body of a day's latest revision, or None where the day was never closed."""
    row = db.execute("SELECT body FROM store_day WHERE day = ? ORDER BY revision DESC LIMIT 1", [day]).fetchone()
    return None if row is None else row[0]


def last_closed(db: Database) -> str | None:
    """Return the latest day that was closed, or None."""
    day: str | None = db.execute("SELECT max(day) FROM store_day").fetchone()[0]
    return day


def waiting(db: Database) -> list[Waiting]:
    """Return what is to be sent, oldest day first; what was parked is left out."""
    rows = db.execute(
        "SELECT day, revision, digest, body, signature FROM outbox JOIN store_day USING (day, revision)"
        " WHERE parked = 0 ORDER BY day, revision"
    )
    return [Waiting(*row) for row in rows]


def last_failure(db: Database) -> tuple[int, float] | None:
    """Return how often what waits was tried without an acknowledgement, and when last; None where it was not."""
    row = db.execute("SELECT max(tries), max(last_try) FROM outbox WHERE parked = 0 AND tries > 0").fetchone()
    return None if row[0] is None else (row[0], row[1])


def acknowledged(db: Database, document: Waiting, time: float) -> None:
    """Take an acknowledged document out of the outbox."""
    key = (document.day, document.revision)
    with db.conn:
        db.conn.execute("UPDATE store_day SET acknowledged_at = ? WHERE day = ? AND revision = ?", (time, *key))
        db.conn.execute("DELETE FROM outbox WHERE day = ? AND revision = ?", key)


def tried(db: Database, document: Waiting, answer: str, time: float, *, park: bool) -> None:
    """Note a try that brought no acknowledgement; a parked document is not sent again by itself."""
    with db.conn:
        db.conn.execute(
            "UPDATE outbox SET tries = tries + 1, last_try = ?, last_answer = ?, parked = ?"
            " WHERE day = ? AND revision = ?",
            (time, answer, int(park), document.day, document.revision),
        )
