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

from hq import calendar as calendars
from hq import enrolling, history, keys, parquet, releases, users
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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HqError(f"{path}: {error.strerror}") from None


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
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Its certificate (PEM): boxes then believe this key alone, so renew it with the same key.",
)
@_with_database
def invite(opened: Opened, store: str, url: str, certificate: Path | None) -> None:
    """Print a code that enrols one box for a store. It works once, within a week; a box in its place goes on.

    
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
    with _one_line():
        click.echo(enrolling.pin_of(_read(certificate)))


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


_day = click.DateTime(["%Y-%m-%d"])


@hq.command()
@click.argument("store")
@click.option("--region", help="Short name of its region.")
@click.option("--hours", help='Weekly hours, such as "mon-fri 09:00-20:00, sat 10:00-18:00".')
@click.option("--opened", "first", type=_day, help="Its first day; nothing is missing before.")
@click.option("--closed", type=_day, help="The day after its last; nothing is missing from then on.")
@_with_database
def calendar(
    opened: Opened,
    store: str,
    region: str | None,
    hours: str | None,
    first: datetime | None,
    closed: datetime | None,
) -> None:
    """Show when a store is expected to be open, and change what is given.

    \b
    Example:
      tallybox hq calendar corner-shop --hours "mon-sat 09:00-20:00" --data /var/lib/tallybox-hq
    """
    engine = opened()
    known = calendars.calendar_of(engine, store)
    wanted = calendars.Calendar(
        known.region if region is None else region,
        known.hours if hours is None else calendars.read_hours(hours),
        first.date() if first else known.opened,
        closed.date() if closed else known.closed,
    )
    if wanted != known:
        calendars.keep_calendar(engine, store, wanted)
    click.echo(f"region  {wanted.region or '-'}")
    click.echo(f"hours   {calendars.write_hours(wanted.hours) or 'every day'}")
    click.echo(f"opened  {wanted.opened or '-'}")
    click.echo(f"closed  {wanted.closed or '-'}")


@hq.command()
@click.argument("day", type=_day)
@click.option("--region", default="", help="Short name of a region; without it, every store.")
@click.option("--name", default="", help="What the day is called.")
@click.option("--remove", is_flag=True, help="Let the day be as any other again.")
@_with_database
def holiday(opened: Opened, day: datetime, region: str, name: str, remove: bool) -> None:
    """Let stores be shut on a day, so that nothing is missing then.

    \b
    Example:
      tallybox hq holiday 2026-12-25 --name Christmas --data /var/lib/tallybox-hq
    """
    if remove:
        calendars.remove_holiday(opened(), day.date(), region)
    else:
        calendars.add_holiday(opened(), day.date(), region, name)
    click.echo(f"{day:%Y-%m-%d} is {'as any other' if remove else 'a holiday'}{f' in {region}' if region else ''}.")


@hq.command()
@click.argument("first", type=_day)
@click.argument("last", type=_day)
@click.option("--region", default="", help="Short name of a region; without it, every store.")
@click.option(
    "--parquet",
    "folder_of_months",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write Parquet into this folder instead, a file a month.",
)
@_with_database
def export(opened: Opened, first: datetime, last: datetime, region: str, folder_of_months: Path | None) -> None:
    """Write every store-day of a span as CSV, those that are missing or were closed as well.

    \b
    Example:
      tallybox hq export 2026-11-01 2026-11-30 --data /var/lib/tallybox-hq
    """
    if first > last:
        raise ValueError("first: must not be after last")
    if folder_of_months:
        for path in parquet.write_folder(opened(), first.date(), last.date(), folder_of_months, region):
            click.echo(path)
        return
    for line in history.as_csv(opened(), first.date(), last.date(), region):
        click.echo(line, nl=False)


@hq.command()
@click.argument("name")
@click.option("--role", type=click.Choice(users.ROLES), default="reader", show_default=True, help="What it may do.")
@click.option("--region", default="", help="The only region that it sees; without it, all.")
@click.option("--remove", is_flag=True, help="Remove the user with its sessions and tokens.")
@_with_database
def user(opened: Opened, name: str, role: str, region: str, remove: bool) -> None:
    """Make a user of the pages, or remove one.

    \b
    Example:
      tallybox hq user anna --region north --data /var/lib/tallybox-hq
    """
    now = datetime.now(UTC)
    if remove:
        users.remove_user(opened(), name, "shell", now)
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        users.add_user(opened(), users.User(name, role, region), password, "shell", now)
    click.echo(f"{name} was {'removed' if remove else 'added'}.")


@hq.command()
@click.argument("name")
@click.option("--label", default="", help="What the token is for.")
@_with_database
def token(opened: Opened, name: str, label: str) -> None:
    """Print a token with which a program reads what a user may see. It is shown this once.

    \b
    Example:
      tallybox hq token anna --label "spreadsheet" --data /var/lib/tallybox-hq
    """
    engine = opened()
    if not users.known(engine, name):
        raise HqError(f"{name} is no user; nothing was changed")
    click.echo(users.give_pass(engine, "token", name, datetime.now(UTC), label))


@hq.command()
@click.argument("ring", type=click.Choice(releases.RINGS))
@click.argument("version")
@_with_database
def release(opened: Opened, ring: str, version: str) -> None:
    """Name the version that a ring of boxes is meant to run: the canaries, a tenth of all, all.

    \b
    Example:
      tallybox hq release canary 0.2.0 --data /var/lib/tallybox-hq
    """
    releases.name_version(opened(), ring, version, datetime.now(UTC))
    click.echo(f"{ring} is meant to run {version}.")


@hq.command()
@click.argument("store")
@click.option("--off", is_flag=True, help="Let it be a canary no longer.")
@_with_database
def canary(opened: Opened, store: str, off: bool) -> None:
    """Let a store run new versions first.

    \b
    Example:
      tallybox hq canary corner-shop --data /var/lib/tallybox-hq
    """
    releases.set_ring(opened(), store, not off, datetime.now(UTC))
    click.echo(f"{store} is {'no' if off else 'a'} canary.")


@hq.command()
@_with_database
def rings(opened: Opened) -> None:
    """Show what each ring is meant to run, how many boxes with it were heard, and which ring stopped, and why.

    \b
    Example:
      tallybox hq rings --data /var/lib/tallybox-hq
    """
    for it in releases.releases(opened(), datetime.now(UTC)):
        state = f"stopped: {it.why}" if it.stopped else f"{it.heard} heard with it, {it.ill} ill"
        click.echo(f"{it.ring:8}{it.version:12}{state}")
