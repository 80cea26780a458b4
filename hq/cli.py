"""Commands of headquarters. The box's own command line takes in the group `hq`."""

import re
import signal
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import click
import segno

from hq import cli_chain, enrolling, keys, users
from hq.cli_options import Opened, one_line, with_database
from hq.database import HqError
from hq.server import serve as serve_database


@click.group()
def hq() -> None:
    """Run headquarters: take in the store-days of every shop and show the chain.

    \b
    Example:
      tallybox hq serve --data /var/lib/tallybox-hq
    """


@hq.command()
@with_database
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--releases",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the signed release index and the bundles, to hand out to boxes.",
)
def serve(opened: Opened, host: str, port: int, releases: Path | None) -> None:
    """Take in store-days and show the chain's page.

    \b
    Example:
      tallybox hq serve --data /var/lib/tallybox-hq --port 8090
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    engine = opened()

    def ready(address: str) -> None:
        click.echo(f"Listening on {address}")
        if not users.any_user(engine):
            secret = users.give_pass(engine, "first", "", datetime.now(UTC))
            click.echo(f"Make the first user, within a week: {address}first/{secret}")

    serve_database(engine, host, port, ready, releases)


@hq.command(context_settings={"ignore_unknown_options": True})  # a key may begin with "-"
@click.argument("store")
@click.argument("public_key")
@with_database
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
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Its certificate (PEM): boxes then believe this key alone, so renew it with the same key.",
)
@with_database
def invite(opened: Opened, store: str, url: str, certificate: Path | None) -> None:
    """Print a code that enrols one box for a store. It works once, within a week; a box in its place goes on.

    \b
    Example:
      tallybox hq invite corner-shop --url https://hq.example --data /var/lib/tallybox-hq
    """
    if not re.fullmatch(r"https?://[!-~]{1,300}", url):
        raise ValueError("url: must be an http(s) address")
    keys.require_name(store)
    pin = enrolling.pin_of(_read(certificate)) if certificate else ""
    link = enrolling.link(url, store, code := enrolling.invite(opened(), store, datetime.now(UTC)), pin)
    segno.make_qr(link).terminal(out=(picture := StringIO()), compact=True)
    click.echo(f"Code for {store}: {code[:5]}-{code[5:]}, good once and for a week\n\n{picture.getvalue()}\n{link}")


@hq.command()
@click.argument("certificate", type=click.Path(dir_okay=False, path_type=Path))
def pin(certificate: Path) -> None:
    """Print the pin of a certificate (PEM), as `tallybox enrol --trust-key` shows it.

    \b
    Example:
      tallybox hq pin /etc/ssl/hq.pem
    """
    with one_line():
        click.echo(enrolling.pin_of(_read(certificate)))


@hq.command()
@click.argument("store")
@with_database
def revoke(opened: Opened, store: str) -> None:
    """Take every key of a store out of force at once: of a box that was stolen. An invitation brings it back.

    \b
    Example:
      tallybox hq revoke corner-shop --data /var/lib/tallybox-hq
    """
    count = keys.revoke(opened(), store, datetime.now(UTC))
    click.echo(f"{store}: {count} {'key was' if count == 1 else 'keys were'} revoked.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HqError(f"{path}: {error.strerror}") from None


for command in cli_chain.COMMANDS:
    hq.add_command(command)
