"""tallybox bench: what the nets cost on this board."""

import json
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from appliance.clock import stopwatch
from appliance.config import parse_size
from appliance.nets import Catalogue, Entry, open_detector
from appliance.nets.agreement import Look, look_of


@click.command()
@click.option("--runs", default=40, show_default=True, type=click.IntRange(3, 1000), help="Runs of each net.")
@click.option("--size", "only", help="Only this size of the nets that take several, such as 384x224.")
@click.option(
    "--yardsticks",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with nets of others, timed in the same run.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of sentences.")
def bench(runs: int, only: str | None, yardsticks: Path | None, as_json: bool) -> None:
    """Time each net in int8 beside its fp32 twin: one thread, all in turn, medians of a whole look at a picture.

    \b
    Example:
      tallybox bench --json
    """
    entries = list(Catalogue(pulled=yardsticks))
    for entry in entries:
        for text in entry.figures["sizes"] if entry.bundled else []:
            if only in (None, text) or len(entry.figures["sizes"]) == 1:
                tell(row_of(entry, parse_size(text), runs), as_json)
    for entry in entries if yardsticks else []:
        if not entry.bundled and entry.is_here:
            size = parse_size(entry.figures["sizes"][0])
            (took,) = times([open_detector(entry, size).detect], size, runs)
            tell({"model": entry.name, "size": entry.figures["sizes"][0], "fp32_ms": round(took, 2)}, as_json)


def row_of(entry: Entry, size: tuple[int, int], runs: int) -> dict[str, Any]:
    """Return the median milliseconds of int8 and fp32, timed in turn; None where there is no twin."""
    twin = entry.read_twin()
    looks = [look_of(entry, size, data) for data in ([None, twin] if twin else [None])]
    int8, *fp32 = times(looks, size, runs)
    return {
        "model": entry.name,
        "size": f"{size[0]}x{size[1]}",
        "int8_ms": round(int8, 2),
        "fp32_ms": round(fp32[0], 2) if fp32 else None,
        "ratio": round(fp32[0] / int8, 2) if fp32 else None,
    }


def times(looks: list[Look], size: tuple[int, int], runs: int) -> list[float]:
    """Return the median milliseconds of each, one look of each at a time, so that noise meets all alike."""
    picture = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    took: list[list[float]] = [[] for _ in looks]
    for _ in range(runs):
        for look, row in zip(looks, took, strict=True):
            started = stopwatch()
            look(picture)
            row.append(1000 * (stopwatch() - started))
    return [median(row) for row in took]


def tell(row: dict[str, Any], as_json: bool) -> None:
    """Print a row."""
    if as_json:
        click.echo(json.dumps(row, separators=(",", ":")))
    elif "int8_ms" not in row:
        click.echo(f"{row['model']} {row['size']}: {row['fp32_ms']} ms (fp32, a net of others)")
    else:
        beside = f", fp32 {row['fp32_ms']} ms, {row['ratio']} times" if row["fp32_ms"] else ", no fp32 twin here"
        click.echo(f"{row['model']} {row['size']}: int8 {row['int8_ms']} ms{beside}")
