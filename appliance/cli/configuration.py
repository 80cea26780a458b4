"""tallybox config: look at the settings, and check them."""

import click

from appliance.cli.options import data_option
from appliance.config import load, scrub
from appliance.config_reference import example
from appliance.storage import Folder


@click.command("config")
@data_option
@click.option("--example", "show_example", is_flag=True, help="Print a commented file to start from, and nothing else.")
def configuration(folder: Folder, show_example: bool) -> None:
    """Check the configuration file and say what is in force.

    \b
    Example:
      tallybox config --example > ~/.local/share/tallybox/tallybox.toml
    """
    if show_example:
        click.echo(example(), nl=False)
        return
    settings = load(folder.config)
    there = "" if folder.config.exists() else " (not there yet: defaults)"
    click.echo(f"{folder.config}{there}: good")
    click.echo(
        f"shop          {settings.shop.name}, {settings.shop.zone.key}, day starts {settings.shop.day_starts:%H:%M}"
    )
    for camera in settings.cameras:
        lines = ", ".join(line.name for line in camera.lines) or "no line yet"
        click.echo(f"camera        {camera.name}: {scrub(camera.source)}; counts over {lines}")
    if not settings.cameras:
        click.echo("camera        none yet")
    size = "x".join(map(str, settings.net.size)) if settings.net.size else "the size that suits the board"
    click.echo(f"net           {settings.net.name} at {size}")
    click.echo(f"page          http://{settings.page.host}:{settings.page.port}")
    click.echo(f"headquarters  {scrub(settings.headquarters.url) or 'none: nothing leaves the box'}")
