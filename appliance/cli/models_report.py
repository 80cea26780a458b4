"""tallybox models report: int8 beside fp32, a layer at a time: how close, how much work, how long."""

import json
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np

from appliance import cameras, config
from appliance.cli.models_calibrate import CLIP_PAUSE, every, twin_of
from appliance.cli.options import SizeType, data_option
from appliance.config import parse_size
from appliance.frame import Pixels
from appliance.nets import Catalogue, Engine, Entry
from appliance.nets.agreement import agreements
from appliance.nets.board import settle
from appliance.nets.letterbox import letterbox
from appliance.storage import Folder


@click.command()
@click.argument("name", default="person")
@click.option(
    "--from", "source", type=click.Path(path_type=Path, exists=True), required=True, help="A clip or a folder."
)
@click.option("--pictures", default=32, show_default=True, type=click.IntRange(4, 512), help="Pictures to look at.")
@click.option("--size", type=SizeType(), help="Size of the net, such as 384x224.")
@click.option("--twin", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The net's fp32 twin.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@data_option
def report(
    name: str,
    source: Path,
    pictures: int,
    size: tuple[int, int] | None,
    twin: Path | None,
    as_json: bool,
    folder: Folder,
) -> None:
    """Tell of each layer how far int8 is from fp32 (signal-to-noise in dB), its work, its bytes, and both times.

    \b
    Example:
      tallybox models report person --from clip.mp4
    """
    settings, entry = config.load(folder.config), Catalogue(pulled=folder.nets).find(name)
    fp32 = twin_of(entry, twin)
    from appliance.nets.layers import layers_of  # says in one line what to do where onnx is missing

    engine = Engine.of(settings.net)
    size = size or size_of(entry, settings, folder)
    seen = seen_in(entry, source, size, pictures)
    int8, plain = agreements(entry, size, fp32, [entry.read()], seen, engine)
    rows = [asdict(layer) for layer in layers_of(entry.read(), fp32, size, seen, engine)]
    whole = {
        "net": name,
        "size": f"{size[0]}x{size[1]}",
        "pictures": len(seen),
        "apart": round(int8.apart, 5),
        "same": round(int8.same, 4),
        "int8_ms": round(int8.ms, 3),
        "fp32_ms": round(plain.ms, 3),
        "ratio": round(plain.ms / int8.ms, 2),
    }
    if as_json:
        click.echo(json.dumps(whole | {"layers": rows}, separators=(",", ":"), default=str))
        return
    for line in table(rows):
        click.echo(line)
    click.echo(
        f"{name} {whole['size']}, {len(seen)} pictures: int8 {int8.ms:.2f} ms, fp32 {plain.ms:.2f} ms a look, "
        f"{whole['ratio']} times; answers {int8.apart:.4f} apart, {int8.same:.3f} the same"
    )


def size_of(entry: Entry, settings: config.Settings, folder: Folder) -> tuple[int, int]:
    """Return the size at which the net is looked at where none is named."""
    if entry.kind != "person":
        return parse_size(entry.figures["sizes"][0])
    return settle(settings, entry, folder.board)[0].net.size or config.USUAL_SIZE


def seen_in(entry: Entry, source: Path, size: tuple[int, int], most: int) -> list[Pixels]:
    """Return up to so many pictures of a clip (one each half second) or of a folder, as the net takes them."""
    frames = every(0.0 if source.is_dir() else CLIP_PAUSE, cameras.replay(source, width=1920).frames())
    return [fitted(entry, frame.image, size) for frame in islice(frames, most)]


def fitted(entry: Entry, image: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a picture as the net takes it; a net that takes a face or a person gets the whole picture for one."""
    if entry.kind in ("age-gender", "appearance"):
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return letterbox(image, *size)[0]


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Return the lines of the table; marked are the noisiest layers, the slowest, and those that int8 slows down."""
    noisy = sorted(row["snr_db"] for row in rows if row["snr_db"] is not None)[:3]
    slow = sorted((row["int8_ms"] for row in rows), reverse=True)[:3]
    lines = [
        f"{'layer':26} {'M adds':>7} {'kB':>6} {'fp32 kB':>7} {'dB':>5} {'int8 ms':>8} {'fp32 ms':>8} {'times':>6}"
    ]
    for row in rows:
        marks = ["noisy"] * (row["snr_db"] in noisy) + ["slow"] * (row["int8_ms"] in slow)
        left = 0 < row["fp32_bytes"] == row["int8_bytes"]
        marks += ["left in fp32"] * left + ["int8 slower than fp32"] * (not left and row["int8_ms"] > row["fp32_ms"])
        snr = "" if row["snr_db"] is None else f"{row['snr_db']:.1f}"
        lines.append(
            f"{row['name'][:26]:26} {row['multiply_adds'] / 1e6:7.1f} {row['int8_bytes'] / 1e3:6.0f} "
            f"{row['fp32_bytes'] / 1e3:7.0f} {snr:>5} {row['int8_ms']:8.3f} {row['fp32_ms']:8.3f} "
            f"{row['fp32_ms'] / max(row['int8_ms'], 1e-6):6.2f}  {', '.join(marks)}".rstrip()
        )
    return lines
