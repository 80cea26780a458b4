"""Commands of headquarters. The box's own command line takes in the group `hq`."""

import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from io import StringIO
from pathlib import Path
from typing import Any

import click
import segno
from sqlalchemy import Engine

from hq import enrolling, keys
from hq.database import FILE_NAME, HqError, open_database, sqlite_url
from hq.server import serve as serve_database


def _with_database(command: Callable[..., None]) -> Callable[..., None]:
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
        with _one_line():
            command(lambda: open_database(database or sqlite_url(Path(str(folder)) / FILE_NAME)), **words)

    return run


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except HqError as error:
        raise click.ClickException(str(error)) from None


Opened = Callable[[], Engine]


@click.group()
def hq() -> None:
    """Run headquarters: take in the store-days of every shop and show the chain.

    \b
    Example:
      tallybox hq serve --data /var/lib/tallybox-hq
    """


@hq.command()
@_with_database
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
def serve(opened: Opened, host: str, port: int) -> None:
    """Take in store-days and show the chain's page.

    \b
    Example:
      tallybox hq serve --data /var/lib/tallybox-hq --port 8090
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve_database(opened(), host, port, ready=lambda address: click.echo(f"Listening on {address}"))


@hq.command()
@click.argument("store")
@click.argument("public_key")
@_with_database
def enrol(opened: Opened, store: str, public_key: str) -> None:
    """Let a store send its days, signed with the key that its box shows.

    \b
    Example:
      tallybox hq enrol corner-shop 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo --data /var/lib/tallybox-hq
    """
    key_id = keys.enrol(opened, store, public_key)
    click.echo(f"{store} is enrolled with key {key_id}.")


@hq.command()
@click.argument("store")
@click.option("--url", required=True, help="Address of headquarters as boxes reach it.")
@_with_database
def invite(opened: Opened, store: str, url: str) -> None:
    """Print a code that enrols one box for a store. It works once, within a week; a box in its place goes on.

    
    Example:
      tallybox hq invite corner-shop --url https://hq.example --data /var/lib/tallybox-hq
    """
    if not re.fullmatch(r"https?://[!-~]{1,300}", url):
        raise ValueError("url: must be an http(s) address")
    keys.require_name(store)
    link = enrolling.link(url, store, code := enrolling.invite(opened(), store, datetime.now(UTC)))
    segno.make_qr(link).terminal(out=(picture := StringIO()), compact=True)
    click.echo(f"Code for {store}: {code[:5]}-{code[5:]}, good once and for a week\n\n{picture.getvalue()}\n{link}")


@hq.command()
@click.argument("store")
@_with_database
def revoke(opened: Opened, store: str) -> None:
    """Take every key of a store out of force at once: of a box that was stolen. An invitation brings it back.

    \b
    Example:
      tallybox hq revoke corner-shop --data /var/lib/tallybox-hq
    """
    count = keys.revoke(opened(), store, datetime.now(UTC))
    click.echo(f"{store}: {count} {'key was' if count == 1 else 'keys were'} revoked.")
