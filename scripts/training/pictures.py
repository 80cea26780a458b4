"""Labelled pictures: a folder with labels.csv (or frames.csv), or another such table beside them (faces.csv)."""

import csv
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.training.average_precision import overlaps

SURE, UNSURE = 0.45, 0.15  # a teacher's scores
ADULT = 16  # years
WHOLE = 0.9  # share of a body from which it counts as seen
FRONTAL = 30  # degrees that a face may look past the lens
OPEN = ("CC BY 4.0", "CC-BY-4.0", "CC0", "MIT", "Apache-2.0", "ours")  # how a licence begins that lets a net ship


@dataclass(slots=True)
class Picture:
    """One picture, all in pixels: people's boxes, boxes without a say, ground points (NaN where not known).

    `belief` is 1 for a labelled box, less for one that only a teacher saw.
    """

    path: Path
    group: str
    split: str
    view: str
    licence: str
    boxes: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    ignored: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    grounds: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    belief: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    light: str = ""
    tilt: float = float("nan")  # degrees below the horizon, where the picture is synthetic
    kinds: list[tuple[str, ...]] = field(default_factory=list)  # of each synthetic person: age, how it is seen, skin


def is_open(licence: str) -> bool:
    """Say whether a picture's stated licence lets a net ship that was trained on it, in commerce too."""
    return licence.startswith(OPEN) and "NC" not in licence


def of_source(pictures: list[Picture], sources: Iterable[str]) -> tuple[list[Picture], list[Picture]]:
    """Part pictures into those of the named sources (a picture's own folder) and the others."""
    named = frozenset(sources)
    parts: tuple[list[Picture], list[Picture]] = ([], [])
    for picture in pictures:
        parts[picture.path.parent.name not in named].append(picture)
    return parts


def read_folder(folder: Path, split: str | None = None) -> list[Picture]:
    """Read the labels of a folder, or a table in it; `split` keeps one of train, val, test."""
    whole = folder.is_dir()
    names = [folder / name for name in ("labels.csv", "frames.csv")] if whole else [folder]
    labels = next((path for path in names if path.exists()), names[-1])
    folder = labels.parent
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
        picture.belief = np.ones(len(boxes), np.float32)
    _add_conditions(pictures, folder / "frames_extra.csv" if whole else labels)
    return [picture for picture in pictures.values() if picture.path.exists()]


def _add_conditions(pictures: dict[str, Picture], table: Path) -> None:
    """Add light, tilt and kinds of people where a table of synthetic pictures tells them."""
    with table.open(newline="") if table.exists() else nullcontext([]) as file:
        for row in csv.DictReader(file):
            if row["file"] in pictures and row.get("light"):
                pictures[row["file"]].light = row["light"]
                pictures[row["file"]].tilt = float(row["tilt"])
                if row["kind"] == "person":
                    pictures[row["file"]].kinds.append(_kinds(row))


def _kinds(row: dict[str, str]) -> tuple[str, ...]:
    """Return what a synthetic person or face is: child or adult, how it is seen, the skin's tone unless in infrared."""
    age = "child" if float(row["age"]) < ADULT else "adult"
    if row.get("turned"):
        seen = "to the lens" if float(row["turned"]) <= FRONTAL else "aside"
    else:
        seen = "seen whole" if float(row["share"]) >= WHOLE else "partly seen"
    return (age, seen, f"{tone_of(float(row['skin']))} skin") if row.get("skin") else (age, seen)


def tone_of(lightness: float) -> str:
    """Return the group of a skin's CIE lightness (0 to 100)."""
    return "dark" if lightness < 58 else "medium" if lightness < 76 else "light"


def read_opinions(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read a teacher's boxes (x1, y1, x2, y2, score) by the path of the picture."""
    rows: dict[str, list[list[float]]] = {}
    with path.open(newline="") as file:
        for name, *numbers in csv.reader(file):
            boxes = rows.setdefault(name, [])
            if numbers:
                boxes.append([float(number) for number in numbers])
    return {name: np.array(boxes, np.float32).reshape(-1, 5) for name, boxes in rows.items()}


def add_opinions(pictures: list[Picture], opinions: dict[str, NDArray[np.float32]]) -> list[Picture]:
    """Add what a teacher saw and nobody labelled: as people where it is sure, without a say where not.

    Labels made by other means miss people; punishing a net for finding those would teach it to miss them too.
    """
    for picture in pictures:
        told = opinions.get(str(picture.path))
        if told is None or not len(told):
            continue
        known = np.concatenate([picture.boxes, picture.ignored])
        new = np.array([not len(known) or overlaps(box[:4], known)[0].max() < 0.4 for box in told])
        sure, unsure = told[new & (told[:, 4] >= SURE)], told[new & (told[:, 4] < SURE) & (told[:, 4] >= UNSURE)]
        picture.boxes = np.concatenate([picture.boxes, sure[:, :4]])
        picture.belief = np.concatenate([picture.belief, sure[:, 4]])
        picture.grounds = np.concatenate([picture.grounds, np.full((len(sure), 2), np.nan, np.float32)])
        picture.ignored = np.concatenate([picture.ignored, unsure[:, :4]])
    return pictures
