"""Soft labels: a larger net of others looks at a picture, its mirror and four overlapping tiles, and they are fused.

    python -m scripts.training.teacher --net yolox_nano --weights ../shared/weights --out runs/soft.csv FOLDER...

Weighted boxes fusion after Solovyev et al. 2021. The nets in that folder are yardsticks under permissive licences
(YOLOX-Nano: Apache-2.0); what is learnt from them is their opinion, none of their weights. Rows: path, x1, y1, x2, y2,
score, in pixels of the picture, down to a score of 0.1. A row without a box says that the picture was looked at.
"""

import csv
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click
import cv2
import numpy as np

from scripts.training.average_precision import overlaps
from scripts.training.pictures import read_folder

Detect = Callable[[np.ndarray, float], np.ndarray]
LEAST, SAME, TILE = 0.1, 0.6, 0.6


@dataclass(slots=True)
class _Group:
    """Boxes that are one person, each from another view."""

    box: np.ndarray
    sum: np.ndarray
    mass: float
    score: float
    views: set[int] = field(default_factory=set)


def fuse(views: list[np.ndarray], weights: list[float]) -> np.ndarray:
    """Fuse boxes (N x 5) of several views of one picture; a box that few views see gets a low score."""
    rows = sorted(
        (
            (box[4] * w, box[:4], view)
            for view, (boxes, w) in enumerate(zip(views, weights, strict=True))
            for box in boxes
        ),
        key=lambda row: -row[0],
    )
    groups: list[_Group] = []
    for mass, box, view in rows:
        free = [g for g in groups if view not in g.views]
        fits = overlaps(box, np.array([g.box for g in free]))[0] if free else np.zeros(0)
        if len(fits) and fits.max() > SAME:
            group = free[int(fits.argmax())]
            group.sum, group.mass, group.score = group.sum + box * mass, group.mass + mass, group.score + mass
            group.box = group.sum / group.mass
            group.views.add(view)
        else:
            groups.append(_Group(box.copy(), box * mass, mass, mass, {view}))
    return np.array([[*g.box, g.score / sum(weights)] for g in groups]).reshape(-1, 5)


def look(detect: Detect, image: np.ndarray, suppress: Callable[[np.ndarray, float], np.ndarray]) -> np.ndarray:
    """Return the fused opinion on a picture: boxes N x 5."""
    high, wide = image.shape[:2]
    mirrored = detect(np.ascontiguousarray(image[:, ::-1]), 0.03).copy()
    mirrored[:, [0, 2]] = wide - mirrored[:, [2, 0]]
    tiles = [_tile(detect, image, x, y) for x in (0, wide - int(wide * TILE)) for y in (0, high - int(high * TILE))]
    return fuse([detect(image, 0.03), mirrored, suppress(np.concatenate(tiles), 0.6)], [1.0, 1.0, 0.7])


def _tile(detect: Detect, image: np.ndarray, x: int, y: int) -> np.ndarray:
    """Return the boxes of one tile that its inner borders do not cut."""
    high, wide = image.shape[:2]
    tw, th = int(wide * TILE), int(high * TILE)
    found = detect(np.ascontiguousarray(image[y : y + th, x : x + tw]), 0.03).copy()
    cut = ((x > 0) & (found[:, 0] <= 3)) | ((x + tw < wide) & (found[:, 2] >= tw - 3))
    cut |= ((y > 0) & (found[:, 1] <= 3)) | ((y + th < high) & (found[:, 3] >= th - 3))
    found = found[~cut]
    found[:, [0, 2]] += x
    found[:, [1, 3]] += y
    return found


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--net", default="yolox_nano", show_default=True)
@click.option("--weights", type=click.Path(path_type=Path, exists=True), required=True, help="folder with nets.py")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def teach(folders: tuple[Path, ...], net: str, weights: Path, out: Path) -> None:
    os.environ["NETS_DIR"] = str(weights)
    spec = importlib.util.spec_from_file_location("nets", weights / "nets.py")
    assert spec is not None
    assert spec.loader is not None
    nets = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(nets)
    cv2.setNumThreads(1)
    detect = nets.load(net)
    known = {row[0] for row in csv.reader(out.open())} if out.exists() else set()
    out.parent.mkdir(parents=True, exist_ok=True)
    paths = [
        p.path for folder in folders for p in read_folder(folder) if p.split == "train" and str(p.path) not in known
    ]
    with out.open("a", newline="") as file, click.progressbar(paths, label=net) as bar:
        rows = csv.writer(file)
        for path in bar:
            for box in look(detect, cv2.imread(str(path)), nets.nms):
                if box[4] >= LEAST:
                    rows.writerow([path, *(f"{v:.1f}" for v in box[:4]), f"{box[4]:.3f}"])
            rows.writerow([path])


if __name__ == "__main__":
    teach()
