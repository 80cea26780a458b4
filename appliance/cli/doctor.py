"""tallybox doctor: look at everything the box needs, and say what to do about what is wrong."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import click
import httpx
import numpy as np

from appliance import cameras, config
from appliance.cli import one_line
from appliance.cli.options import data_option
from appliance.clock import now, stopwatch
from appliance.metrics import hanging
from appliance.nets import Catalogue, Engine, open_detector
from appliance.nets.board import settle
from appliance.nightly import connection, release
from appliance.storage import Folder, open_for_reading, queries
from appliance.storage.live import ask_state

PATIENCE = 12.0  # seconds for a camera's first picture
LEAST_FREE = 200e6  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` is empty where all is well."""

    what: str
    found: str
    advice: str = ""


@click.command()
@data_option
@click.pass_context
def doctor(ctx: click.Context, folder: Folder) -> None:
    """Check settings, disk, net, cameras, counter and headquarters; say what to do. Ends with 1 if anything is wrong.

    \b
    Example:
      tallybox doctor --data ~/tallybox
    """
    ill = False
    for finding in examine(folder):
        ill |= bool(finding.advice)
        click.echo(f"{'BAD ' if finding.advice else 'good'}  {finding.what:14s} {finding.found}")
        if finding.advice:
            click.echo(f"      {'':14s} -> {finding.advice}")
    ctx.exit(int(ill))


def examine(folder: Folder) -> Iterator[Finding]:
    """Look at one thing after another. A check that fails in an unforeseen way is a finding too."""
    try:
        settings = config.load(folder.config)
    except config.ConfigError as error:
        yield Finding("settings", str(error), f"mend {folder.config}; `tallybox config --example` shows a good file")
        return
    yield Finding("settings", f"{folder.config} is good" if folder.config.exists() else "defaults; no file yet")
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("disk", lambda: _disk(folder)),
        ("database", lambda: _database(folder)),
        ("net", lambda: _net(folder, settings)),
        *((f"camera {c.name}", lambda c=c: _camera(c)) for c in settings.cameras),
        *((f"camera {c.name}", lambda c=c: _hanging(folder, settings, c)) for c in settings.cameras),
        ("counter", lambda: _counter(folder)),
        ("headquarters", lambda: _headquarters(folder, settings)),
        ("update", lambda: _update(folder)),
    ]
    if not settings.cameras:
        yield Finding("camera", "none is set up yet", f"add a [camera.NAME] table to {folder.config}")
    for what, check in checks:
        try:
            yield check()
        except (OSError, RuntimeError, ValueError, sqlite3.Error) as error:
            yield Finding(what, one_line(error), "see the line above; the docs folder says more")


def _disk(folder: Folder) -> Finding:
    folder.make()
    free = shutil.disk_usage(folder.path).free
    found = f"{free / 1e9:.1f} GB free in {folder.path}"
    return Finding("disk", found, "" if free > LEAST_FREE else "make room: counting goes on in memory only when full")


def _database(folder: Folder) -> Finding:
    if not folder.database.exists():
        return Finding("database", "none yet; the counter makes it")
    state = open_for_reading(folder.database).execute("PRAGMA quick_check(1)").fetchone()[0]
    return Finding("database", "whole" if state == "ok" else state, "" if state == "ok" else "put back a copy of it")


def _net(folder: Folder, settings: config.Settings) -> Finding:
    entry = Catalogue(pulled=folder.nets).find(settings.net.name)
    settings, why = settle(settings, entry, folder.board)
    width, height = settings.net.size or config.USUAL_SIZE
    detector = open_detector(entry, (width, height), Engine.of(settings.net))
    picture = np.zeros((height, width, 3), np.uint8)
    detector.detect(picture)
    started = stopwatch()
    for _ in range(5):
        detector.detect(picture)
    took = 1000 * (stopwatch() - started) / 5
    return Finding(
        "net", f"{settings.net.name} at {width}x{height} ({why}), {took:.1f} ms a picture, file as described"
    )


def _camera(settings: config.Camera) -> Finding:
    camera, started = cameras.open_camera(settings), stopwatch()
    name = f"camera {settings.name}"
    enough = threading.Timer(PATIENCE, camera.close)
    enough.start()
    try:
        frame = next(camera.frames(), None)
        if frame is None:
            problem = camera.problem or f"no picture within {PATIENCE:.0f} s"
            return Finding(name, problem, "check its address, cable and password, and that no other program holds it")
        size = f"{frame.image.shape[1]}x{frame.image.shape[0]}"
        found = f"first picture ({size}) after {stopwatch() - started:.1f} s"
        return Finding(name, found, "" if settings.lines else "draw a line: add a [camera.NAME.line.NAME] table")
    finally:
        enough.cancel()
        camera.close()


def _hanging(folder: Folder, settings: config.Settings, camera: config.Camera) -> Finding:
    name = f"camera {camera.name}"
    database = open_for_reading(folder.database) if folder.database.exists() else None
    known = queries.hangings(database).get(camera.name) if database else None
    if known is None or known.state == "new":
        return Finding(name, "how it hangs is learnt in its first minutes of pictures")
    since = f"{settings.shop.clock.local(known.since):%Y-%m-%d %H:%M}"
    right = f"; if it hangs right as it is: tallybox cameras confirm {camera.name}"
    if known.state == "moved":
        by = hanging.in_words(known)
        found = f"was moved, since {since}: its picture {'lies ' + by if by else 'shows something else'}"
        return Finding(name, found, f"turn it back, or draw its lines anew{right}")
    if known.state == "covered":
        return Finding(name, f"is covered or in the dark, since {since}", f"look at its lens and its light{right}")
    return Finding(name, f"hangs as it did on {settings.shop.clock.local(known.begun):%Y-%m-%d %H:%M}")


def _counter(folder: Folder) -> Finding:
    state = ask_state(folder.live_socket)
    if state is None:
        return Finding("counter", "does not run", "start it: tallybox run")
    return Finding("counter", f"runs for {(now() - state['since']) / 3600:.1f} h", state["problem"])


def _headquarters(folder: Folder, settings: config.Settings) -> Finding:
    url = config.scrub(settings.headquarters.url)
    if not url:
        return Finding("headquarters", "none: nothing leaves the box")
    parked = _parked(folder)
    if parked:
        return Finding("headquarters", f"{url} refused {parked[0]}: {parked[1]}", "ask headquarters what it expects")
    try:
        with connection.client(settings.headquarters, folder.pin()) as http:
            http.get("/healthz").raise_for_status()
    except httpx.HTTPError as error:
        said = one_line(error).split(" For more")[0]
        return Finding("headquarters", f"{url}: {said}", "check the address and the line; documents wait till then")
    return Finding("headquarters", f"{url} answers")


def _update(folder: Folder) -> Finding:
    if not folder.database.exists():
        return Finding("update", "none is known of")
    database = open_for_reading(folder.database)
    if not database.table("release").exists():
        return Finding("update", "none is known of")
    known, waits = release.state(database), [path.name for path in release.waiting(folder)]
    if waits:
        return Finding("update", f"{waits[0]} waits to be installed", "install it: tallybox update")
    if known.said.startswith(release.REFUSED):
        return Finding("update", known.said, "ask headquarters which version it means")
    return Finding("update", known.said or f"{known.meant or 'none'} is meant by headquarters")


def _parked(folder: Folder) -> tuple[str, str] | None:
    if not folder.database.exists():
        return None
    row = open_for_reading(folder.database).execute("SELECT day, last_answer FROM outbox WHERE parked = 1").fetchone()
    return None if row is None else (row[0], row[1])
