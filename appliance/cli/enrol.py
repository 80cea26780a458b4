"""tallybox enrol: introduce the box to headquarters."""

import click

from appliance import config
from appliance.cli.options import data_option
from appliance.config import ConfigError
from appliance.nightly import enrolment
from appliance.storage import Folder


@click.command()
@click.argument("link")
@data_option
def enrol(link: str, folder: Folder) -> None:
    """Introduce this box to headquarters with the link that `tallybox hq invite` printed.

    Its key is made on the box and stays there. The shop's id and the address must be those of tallybox.toml.

    \b
    Example:
      tallybox enrol "tallybox-enrol:https://hq.example?store=corner&code=K7PQ-4T9M" --data ~/tallybox
    """
    try:
        url, store, code = enrolment.read_link(link)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    settings = config.load(folder.make().config)
    told = {"shop.id": (settings.shop.id, store), "headquarters.url": (settings.headquarters.url.rstrip("/"), url)}
    for key, (here, there) in told.items():
        if here != there.rstrip("/"):
            raise ConfigError(f"{folder.config}: {key} is {here!r}, the invitation says {there!r}: make them the same")
    enrolment.enrol(url, store, code, folder.signing_key(), settings.headquarters.ca)
    click.echo(f"enrolled as {store} at {url}; the night sends what is closed")
