"""AP50 and recall by size of the face net on held-out pictures with human boxes, beside YuNet-n.

    python -m scripts.training.face.evaluate ../shared/train/face_boxes --yardsticks ../shared/weights/faces

Recall is told at 90 % precision, by the height of the face in the picture. Faces behind masks count as faces; these
pictures are for measuring only.
"""

import csv
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np

from appliance.config import parse_size
from appliance.nets import Catalogue, PersonDetector
from scripts.training.average_precision import average_precision, overlaps
from scripts.training.evaluate import LEAST, Finder, finder_of

SIZES = ((12, 20), (20, 32), (32, 64))
SAME, PRECISION = 0.5, 0.9
YARDSTICKS = ("yunet_n_320", "yunet_n_640", "rfb320")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture, its faces (N x 4) and the boxes that have no say (M x 4)."""

    path: Path
    faces: np.ndarray
    ignored: np.ndarray


def read_scenes(folder: Path, prefix: str = "mask", split: str = "val") -> list[Scene]:
    """Read the pictures whose names begin with `prefix`."""
    rows: dict[str, tuple[list[list[float]], list[list[float]]]] = {}
    with (folder / "boxes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["file"].startswith(prefix) and row["split"] == split:
                box = [float(row[key]) for key in ("x1", "y1", "x2", "y2")]
                rows.setdefault(row["file"], ([], []))[row["kind"] == "ignore"].append(box)
    shaped = {name: [np.array(boxes, float).reshape(-1, 4) for boxes in pair] for name, pair in rows.items()}
    return [Scene(folder / name, *pair) for name, pair in shaped.items()]


Match = tuple[float, int]  # score, the height of the face it found, or 0 for none


def matches(found: np.ndarray, scene: Scene) -> list[Match]:
    """Return the score of each box found and the height of its face; what lies on an ignored box is left out."""
    free = np.ones(len(scene.faces), bool)
    told: list[Match] = []
    for *box, score in found[np.argsort(-found[:, 4])]:
        fits = overlaps(np.array(box), scene.faces)[0] * free if len(scene.faces) else np.zeros(0)
        if len(fits) and fits.max() >= SAME:
            face = int(fits.argmax())
            free[face] = False
            told.append((score, max(1, round(scene.faces[face, 3] - scene.faces[face, 1]))))
        elif not len(scene.ignored) or overlaps(np.array(box), scene.ignored)[0].max() < SAME:
            told.append((score, 0))
    return told


def figures(told: list[Match], heights: np.ndarray) -> dict[str, float]:
    """Return AP50, and the recall of each size at the score where nine boxes of ten are faces."""
    rows = {"AP50": average_precision([(score, bool(height)) for score, height in told], len(heights))}
    told = sorted(told, reverse=True)
    right = np.cumsum([height > 0 for _, height in told])
    good = np.nonzero(right / np.arange(1, len(told) + 1) >= PRECISION)[0] if told else np.zeros(0, int)
    sure = told[: good[-1] + 1] if len(good) else []
    for low, high in SIZES:
        there = ((heights >= low) & (heights < high)).sum()
        rows[f"{low}-{high} px"] = sum(low <= height < high for _, height in sure) / max(1, there)
    return rows


def judge(find: Finder, scenes: list[Scene]) -> dict[str, float]:
    """Return the figures of a net on the scenes."""
    told = [match for scene in scenes for match in matches(find(cv2.imread(str(scene.path))), scene)]
    heights = np.concatenate([(scene.faces[:, 3] - scene.faces[:, 1]).round() for scene in scenes])
    return figures(told, heights)


def yardsticks(folder: Path) -> dict[str, Finder]:
    """Return the nets of others, with the decoders of the folder's `nets.py`."""
    make: Callable[[str], Finder] = runpy.run_path(str(folder / "nets.py"))["make_detector"]

    def finder(name: str) -> Finder:
        net = make(name)
        return lambda picture: net(picture)[:, :5]

    return {name: finder(name) for name in YARDSTICKS}


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=["320x192"], show_default=True)
@click.option("--fp32", is_flag=True, help="judge the fp32 twin instead")
@click.option("--yardsticks", "others", type=click.Path(path_type=Path, exists=True), help="a folder of others' nets")
def evaluate(folder: Path, sizes: tuple[str, ...], fp32: bool, others: Path | None) -> None:
    entry = Catalogue().find("face")
    twin = entry.read_twin() if fp32 else None
    nets = {f"ours {s}": finder_of(PersonDetector(entry, parse_size(s), least=LEAST, twin=twin)) for s in sizes}
    nets |= yardsticks(others) if others else {}
    scenes = read_scenes(folder)
    click.echo(f"{len(scenes)} pictures, {sum(len(scene.faces) for scene in scenes)} faces")
    for name, find in nets.items():
        click.echo(f"{name}: {', '.join(f'{key} {value:.2f}' for key, value in judge(find, scenes).items())}")


if __name__ == "__main__":
    evaluate()
