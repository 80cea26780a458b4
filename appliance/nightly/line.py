"""Looks at the shop's line: a few TCP connects to headquarters, the memory of other nights, what was decided.

The box's own interface says nothing of the shop's line and is not asked.
"""

import socket
import time
from urllib.parse import urlsplit

from sqlite_utils import Database

from appliance.clock import stopwatch
from appliance.nightly.idle import Decision, Sketch, Verdict

CONNECTS, BETWEEN, PATIENCE = 5, 0.4, 3.0
DAY = 86_400.0
NOTES_KEPT = 400


def round_trips(url: str) -> list[float]:
    """Return how long a few TCP connects to headquarters took, in seconds; none where it does not answer."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    took = []
    for attempt in range(CONNECTS):
        if attempt:
            time.sleep(BETWEEN)
        started = stopwatch()
        try:
            socket.create_connection(address, PATIENCE).close()
        except OSError:
            continue
        took.append(stopwatch() - started)
    return took[1:]  # the first one may have waited for the name


def usual(db: Database, hour: int, now: float) -> Sketch:
    """Return what round trips were like at this hour on other nights, faded until now."""
    row = db.execute("SELECT sketch, faded_at FROM line_hour WHERE hour = ?", [hour]).fetchone()
    if row is None:
        return Sketch()
    sketch = Sketch.from_bytes(row[0])
    sketch.fade(max(0.0, now - row[1]) / DAY)
    return sketch


def believed(db: Database, own: Sketch, now: float) -> Sketch:
    """Return the memory of this hour, or of all hours together where this one has seen too little."""
    if own.quantile(0.5) is not None:
        return own
    hours = [usual(db, hour, now).counts for (hour,) in db.execute("SELECT hour FROM line_hour")]
    return Sketch([sum(column) for column in zip(*hours, strict=True)]) if hours else own


def remember(db: Database, hour: int, sketch: Sketch, trips: list[float], now: float) -> None:
    """Add tonight's round trips to the memory of this hour."""
    for trip in trips:
        sketch.add(trip)
    with db.conn:
        db.conn.execute("INSERT OR REPLACE INTO line_hour VALUES (?, ?, ?)", (hour, sketch.to_bytes(), now))


def note(db: Database, now: float, decision: Decision, sent: int = 0, documents: int = 0) -> None:
    """Write down what was decided; waiting for a busy line is one note, with the time of the last look."""
    with db.conn:
        last = db.conn.execute("SELECT time, verdict, why FROM night_note ORDER BY time DESC LIMIT 1").fetchone()
        again = last is not None and last[1:] == (decision.verdict.value, decision.why)
        if again and decision.verdict is Verdict.BUSY:
            db.conn.execute("DELETE FROM night_note WHERE time = ?", [last[0]])
        row = (now, decision.verdict.value, decision.why, sent, documents)
        db.conn.execute("INSERT OR REPLACE INTO night_note VALUES (?, ?, ?, ?, ?)", row)
        keep = "SELECT time FROM night_note ORDER BY time DESC LIMIT ?"
        db.conn.execute(f"DELETE FROM night_note WHERE time NOT IN ({keep})", [NOTES_KEPT])
