"""The one way to open the database.

WAL, and `synchronous=FULL`: NORMAL may lose committed rows when the plug is pulled, and a shop has few events, so the
flushes cost nothing. Readers open read-only and see the last commit.
"""

import shutil
import sqlite3
from pathlib import Path

from sqlite_utils import Database

from appliance.storage.schema import migrations

FULL = 100_000  # bytes free, with which no database can be made


class StorageError(RuntimeError):
    """The data folder or the database can't be used; the message is one line."""


def open_for_writing(path: Path) -> Database:
    """Open (and create) the database, brought to the newest schema.

    Raises StorageError where the folder can't be written, the disk is full, or the file is no database of ours.
    """
    try:
        connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        database = Database(connection)
        migrations.apply(database)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{path}: the database can't be opened: {_reason(path, error)}") from None
    return database


def _reason(path: Path, error: Exception) -> str:
    """Say why, in plain words where SQLite's are not: on a full disk it only knows of an I/O error."""
    try:
        full = shutil.disk_usage(path.parent).free < FULL
    except OSError:
        full = False
    return "the disk is full" if full else str(error)


def open_for_reading(path: Path) -> Database:
    """Open the database read-only. Raises StorageError where there is none yet or it can't be read."""
    if not path.exists():
        raise StorageError(f"{path}: nothing was counted yet")
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10, check_same_thread=False)
        connection.execute("SELECT 1 FROM crossing LIMIT 1")
    except sqlite3.Error as error:
        raise StorageError(f"{path}: the database can't be read: {error}") from None
    return Database(connection)
