"""Commands that look after the chain: calendars, holidays, exports, users, tokens, releases by ring."""

from datetime import UTC, datetime
from pathlib import Path

import click

from hq import calendar as calendars
from hq import history, parquet, releases, users
from hq.cli_options import Opened, with_database
from hq.database import HqError

_day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("store")
@click.option("--region", help="Short name of its region.")
@click.option("--hours", help='Weekly hours, such as "mon-fri 09:00-20:00, sat 10:00-18:00".')
@click.option("--opened", "first", type=_day, help="Its first day; nothing is missing before.")
@click.option("--closed", type=_day, help="The day after its last; nothing is missing from then on.")
@with_database
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


@click.command()
@click.argument("day", type=_day)
@click.option("--region", default="", help="Short name of a region; without it, every store.")
@click.option("--name", default="", help="What the day is called.")
@click.option("--remove", is_flag=True, help="Let the day be as any other again.")
@with_database
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


@click.command()
@click.argument("first", type=_day)
@click.argument("last", type=_day)
@click.option("--region", default="", help="Short name of a region; without it, every store.")
@click.option(
    "--parquet",
    "folder_of_months",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write Parquet into this folder instead, a file a month.",
)
@with_database
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


@click.command()
@click.argument("name")
@click.option("--role", type=click.Choice(users.ROLES), default="reader", show_default=True, help="What it may do.")
@click.option("--region", default="", help="The only region that it sees; without it, all.")
@click.option("--remove", is_flag=True, help="Remove the user with its sessions and tokens.")
@with_database
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


@click.command()
@click.argument("name")
@click.option("--label", default="", help="What the token is for.")
@with_database
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


@click.command()
@click.argument("ring", type=click.Choice(releases.RINGS))
@click.argument("version")
@with_database
def release(opened: Opened, ring: str, version: str) -> None:
    """Name the version that a ring of boxes is meant to run: the canaries, a tenth of all, all.

    \b
    Example:
      tallybox hq release canary 0.2.0 --data /var/lib/tallybox-hq
    """
    releases.name_version(opened(), ring, version, datetime.now(UTC))
    click.echo(f"{ring} is meant to run {version}.")


@click.command()
@click.argument("store")
@click.option("--off", is_flag=True, help="Let it be a canary no longer.")
@with_database
def canary(opened: Opened, store: str, off: bool) -> None:
    """Let a store run new versions first.

    \b
    Example:
      tallybox hq canary corner-shop --data /var/lib/tallybox-hq
    """
    releases.set_ring(opened(), store, not off, datetime.now(UTC))
    click.echo(f"{store} is {'no' if off else 'a'} canary.")


@click.command()
@with_database
def rings(opened: Opened) -> None:
    """Show what each ring is meant to run, how many boxes with it were heard, and which ring stopped, and why.

    \b
    Example:
      tallybox hq rings --data /var/lib/tallybox-hq
    """
    for it in releases.releases(opened(), datetime.now(UTC)):
        state = f"stopped: {it.why}" if it.stopped else f"{it.heard} heard with it, {it.ill} ill"
        click.echo(f"{it.ring:8}{it.version:12}{state}")


COMMANDS = (calendar, holiday, export, user, token, release, canary, rings)
