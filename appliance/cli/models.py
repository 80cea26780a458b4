"""tallybox models: the nets that there are, and getting another one."""

import re
import secrets
import shutil
from pathlib import Path

import click
import httpx

from appliance import __version__
from appliance.cli.lazy import Lazy
from appliance.cli.options import data_option
from appliance.clock import stopwatch
from appliance.config import USUAL_SIZE, ConfigError, load, parse
from appliance.nets import Catalogue, Entry, NetError, open_detector
from appliance.nightly.paced import Announced, TransferError, fetch
from appliance.nightly.pacer import Pacer, PacerSettings
from appliance.storage import Folder
from appliance.whole import write_whole

FAR = 0.3  # seconds of a round trip: nobody probes here, and the window offered must not hold a far server back
PATIENCE = httpx.Timeout(30.0, connect=10.0)


# These need cameras, or the package onnx.
LATER = {"calibrate": "appliance.cli.models_calibrate:calibrate", "report": "appliance.cli.models_report:report"}


@click.group(cls=Lazy, later=LATER)
def models() -> None:
    """List the nets, get another, check them, calibrate one on this shop, and choose the one that counts.

    \b
    Example:
      tallybox models pull yolox-nano && tallybox models use yolox-nano
    """


@models.command("list")
@data_option
def list_models(folder: Folder) -> None:
    """List the nets: what each finds, its licence, and whether it is here."""
    chosen = load(folder.config).net.name
    for entry in Catalogue(pulled=folder.nets):
        state = "here" if entry.is_here else "to pull" if "address" in entry.figures else "from a folder"
        state = "calibrated" if entry.calibrated_from and entry.is_here else state
        used = " (in use)" if entry.name == chosen else ""
        click.echo(f"{entry.name:16} {entry.kind:11} {state:14} {entry.figures['licence']}{used}")


@models.command()
@click.argument("name")
@click.option(
    "--from", "source", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A folder or stick."
)
@data_option
def pull(name: str, source: Path | None, folder: Folder) -> None:
    """Get a net from its public address, or from a folder for a box without network.

    A pull that was cut goes on where it ended. Only a file with the right sha256 is kept; what is in use stays in use.

    \b
    Example:
      tallybox models pull yolox-nano --from /media/stick
    """
    entry = Catalogue(pulled=folder.nets).find(name)
    if entry.bundled:
        raise ConfigError(f"net {name!r}: comes with the box, there is nothing to pull")
    if entry.calibrated_from:
        raise ConfigError(f"net {name!r}: was made here: tallybox models calibrate {entry.calibrated_from}")
    try:
        folder.make()
        folder.nets.mkdir(exist_ok=True)
        if source is not None:
            take(entry, source)
        else:
            download(entry)
    except httpx.HTTPError as error:
        raise NetError(f"{entry.figures['address']}: {error or type(error).__name__}; pull again to go on") from None
    except TransferError as error:
        raise NetError(str(error)) from None
    click.echo(f"{name}: here and checked, {entry.path.stat().st_size / 1e6:.1f} MB ({entry.figures['licence']})")


def take(entry: Entry, source: Path) -> None:
    """Copy a net's file out of a folder, whole or not at all. Raises NetError where it is not the right one."""
    fresh = entry.path.with_name(f".{entry.path.name}-{secrets.token_hex(4)}")
    try:
        shutil.copyfile(source / entry.path.name, fresh)
        if entry.is_file(fresh):
            fresh.replace(entry.path)
            return
    finally:
        fresh.unlink(missing_ok=True)
    raise NetError(f"{source / entry.path.name}: is not the file that models.toml describes")


def download(entry: Entry) -> None:
    """Download a net's file. Raises NetError, TransferError, and httpx.HTTPError where the line breaks."""
    if "address" not in entry.figures:
        raise NetError(f"net {entry.name}: {entry.figures['note']} (--from FOLDER)")
    size = entry.figures["bytes"]
    part = entry.path.with_name(entry.path.name + ".part")
    pacer = Pacer(PacerSettings(start=PacerSettings().ceiling))  # somebody waits for it
    pacer.heard(FAR, stopwatch())
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False, headers={"User-Agent": f"tallybox/{__version__}"}) as http,
        click.progressbar(length=size, label=entry.name) as bar,
    ):

        def go_on() -> bool:
            bar.update(part.stat().st_size - bar.pos if part.exists() else 0)
            return True

        fetch(http, entry.figures["address"], entry.path, Announced(size, entry.sha256), pacer, go_on)


@models.command()
@data_option
def verify(folder: Folder) -> None:
    """Check that every net that is here is what models.toml describes."""
    bad = 0
    for entry in Catalogue(pulled=folder.nets):
        if not entry.is_here:
            continue
        try:
            entry.read()
            entry.read_twin()
            click.echo(f"good  {entry.name}")
        except NetError as error:
            bad += 1
            click.echo(f"BAD   {entry.name}: {error}")
    if bad:
        raise NetError(f"{bad} of the nets can't be used")


@models.command()
@click.argument("name")
@data_option
def use(name: str, folder: Folder) -> None:
    """Count with this net from now on: it is loaded first, and then written into tallybox.toml.

    \b
    Example:
      tallybox models use person
    """
    choose(folder, name)
    click.echo(f"{folder.config}: counts with {name}")


def choose(folder: Folder, name: str) -> None:
    """Load a net and write it into tallybox.toml. Raises NetError and ConfigError, and then changes nothing."""
    settings, entry = load(folder.config), Catalogue(pulled=folder.nets).find(name)
    open_detector(entry, settings.net.size or USUAL_SIZE)
    text = with_net(folder.config.read_text(encoding="utf-8") if folder.config.exists() else "", name)
    if parse(text).net.name != name:
        raise ConfigError(f'{folder.config}: write name = "{name}" under [net] by hand')
    write_whole(folder.make().config, text.encode())


def with_net(text: str, name: str) -> str:
    """Return the text of a configuration with the net's name set and everything else as it was."""
    table = re.search(r"(?m)^\[net\][^\n]*\n(?:(?!\[).*\n?)*", text)
    if table is None:
        return text + ("" if not text or text.endswith("\n") else "\n") + f'\n[net]\nname = "{name}"\n'
    inside = table.group()
    changed, found = re.subn(r'(?m)^(\s*name\s*=\s*)("[^"\n]*"|\'[^\'\n]*\')', rf'\g<1>"{name}"', inside, count=1)
    if not found:
        head, _, rest = inside.partition("\n")
        changed = f'{head}\nname = "{name}"\n{rest}'
    return text[: table.start()] + changed + text[table.end() :]
