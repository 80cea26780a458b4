"""Commands of headquarters. The box's own command line takes in the group `hq`."""

import signal
import sys
from pathlib import Path

import click

from hq.database import FILE_NAME, HqError
from hq.ledger import enrol as enrol_store
from hq.server import serve as serve_database

_data = click.option(
    "--data",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of headquarters' database; made where it is missing.",
)


@click.group()
def hq() -> None:
    """Run headquarters: take in the store-days of every shop and show the chain.

    \b
    Example:
      tallybox hq serve --data /var/lib/tallybox-hq
    """


@hq.command()
@_data
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
def serve(folder: Path, host: str, port: int) -> None:
    """Take in store-days and show the chain's page.

    \b
    Example:
      tallybox hq serve --data /var/lib/tallybox-hq --port 8090
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        serve_database(folder / FILE_NAME, host, port, ready=lambda address: click.echo(f"Listening on {address}"))
    except HqError as error:
        raise click.ClickException(str(error)) from None


@hq.command()
@click.argument("store")
@click.argument("public_key")
@_data
def enrol(store: str, public_key: str, folder: Path) -> None:
    """Let a store send its days, signed with the key that its box shows.

    \b
    Example:
      tallybox hq enrol corner-shop 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo --data /var/lib/tallybox-hq
    """
    try:
        key_id = enrol_store(folder / FILE_NAME, store, public_key)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except HqError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{store} is enrolled with key {key_id}.")
