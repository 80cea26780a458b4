"""tallybox bench: what the nets cost on this board."""

import json
from statistics import median
from typing import Any

import click
import numpy as np

from appliance.clock import stopwatch
from appliance.config import parse_size
from appliance.nets import Catalogue, Entry, PersonDetector

SIZE = (384, 224)


@click.command()
@click.option("--runs", default=40, show_default=True, type=click.IntRange(3, 1000), help="Runs of each net.")
@click.option("--all-sizes", is_flag=True, help="Every size of each net, not only 384x224.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of sentences.")
def bench(runs: int, all_sizes: bool, as_json: bool) -> None:
    """Time each net in int8 beside its fp32 twin: one thread, the two in turn, medians of a whole detection.

    \b
    Example:
      tallybox bench --json
    """
    for entry in Catalogue():
        sizes = [parse_size(text) for text in entry.figures["sizes"]] if all_sizes else [SIZE]
        for size in sizes:
            row = compare(entry, size, runs)
            if as_json:
                click.echo(json.dumps(row, separators=(",", ":")))
                continue
            beside = f", fp32 {row['fp32_ms']} ms, {row['ratio']} times" if row["fp32_ms"] else ", no fp32 twin here"
            click.echo(f"{row['model']} {row['size']}: int8 {row['int8_ms']} ms{beside}")


def compare(entry: Entry, size: tuple[int, int], runs: int) -> dict[str, Any]:
    """Return the median milliseconds of both, timed alternately; the twin's are None where it was not brought along."""
    twin = entry.read_twin()
    nets = [PersonDetector(entry, size)] + ([PersonDetector(entry, size, twin=twin)] if twin else [])
    picture = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    took: list[list[float]] = [[] for _ in nets]
    for _ in range(runs):
        for net, times in zip(nets, took, strict=True):
            started = stopwatch()
            net.detect(picture)
            times.append(1000 * (stopwatch() - started))
    int8, *fp32 = (median(times) for times in took)
    return {
        "model": entry.name,
        "size": f"{size[0]}x{size[1]}",
        "int8_ms": round(int8, 2),
        "fp32_ms": round(fp32[0], 2) if fp32 else None,
        "ratio": round(fp32[0] / int8, 2) if fp32 else None,
    }
