"""tallybox run, count, web, nightly: the services, each until it is told to stop."""

import json
import threading

import click

from appliance import clock, config
from appliance.cli.options import data_option
from appliance.frame import Crossing
from appliance.storage import Folder


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a crossing instead of a sentence.")
@click.option("--quiet", is_flag=True, help="Print no crossings.")
def count(folder: Folder, as_json: bool, quiet: bool) -> None:
    """Count on all cameras of the configuration, and print each crossing as it happens.

    \b
    Example:
      tallybox count --data ~/tallybox
    """
    from appliance.services import counting, process

    process.log_to_stderr()
    folder.make()
    shop = config.load(folder.config).shop
    tell = (lambda crossing: None) if quiet else Teller(shop.clock, as_json)
    counting.run(folder, tell, process.stop_on_signal())


class Teller:
    """Prints a crossing as a sentence, or as the JSON that `replay` prints."""

    def __init__(self, shop: clock.ShopClock, as_json: bool) -> None:
        self._shop, self._as_json, self._lock = shop, as_json, threading.Lock()
        self._number: dict[tuple[str, str], int] = {}

    def __call__(self, c: Crossing) -> None:
        """Print one crossing; several cameras' threads may call."""
        with self._lock:
            number = self._number[c.line, c.direction] = self._number.get((c.line, c.direction), 0) + 1
        told = {"kind": "crossing", "t": round(c.time, 3), "frame": c.frame, "line": c.line}
        told |= {"direction": c.direction, "track": c.track, "camera": c.camera}
        sentence = f"{self._shop.local(c.time):%H:%M:%S}  {c.line}: one person {c.direction} (number {number})"
        click.echo(json.dumps(told, separators=(",", ":")) if self._as_json else sentence)


@click.command()
@data_option
def run(folder: Folder) -> None:
    """Run the whole box: count, page and night, each in a process of its own that is started again if it ends.

    \b
    Example:
      tallybox run --data ~/tallybox
    """
    from appliance.services import process

    process.log_to_stderr()
    folder.make()
    settings = config.load(folder.config)
    process.port_must_be_free(settings.page.host, settings.page.port)
    click.echo(f"the page is on http://{settings.page.host}:{settings.page.port}", err=True)
    process.run_box(folder.path, process.stop_on_signal())


@click.command()
@data_option
@click.option("--host", help="Address to listen on instead of the configured one; any but loopback asks for the code.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port instead of the configured one.")
def web(folder: Folder, host: str | None, port: int | None) -> None:
    """Serve the owner's page.

    \b
    Example:
      tallybox web --data ~/tallybox --port 8080
    """
    from appliance.services import page, process

    process.log_to_stderr()
    page.run(folder.make(), host, port)


@click.command()
@data_option
@click.option("--once", is_flag=True, help="Do what is due now and end, instead of looking every few minutes.")
def nightly(folder: Folder, once: bool) -> None:
    """Close finished days into signed documents and send them to headquarters.

    \b
    Example:
      tallybox nightly --once --data ~/tallybox
    """
    from appliance.services import night, process

    process.log_to_stderr()
    night.run(folder.make(), once, process.stop_on_signal())
