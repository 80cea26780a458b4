"""tallybox enrol: introduce the box to headquarters."""

import click

from appliance import config
from appliance.cli.options import data_option
from appliance.config import ConfigError
from appliance.nightly import enrolment
from appliance.storage import Folder


@click.command()
@click.argument("link")
@click.option("--trust-key", is_flag=True, help="Show the key of whoever answers, and trust it from now on.")
@data_option
def enrol(link: str, trust_key: bool, folder: Folder) -> None:
    """Introduce this box to headquarters with the link that `tallybox hq invite` printed.

    Its key is made on the box and stays there. The shop's id and the address must be those of tallybox.toml. Where the
    invitation names headquarters' key, the box believes that key alone from then on, whatever certificates say.

    \b
    Example:
      tallybox enrol "tallybox-enrol:https://hq.example?store=corner&code=K7PQ-4T9M" --data ~/tallybox
    """
    try:
        invited = enrolment.read_link(link)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    settings = config.load(folder.make().config)
    told = {
        "shop.id": (settings.shop.id, invited.store),
        "headquarters.url": (settings.headquarters.url.rstrip("/"), invited.url),
    }
    for key, (here, there) in told.items():
        if here != there.rstrip("/"):
            raise ConfigError(f"{folder.config}: {key} is {here!r}, the invitation says {there!r}: make them the same")
    pin = invited.pin
    if trust_key and not pin:
        pin = enrolment.look_at_key(invited.url)
        click.echo(f"headquarters' key, to compare with `tallybox hq pin` there:\n  {pin}")
        click.confirm("Is it the right one?", abort=True)
    enrolment.enrol(settings.headquarters, invited.store, invited.code, folder.signing_key(), pin)
    folder.keep_pin(pin)
    how = f", known by its key {pin[:16]}…" if pin else ""
    click.echo(f"enrolled as {invited.store} at {invited.url}{how}; the night sends what is closed")
