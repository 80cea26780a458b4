"""tallybox health: is this box fit to stay as it is? The image's gate asks it before an update is kept."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

import click

from appliance import config
from appliance.cli.options import data_option
from appliance.storage import Folder, StorageError, open_for_reading
from appliance.storage.live import ask_state

PATIENCE = 10.0  # seconds for the page


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of the box: whether it is well, and what it says."""

    part: str
    well: bool
    says: str


@click.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def health(ctx: click.Context, folder: Folder, as_json: bool) -> None:
    """Ask the running counter, database and page whether they are well. Ends with 1 if one is not.

    A camera that is not there is well reported, not ill: an update can't mend a cable.

    \b
    Example:
      tallybox health --data ~/tallybox
    """
    answers = [_counter(folder), _database(folder), _page(folder)]
    if as_json:
        click.echo(json.dumps({a.part: {"well": a.well, "says": a.says} for a in answers}))
    else:
        for answer in sorted(answers, key=lambda answer: not answer.well):
            click.echo(f"{'good' if answer.well else 'BAD '}  {answer.part:8s} {answer.says}")
    ctx.exit(int(not all(answer.well for answer in answers)))


def _counter(folder: Folder) -> Answer:
    """It runs, so its net is loaded and checked; every camera is seen, or its problem is named."""
    state = ask_state(folder.live_socket)
    if state is None:
        return Answer("counter", False, "does not run, or can't load its net")
    if state["problem"]:
        return Answer("counter", False, f"can't write: {state['problem']}")
    told = {name: "sees" if c["alive"] else c["problem"] or "" for name, c in state["cameras"].items()}
    if silent := [name for name, says in told.items() if not says]:
        return Answer("counter", False, f"camera {silent[0]}: neither a picture nor a reason yet")
    cameras = "; ".join(f"camera {name} {says}" for name, says in told.items()) or "no camera is set up"
    return Answer("counter", True, f"net {state['net']}; {cameras}")


def _database(folder: Folder) -> Answer:
    try:
        whole = open_for_reading(folder.database).execute("PRAGMA quick_check(1)").fetchone()[0]
    except StorageError as error:
        return Answer("database", False, str(error))
    return Answer("database", whole == "ok", "whole" if whole == "ok" else str(whole))


def _page(folder: Folder) -> Answer:
    settings = config.load(folder.config)
    host = settings.page.host if settings.page.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - compared
    connection = HTTPConnection(host, settings.page.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        told = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError) as error:
        return Answer("page", False, f"port {settings.page.port} does not answer: {error or type(error).__name__}")
    finally:
        connection.close()
    return Answer("page", bool(told.get("ok")), f"answers, version {told.get('version')}")
