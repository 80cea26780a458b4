"""Labelled pictures: a folder with labels.csv (or frames.csv), as the synthetic shop writes it."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Picture:
    """One picture: people's boxes, boxes without a say, and ground points (NaN where not known), all in pixels."""

    path: Path
    group: str
    split: str
    view: str
    licence: str
    boxes: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    ignored: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    grounds: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))


def read_folder(folder: Path, split: str | None = None) -> list[Picture]:
    """Read a folder's labels; `split` keeps one of train, val, test."""
    labels = folder / "labels.csv" if (folder / "labels.csv").exists() else folder / "frames.csv"
    views_file = folder / "views.csv"
    views = dict(csv.reader(views_file.read_text().splitlines())) if views_file.exists() else {}
    pictures: dict[str, Picture] = {}
    rows: dict[str, tuple[list[list[float]], list[list[float]], list[list[float]]]] = {}
    with labels.open(newline="") as file:
        for row in csv.DictReader(file):
            name = row["file"]
            if split and (row.get("split") or "train") != split:
                continue
            if name not in pictures:
                view = row.get("view") or views.get(name, "")
                pictures[name] = Picture(
                    folder / name, row["group"], row.get("split") or "train", view, row.get("licence", "")
                )
                rows[name] = ([], [], [])
            if row["kind"] == "none":
                continue
            box = [float(row[key]) for key in ("x1", "y1", "x2", "y2")]
            if row["kind"] == "person":
                ground = row.get("ground_x") or ""
                rows[name][0].append(box)
                rows[name][2].append([float(ground), float(row["ground_y"])] if ground else [np.nan, np.nan])
            else:
                rows[name][1].append(box)
    for name, (boxes, ignored, grounds) in rows.items():
        picture = pictures[name]
        picture.boxes = np.array(boxes, np.float32).reshape(-1, 4)
        picture.ignored = np.array(ignored, np.float32).reshape(-1, 4)
        picture.grounds = np.array(grounds, np.float32).reshape(-1, 2)
    return [picture for picture in pictures.values() if picture.path.exists()]
