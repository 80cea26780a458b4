"""tallybox update: install a signed bundle on a flashed box, try it, and keep it only if the box is well with it."""

import os
from pathlib import Path

import click

from appliance.cli.options import data_option
from appliance.config import ConfigError
from appliance.storage import Folder

UPDATER = Path("/usr/lib/tallybox/update")


@click.command()
@click.argument("bundle", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Try a version again that failed here before.")
@data_option
def update(bundle: Path | None, force: bool, folder: Folder) -> None:
    """Install an update bundle (.raucb), or the one that was fetched into the data folder; then restart into it.

    Whatever goes wrong in the new version, the box comes back with the old one and its numbers. Without the rights to
    install, the fetched one is asked for and installed in the background.

    \b
    Example:
      tallybox update /media/stick/tallybox.raucb
    """
    if not UPDATER.exists():
        raise RuntimeError("this is no flashed box: update with your package of tallybox instead")
    if bundle is not None and not bundle.exists():
        raise ConfigError(f"{bundle}: no such file")
    if os.geteuid() == 0:
        words = [str(UPDATER), *(["--force"] if force else []), *([str(bundle.absolute())] if bundle else [])]
        os.execv(words[0], words)  # noqa: S606 - a path of our own
    if bundle is not None or force:
        raise RuntimeError("only root may install a bundle by its name")
    folder.ask_for_update()
    click.echo("asked for: the box installs what lies in its updates folder, and restarts")
