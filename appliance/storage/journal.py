"""The journal: the one writer of events.

What one frame brought is one transaction, committed before the next frame is looked at, so a pulled plug loses no
crossing that was told. Where the disk is full or gone the rows wait in memory, bounded, and the box counts on.
"""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import astuple

from sqlite_utils import Database

from appliance.clock import QUARTER
from appliance.frame import Coverage, Crossing, Hanging, VisitorGuess

log = logging.getLogger(__name__)

WAITING_ROWS = 20_000

_ADD_CROSSING = (
    "INSERT INTO crossing (time, camera, line, direction, track, frame, at, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_COVERAGE = (
    "INSERT INTO coverage_minute (camera, minute, seen, frames) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (minute, camera) DO UPDATE SET seen = min(60, seen + excluded.seen),"
    " frames = frames + excluded.frames"
)

_ADD_VISITORS = (
    "INSERT INTO visitor_mix_quarter (quarter, camera, trait, persons) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (quarter, camera, trait) DO UPDATE SET persons = persons + excluded.persons"
)

_KEEP_HANGING = (
    "INSERT OR REPLACE INTO camera_hanging (camera, set_up, state, since, begun, x, y, turned, looks)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_HANGING_CHANGE = "INSERT OR IGNORE INTO hanging_change (camera, time, state) VALUES (?, ?, ?)"


class Journal:
    """Writes crossings and what was seen. Several cameras' threads may share one journal."""

    def __init__(self, database: Database) -> None:
        self._connection = database.conn
        self._waiting: deque[tuple[str, tuple[object, ...]]] = deque(maxlen=WAITING_ROWS)
        self._lock = threading.Lock()
        self.problem = ""

    def write(
        self,
        crossings: Sequence[Crossing],
        coverage: Iterable[Coverage] = (),
        guesses: Iterable[VisitorGuess] = (),
        hanging: Hanging | None = None,
    ) -> bool:
        """Commit the rows, with all that still waits; return whether they are on the disk now."""
        with self._lock:
            for c in crossings:
                row = (c.time, c.camera, c.line, c.direction, c.track, c.frame, c.at, c.mark)
                self._waiting.append((_ADD_CROSSING, row))
            for seen in coverage:
                self._waiting.append((_ADD_COVERAGE, (seen.camera, seen.minute, seen.seen, seen.frames)))
            for guess in guesses:
                quarter = int(guess.time // QUARTER * QUARTER)
                for trait, persons in traits(guess).items():
                    self._waiting.append((_ADD_VISITORS, (quarter, guess.camera, trait, persons)))
            if hanging is not None:
                self._waiting.append((_KEEP_HANGING, astuple(hanging)))
                change = (hanging.camera, hanging.since, hanging.state)
                self._waiting.append((_ADD_HANGING_CHANGE, change))
            return not self._waiting or self._commit()

    def close(self) -> None:
        """Write what waits and close the database."""
        with self._lock:
            if self._waiting:
                self._commit()
            self._connection.close()

    def _commit(self) -> bool:
        try:
            with self._connection:
                for statement, row in self._waiting:
                    self._connection.execute(statement, row)
        except sqlite3.Error as error:
            if not self.problem:
                log.error("what was counted can't be written (%s); it waits in memory", error)
            self.problem = f"the disk does not take what was counted: {error}"
            return False
        self._waiting.clear()
        if self.problem:
            log.warning("the disk takes what was counted again")
            self.problem = ""
        return True


def traits(guess: VisitorGuess) -> dict[str, float]:
    """Return what a guess adds to the sums: one visitor, and the probability of each trait where it was seen."""
    young = {} if guess.child is None else {"told-young": 1.0, "child": guess.child}
    if guess.ages is None or guess.man is None:
        return {"visitors": 1.0} | young
    return {"visitors": 1.0} | young | {"m": guess.man, "f": 1 - guess.man} | dict(guess.ages)


def record_mix_errors(database: Database, errors: Iterable[tuple[str, str, float]]) -> None:
    """Keep how often the net errs, in place of what was kept before."""
    with database.conn:
        database.conn.execute("DELETE FROM mix_error")
        database.conn.executemany("INSERT INTO mix_error VALUES (?, ?, ?)", list(errors))


def record_settings(database: Database, time: float, fingerprint: str, version: str) -> None:
    """Note when the settings that decide the numbers, or the program, changed."""
    last = database.execute("SELECT fingerprint, version FROM setting_change ORDER BY time DESC LIMIT 1").fetchone()
    if last != (fingerprint, version):
        with database.conn:
            database.conn.execute("INSERT INTO setting_change VALUES (?, ?, ?)", (time, fingerprint, version))
