"""tallybox cameras: how the cameras hang, and saying that one hangs right."""

import click

from appliance import config
from appliance.cli.options import data_option
from appliance.config import ConfigError
from appliance.metrics.hanging import in_words
from appliance.storage import Folder, open_for_reading, queries
from appliance.storage.live import confirm_hanging


@click.group()
def cameras() -> None:
    """Say how the cameras hang beside how they were set up, and confirm that one hangs right.

    \b
    Example:
      tallybox cameras list --data ~/tallybox
    """


@cameras.command("list")
@data_option
def list_(folder: Folder) -> None:
    """List the cameras, and whether they were moved or covered.

    \b
    Example:
      tallybox cameras list --data ~/tallybox
    """
    settings = config.load(folder.config)
    known = queries.hangings(open_for_reading(folder.database)) if folder.database.exists() else {}
    for camera in settings.cameras:
        found = known.get(camera.name)
        state = found.state if found else "new"
        since = f"since {settings.shop.clock.local(found.since):%Y-%m-%d %H:%M}" if found and state != "new" else ""
        words = in_words(found) if found and state == "moved" else ""
        click.echo(f"{camera.name:20s} {state:8s} {since}  {words}".rstrip())


@cameras.command()
@click.argument("name")
@data_option
def confirm(name: str, folder: Folder) -> None:
    """Say that camera NAME hangs right as it is now: from its next pictures on, this is what it is compared with.

    \b
    Example:
      tallybox cameras confirm door --data ~/tallybox
    """
    known = [camera.name for camera in config.load(folder.config).cameras]
    if name not in known:
        raise ConfigError(f"{name}: is no camera; known: {', '.join(known) or 'none'}")
    if not confirm_hanging(folder.live_socket, name):
        raise RuntimeError("the counter does not run, or did not start with this camera yet: tallybox run")
    click.echo(f"camera {name}: what it shows now is taken for right")
