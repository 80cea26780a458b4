"""Counted beside true: replays a folder of clips and prints, a scene and in total, how right the counts are.

    python -m scripts.score ../shared/clips [--size 384x224] [--anchor auto] [--json]

The folder holds counts.json (clips counted by eye) or one truth.json a clip (the synthetic shop's). Event matching: an
event counts as found when one of the same direction lies within 2 seconds. Intervals are Wilson's, 95 %.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import click

WITHIN = 2.0  # seconds

Event = tuple[float, str, str]  # time, line, direction


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip and its truth. `lines` are what replay takes; `crossings` are the true ones that a counter must report."""

    name: str
    path: Path
    lines: tuple[str, ...]
    crossings: tuple[Event, ...]


@dataclass(slots=True)
class Score:
    """Sums over one clip, or over all."""

    ins: int = 0
    outs: int = 0
    true_ins: int = 0
    true_outs: int = 0
    error: int = 0
    hits: int = 0

    def add(self, other: "Score") -> None:
        """Add another clip's sums."""
        for key in self.__slots__:
            setattr(self, key, getattr(self, key) + getattr(other, key))

    def as_row(self) -> dict[str, Any]:
        """Return the figures: block accuracy 1 - sum|S-M| / sum M, bias, precision, recall and F1 of events."""
        counted, true = self.ins + self.outs, self.true_ins + self.true_outs
        return {
            "in": self.ins, "true_in": self.true_ins, "out": self.outs, "true_out": self.true_outs,
            "block_accuracy": round(1 - self.error / true, 3) if true else None,
            "bias": round((counted - true) / true, 3) if true else None,
            "precision": round(self.hits / counted, 3) if counted else None,
            "precision_95": wilson(self.hits, counted),
            "recall": round(self.hits / true, 3) if true else None,
            "recall_95": wilson(self.hits, true),
            "f1": round(2 * self.hits / (counted + true), 3) if counted + true else None,
        }  # fmt: skip


def wilson(hits: int, of: int) -> list[float] | None:
    """Return Wilson's 95 % interval of a share (Wilson 1927), or None of nothing."""
    if not of:
        return None
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return [round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)]


def read_clips(folder: Path) -> list[Clip]:
    """Read the truth of a folder of clips."""
    if (folder / "counts.json").exists():
        told = json.loads((folder / "counts.json").read_text())["clips"]
        return [_counted_by_eye(folder, clip) for clip in told]
    truths = sorted(folder.glob("*.truth.json")) + sorted(folder.glob("*/truth.json"))
    if not truths:
        raise click.ClickException(f"{folder}: holds neither counts.json nor a truth.json")
    return [_synthetic(path) for path in truths]


def _counted_by_eye(folder: Path, clip: dict[str, Any]) -> Clip:
    line = clip["line"]
    crossings = tuple((c["t"], line["name"], c["direction"]) for c in clip["crossings"])
    return Clip(clip["file"].removesuffix(".mp4"), folder / clip["file"], (line_text(line),), crossings)


def _synthetic(path: Path) -> Clip:
    truth = json.loads(path.read_text())
    crossings = tuple((c["t"], c["line"], c["direction"]) for c in truth["expected"]["crossings"])
    lines = tuple(line_text(line) for line in truth["lines"])
    return Clip(truth["scene"], path.with_name(truth["clip"]), lines, crossings)


def line_text(line: dict[str, Any]) -> str:
    """Return a line as replay takes it."""
    numbers = ",".join(f"{v:g}" for v in (*line["a"], *line["b"]))
    return f"{line['name']}:{numbers}:{line['inside'][0]:g},{line['inside'][1]:g}"


def replay(clip: Clip, options: list[str]) -> list[Event]:
    """Count in a clip with the program itself."""
    command = [sys.executable, "-m", "appliance.cli", "replay", str(clip.path), "--json", *options]
    for line in clip.lines:
        command += ["--line", line]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{clip.name}: {done.stderr.strip()}")
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    return [(row["t"], row["line"], row["direction"]) for row in rows if row["kind"] == "crossing"]


def judge(clip: Clip, counted: list[Event]) -> Score:
    """Hold what was counted against the truth, line by line."""
    score = Score()
    for name in {line.split(":")[0] for line in clip.lines}:
        for way in ("in", "out"):
            found = sorted(t for t, line, direction in counted if (line, direction) == (name, way))
            true = sorted(t for t, line, direction in clip.crossings if (line, direction) == (name, way))
            score.error += abs(len(found) - len(true))
            score.hits += _matches(found, true)
            if way == "in":
                score.ins, score.true_ins = score.ins + len(found), score.true_ins + len(true)
            else:
                score.outs, score.true_outs = score.outs + len(found), score.true_outs + len(true)
    return score


def _matches(found: list[float], true: list[float]) -> int:
    """Return the largest number of pairs within reach: both are sorted, so the earliest that still fits is right."""
    hits = i = 0
    for moment in true:
        while i < len(found) and found[i] < moment - WITHIN:
            i += 1
        if i < len(found) and found[i] <= moment + WITHIN:
            hits, i = hits + 1, i + 1
    return hits


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--size", default="384x224", show_default=True)
@click.option("--model", default="person", show_default=True)
@click.option("--anchor", default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def score(folder: Path, size: str, model: str, anchor: str, as_json: bool) -> None:
    options = ["--size", size, "--model", model, "--anchor", anchor]
    total, rows = Score(), {}
    for clip in read_clips(folder):
        result = judge(clip, replay(clip, options))
        total.add(result)
        rows[clip.name] = result.as_row()
        if not as_json:
            click.echo(_line(clip.name, rows[clip.name]))
    if as_json:
        click.echo(json.dumps({"scenes": rows, "total": total.as_row(), "options": options}))
    else:
        click.echo(_line("total", total.as_row()))
        click.echo(f"recall {total.as_row()['recall_95']}, precision {total.as_row()['precision_95']} (95 %)")


def _line(name: str, row: dict[str, Any]) -> str:
    def shown(key: str) -> str:
        return "  -  " if row[key] is None else f"{row[key]:5.3f}"

    counts = f"in {row['in']:3d} of {row['true_in']:3d}  out {row['out']:3d} of {row['true_out']:3d}"
    figures = "  ".join(f"{key} {shown(key)}" for key in ("block_accuracy", "precision", "recall", "f1"))
    return f"{name:24s} {counts}  {figures}"


if __name__ == "__main__":
    score()
