"""tallybox models calibrate: the person net in int8, its ranges measured on this shop's own pictures."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import click

from appliance import cameras, config
from appliance.cli.models import choose
from appliance.cli.options import data_option
from appliance.config import ConfigError
from appliance.frame import Frame
from appliance.nets import Catalogue, Engine, Entry, NetError, open_detector
from appliance.nets.agreement import Agreement, agreements
from appliance.nets.board import settle
from appliance.nets.catalogue import OWN, held_to
from appliance.nets.sample import Sample
from appliance.storage import Folder
from appliance.whole import write_whole

LEAST_PEOPLE = 16  # pictures with somebody in them
SLOWER = 1.1  # of two files of the same layers, what a busy board's clock may differ by
CLIP_PAUSE = 0.5  # seconds between two pictures of a clip


@click.command()
@click.argument("name", default="person")
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True), help="A clip or a folder of pictures.")
@click.option("--pictures", default=64, show_default=True, type=click.IntRange(24, 512), help="Pictures to keep.")
@click.option("--minutes", default=10.0, show_default=True, type=click.FloatRange(0.1, 600), help="To watch for.")
@click.option("--twin", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The net's fp32 twin.")
@data_option
def calibrate(name: str, source: Path | None, pictures: int, minutes: float, twin: Path | None, folder: Folder) -> None:
    """Measure int8's ranges on this shop's own pictures, and count with the net that comes of it if it is better.

    Pictures are taken from the cameras of tallybox.toml, and kept in memory alone. One in four is kept back; on these
    the new int8 must answer at least as close to fp32 as the one that ships, and not slower. The way back is
    `tallybox models use person`.

    \b
    Example:
      tallybox models calibrate --minutes 10
    """
    settings, catalogue = config.load(folder.config), Catalogue(pulled=folder.nets)
    entry = catalogue.find(name)
    entry = catalogue.find(entry.calibrated_from or name)
    if entry.kind != "person" or entry.decoder != "tallybox":
        raise ConfigError(f"net {name!r}: can't be calibrated: only tallybox's own net that finds people can")
    fp32 = twin_of(entry, twin)
    from appliance.nets.quantise import grey_of, int8_of  # says in one line what to do where onnx is missing

    told, _ = settle(settings, entry, folder.board)
    size, engine = told.net.size or config.USUAL_SIZE, Engine.of(settings.net)
    sample = Sample(pictures, size, open_detector(entry, size, engine, 0.25))
    collect(sample, source, settings.cameras, 60 * minutes)
    if sample.people < LEAST_PEOPLE:
        raise NetError(f"only {sample.people} pictures show people, {LEAST_PEOPLE} are needed: try a busier time")
    measured_on, judged_on = sample.split()
    click.echo(f"calibrated on {len(measured_on)} pictures, judged on {len(judged_on)}; {sample.people} show people")
    fresh = int8_of(fp32, measured_on, grey_of(fp32))
    shipped, own, plain = agreements(entry, size, fp32, [entry.read(), fresh], judged_on * 2, engine)
    for label, row in ((entry.name, shipped), (f"{entry.name}-own", own), ("fp32", plain)):
        click.echo(f"{label:12} apart from fp32 {row.apart:.4f}, the same {row.same:.3f}, {row.ms:.1f} ms a look")
    if problem := worse(own, shipped):
        raise NetError(f"the new net {problem}: nothing was changed")
    keep(folder, entry, fresh)
    choose(folder, f"{entry.name}-own")
    click.echo(f"{folder.config}: counts with {entry.name}-own; the way back: tallybox models use {entry.name}")


def twin_of(entry: Entry, file: Path | None) -> bytes:
    """Return the fp32 twin, checked. Raises NetError where it is not the one of models.toml, or not here."""
    data = held_to(file, entry.twin_sha256) if file else entry.read_twin()
    if data is None:
        raise NetError(f"the fp32 twin of {entry.name} is not on this box: --twin FILE, models/fp32/ of the release")
    return data


def worse(own: Agreement, shipped: Agreement) -> str:
    """Say in what the new net is worse than the shipped one, or nothing."""
    if own.apart > shipped.apart or own.same < shipped.same - 0.02:
        return "is not closer to fp32 than the one that ships"
    return "is slower than the one that ships" if own.ms > SLOWER * shipped.ms else ""


def collect(sample: Sample, source: Path | None, told: tuple[config.Camera, ...], seconds: float) -> None:
    """Offer pictures to the sample: of a recording all over it, of cameras one after the other until time is over."""
    if source is not None:
        pause = 0.0 if source.is_dir() else CLIP_PAUSE
        taken(sample, cameras.replay(source, width=1920).frames(), pause, seconds, f"{source.name}")
        return
    if not told:
        raise ConfigError("no camera in tallybox.toml: name one, or --from a clip or a folder of pictures")
    share = seconds / len(told)
    for settings in told:
        camera = cameras.open_camera(settings)
        timer = threading.Timer(share, camera.close)
        timer.start()
        try:
            count = taken(sample, camera.frames(), share / 400, share, settings.name)
            if not count:
                raise cameras.CameraError(f"camera {settings.name}: {camera.problem or 'gave no picture'}")
        finally:
            timer.cancel()
            camera.close()


def every(pause: float, frames: Iterator[Frame]) -> Iterator[Frame]:
    """Yield the first frame, and each that comes at least so many seconds of the frames' own time after the last."""
    last = float("-inf")
    for frame in frames:
        if frame.time - last >= pause:
            last = frame.time
            yield frame


def taken(sample: Sample, frames: Iterator[Frame], pause: float, seconds: float, label: str) -> int:
    """Offer a frame each `pause` seconds of the frames' own time; return how many were offered."""
    first, count = None, 0
    with click.progressbar(length=100, label=label) as bar:
        for frame in every(pause, frames):
            first, count = frame.time if first is None else first, count + 1
            sample.offer(frame.image)
            bar.update(min(100, int(100 * (frame.time - first) / seconds)) - bar.pos)
            if frame.time - first >= seconds:
                break
    return count


def keep(folder: Folder, entry: Entry, data: bytes) -> None:
    """Put the net beside those that were pulled: the file first, then the table that names it, each whole or not."""
    folder.make()
    folder.nets.mkdir(exist_ok=True)
    sha256 = hashlib.sha256(data).hexdigest()
    file = folder.nets / f"{entry.name}-own-{sha256[:12]}.onnx"
    table = (
        f'[{entry.name}-own]\ncalibrated_from = "{entry.name}"\nfile = "{file.name}"\nbytes = {len(data)}\n'
        f'sha256 = "{sha256}"\nfp32_sha256 = "{entry.twin_sha256}"\n'
    )
    for path, content in ((file, data), (folder.nets / OWN, table.encode())):
        write_whole(path, content)
    for old in folder.nets.glob(f"{entry.name}-own-*.onnx"):
        if old != file:
            old.unlink()
