"""Headquarters' database: how it is opened, and its tables as named migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

FILE_NAME = "hq.sqlite3"
_PATIENCE = 30.0  # seconds that a writer waits for another one

migrations = Migrations("hq")


class HqError(Exception):
    """The world got in the way; the message is the one line to show."""


def prepare(path: Path) -> None:
    """Make the folder and the file where they are missing, and bring the tables up to date. Raises HqError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened(path) as database:
            database.enable_wal()
            database.execute("BEGIN IMMEDIATE")  # two processes that start at once migrate one after the other
            migrations.apply(database)
            database.conn.commit()
    except (OSError, sqlite3.Error) as error:
        raise HqError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def connect(path: Path) -> Database:
    """Open the prepared database for one thread. FULL: what was committed survives a pulled plug."""
    connection = sqlite3.connect(path, timeout=_PATIENCE)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    return Database(connection)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """Open the database for the length of a block."""
    database = connect(path)
    with closing(database.conn):
        yield database


@migrations()
def first_tables(database: Database) -> None:
    """Stores and their keys, the store-days as they came, and how often what was refused."""
    database.table("store").create(
        {"name": str, "public_key": str, "enrolled_at": str}, pk="name", not_null={"public_key", "enrolled_at"}
    )
    received = {
        "store": str, "day": str, "revision": int, "digest": str, "body": bytes, "signature": str, "received_at": str
    }  # fmt: skip
    database.table("store_day").create(
        received, pk=("store", "day", "revision"), not_null=set(received), foreign_keys=[("store", "store", "name")]
    )
    database.table("store_day").create_index(["day"])
    database.table("refusal").create({"reason": str, "count": int, "last_at": str}, pk="reason")
