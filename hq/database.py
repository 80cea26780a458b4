"""Headquarters' database: how it is opened and brought up to date. SQLite in a file, or PostgreSQL and its kin.

One code for both: SQLAlchemy's core with plain SQL, migrations by Alembic. On PostgreSQL the tables of days are
partitioned by month.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

FILE_NAME = "hq.sqlite3"
_PATIENCE = 30.0  # seconds that a writer waits for another one
_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "pool_timeout": _PATIENCE}
_MIGRATING = 7_264_117_000  # the advisory lock of those who start at once
_FIRST_MONTH, _MONTHS_AHEAD = date(2020, 1, 1), 36


class HqError(Exception):
    """The world got in the way; the message is the one line to show."""


def sqlite_url(path: Path) -> str:
    """Return the URL of the database in a file."""
    return f"sqlite:///{path.absolute()}"


def open_database(url: str) -> Engine:
    """Open the database, make what is missing, bring the tables up to date. Raises ValueError (no URL), HqError."""
    engine = _engine(url)
    try:
        if engine.dialect.name == "sqlite":
            Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
        with _alone(engine) as connection:
            config = Config()
            config.set_main_option("script_location", "hq:migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _make_months(connection)
    except (OSError, SQLAlchemyError) as error:
        where = engine.url.database if engine.dialect.name == "sqlite" else engine.url.render_as_string()
        engine.dispose()
        raise HqError(f"{where}: {why(error)}") from None
    return engine


def why(error: BaseException) -> str:
    """Return the database's or the system's own reason, as one line."""
    cause = getattr(error, "orig", None) or error
    reason = getattr(cause, "strerror", None) or str(cause)
    return reason.strip().splitlines()[0] if reason.strip() else type(cause).__name__


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Lend a connection that only reads; nothing waits for it."""
    if engine.dialect.name != "sqlite":
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, lasting: bool = True) -> Iterator[Connection]:
    """Lend a connection in a transaction that is committed at the block's end.

    What was committed survives a pulled plug, unless `lasting` is False: then the disk isn't waited for.
    """
    with engine.execution_options(write=True, lasting=lasting).begin() as connection:
        if not lasting and engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL synchronous_commit TO off"))
        yield connection


def insert(connection: Connection, table: Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).execution_options(preserve_rowcount=True)


def _engine(url: str) -> Engine:
    try:
        name = make_url(url).get_backend_name()
        if name not in ("sqlite", "postgresql"):
            raise ArgumentError("")
        engine = create_engine(url, **_POOL, **({"connect_args": {"timeout": _PATIENCE}} if name == "sqlite" else {}))
    except (ArgumentError, NoSuchModuleError):
        raise ValueError("database: must be an address such as postgresql+psycopg://name@host/hq") from None
    except ModuleNotFoundError as error:
        raise HqError(f"{error.name} is not installed: pip install 'tallybox[postgres]'") from None
    if name == "sqlite":
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begins)
    return engine


def _sqlite_connected(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    connection.execute("PRAGMA journal_mode=WAL")


def _sqlite_begins(connection: Connection) -> None:
    """Take the writers' lock before the first look, so that no transaction has to be tried again."""
    options = connection.get_execution_options()
    if options.get("write"):
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get('lasting', True) else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Lend a writing connection to one process at a time: who starts at once migrates one after the other."""
    with writing(engine) as connection:
        if partitioned(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
        yield connection


def partitioned(connection: Connection) -> bool:
    """Say whether the tables of days are partitioned: on PostgreSQL itself; CockroachDB and YugabyteDB shard alone."""
    if connection.dialect.name != "postgresql":
        return False
    version = str(connection.execute(text("SELECT version()")).scalar_one())
    return "CockroachDB" not in version and "-YB-" not in version


def _make_months(connection: Connection) -> None:
    """Make the partitions of every month from the first to three years ahead."""
    if not partitioned(connection):
        return
    known = set(connection.execute(text("SELECT relname FROM pg_class WHERE relname LIKE '%_day_2%'")).scalars())
    month, last = _FIRST_MONTH, date.today().replace(day=1)
    last = last.replace(year=last.year + _MONTHS_AHEAD // 12)
    while month <= last:
        after = (month.replace(day=28) + (date(2020, 1, 5) - date(2020, 1, 1))).replace(day=1)
        for table in ("store_day", "latest_day"):
            name = f"{table}_{month:%Y_%m}"
            if name not in known:
                connection.execute(
                    text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{month}') TO ('{after}')")
                )
        month = after
