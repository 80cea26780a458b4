"""What headquarters' commands share: where the database is, and errors as one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from hq.database import FILE_NAME, HqError, open_database, sqlite_url

Opened = Callable[[], Engine]


def with_database(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --data and --database, and its errors one line."""

    @click.option(
        "--data",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of headquarters' SQLite database; made where it is missing.",
    )
    @click.option("--database", help="Address of a database, such as postgresql+psycopg://hq@localhost/hq.")
    @wraps(command)
    def run(folder: Path | None, database: str | None, **words: Any) -> None:
        if (folder is None) == (database is None):
            raise click.UsageError("one of --data and --database must be given")
        with one_line():
            command(lambda: open_database(database or sqlite_url(Path(str(folder)) / FILE_NAME)), **words)

    return run


@contextmanager
def one_line() -> Iterator[None]:
    """Turn what the user typed wrong and what the world did into click's errors, of one line."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except HqError as error:
        raise click.ClickException(str(error)) from None
