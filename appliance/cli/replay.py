"""tallybox replay: count in a recording."""

import json
import resource
import sys
from collections import Counter
from pathlib import Path

import click

from appliance import cameras, config
from appliance.cameras.recording import Speed
from appliance.cli.options import LineType, SizeType, default_data
from appliance.clock import stopwatch
from appliance.frame import Crossing, Frame
from appliance.nets import Catalogue
from appliance.pipeline import Looked, Spine, follow
from appliance.storage import Folder

NET = config.Net()


@click.command()
@click.argument("clip", type=click.Path(path_type=Path))
@click.option(
    "--line", "lines", type=LineType(), multiple=True, required=True, help="A line to count over; repeatable."
)
@click.option("--speed", type=click.Choice(["real", "max"]), default="max", show_default=True)
@click.option("--model", default=NET.name, show_default=True, help="A net of models/models.toml.")
@click.option(
    "--size", type=SizeType(), default="x".join(map(str, config.USUAL_SIZE)), show_default=True, help="Size of the net."
)
@click.option(
    "--anchor", type=click.Choice(config.ANCHORS), default="auto", show_default=True, help="The followed point."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of sentences.")
def replay(
    clip: Path,
    lines: tuple[config.Line, ...],
    speed: Speed,
    model: str,
    size: tuple[int, int],
    anchor: str,
    as_json: bool,
) -> None:
    """Count the people who cross a line in a clip or a folder of pictures. No frame is dropped at any speed.

    \b
    Example:
      tallybox replay shop.mp4 --line door:0.2,0.6,0.8,0.6:0.5,0.9 --json
    """
    camera = config.Camera("replay", str(clip), width=1920, anchor=anchor, lines=lines)
    spine = Spine.of(camera, Catalogue(pulled=Folder(default_data()).nets).find(model), size)
    source = cameras.replay(clip, speed=speed, width=camera.width)
    printer = Printer(lines, as_json)
    started = stopwatch()
    follow(source.frames(), spine, printer.crossings, printer.progress)
    printer.summary(spine, stopwatch() - started)


class Printer:
    """Prints crossings as they happen and the sums at the end; messages and progress go to stderr."""

    def __init__(self, lines: tuple[config.Line, ...], as_json: bool) -> None:
        self._as_json = as_json
        self._counts = {way: Counter({line.name: 0 for line in lines}) for way in ("in", "out")}
        self._last: Frame | None = None
        self._terminal = sys.stderr.isatty()

    def crossings(self, crossings: list[Crossing], *_: object) -> None:
        """Print the crossings of what became certain."""
        for c in crossings:
            self._counts[c.direction][c.line] += 1
            told = {"kind": "crossing", "t": round(c.time, 3), "frame": c.frame, "line": c.line}
            told |= {"direction": c.direction, "track": c.track}
            sentence = (
                f"{c.time:8.1f} s  {c.line}: one person {c.direction} (number {self._counts[c.direction][c.line]})"
            )
            click.echo(json.dumps(told, separators=(",", ":")) if self._as_json else sentence)

    def progress(self, looked: Looked) -> None:
        """Remember the frame; show the progress on a terminal."""
        self._last = looked.frame
        if self._terminal and looked.frame.index % 25 == 0:
            click.echo(f"\r{looked.frame.time:8.1f} s", nl=False, err=True)

    def summary(self, spine: Spine, seconds: float) -> None:
        """Print the sums and what each stage cost, in milliseconds a frame."""
        if self._terminal:
            click.echo("\r" + " " * 20 + "\r", nl=False, err=True)
        took, frames = spine.timings, max(1, spine.timings.frames)
        told = {
            "kind": "summary",
            "frames": took.frames,
            "seconds": round(self._last.time if self._last else 0.0, 3),
            "in": dict(self._counts["in"]),
            "out": dict(self._counts["out"]),
            "fps": round(took.frames / max(seconds, 1e-6), 1),
            "decode_ms": round(took.decode / frames, 3),
            "detect_ms": round(took.detect / frames, 3),
            "track_ms": round(took.track / frames, 3),
            "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }
        if self._as_json:
            click.echo(json.dumps(told, separators=(",", ":")))
            return
        for line in self._counts["in"]:
            click.echo(f"{line}: {self._counts['in'][line]} in, {self._counts['out'][line]} out")
        click.echo(f"{told['frames']} pictures at {told['fps']} a second", err=True)
