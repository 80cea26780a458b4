"""Label the faces in pictures whose licence allows to train on them: YuNet-n's fused opinion (Apache-2.0).

    python -m scripts.training.face.labels ../shared/train/person ../shared/train/person2 ../shared/train/face_boxes \\
        --weights ../shared/weights/faces --out runs/faces

Looks at each picture, its mirror and four tiles at 640 x 640. Writes labels.csv as `pictures.read_folder` takes it,
with kind "person" for a face: a sure opinion is a face, an unsure one has no say. Pictures done are not done again.
"""

import csv
import runpy
from pathlib import Path

import click
import cv2
import numpy as np

from scripts.training.pictures import is_open, read_folder
from scripts.training.teacher import look

SURE, UNSURE, LEAST_SIDE = 0.55, 0.2, 8
COLUMNS = ("file", "group", "split", "kind", "x1", "y1", "x2", "y2", "licence")


def pictures_of(folder: Path) -> list[tuple[Path, str, str, str]]:
    """Return (path, group, split, licence) of the pictures of train and val whose licence lets a net ship."""
    if (folder / "boxes.csv").exists():
        with (folder / "boxes.csv").open(newline="") as file:
            rows = {row["file"]: (row["split"], row["licence"]) for row in csv.DictReader(file)}
        found = [(folder / name, name, *told) for name, told in rows.items() if name.startswith("open_")]
    else:
        found = [(p.path, p.group, p.split, p.licence) for p in read_folder(folder)]
    return [row for row in found if row[2] in ("train", "val") and is_open(row[3])]


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--weights", type=click.Path(path_type=Path, exists=True), required=True, help="folder with nets.py")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def label(folders: tuple[Path, ...], weights: Path, out: Path) -> None:
    cv2.setNumThreads(1)
    theirs = runpy.run_path(str(weights / "nets.py"))
    net = theirs["make_detector"]("yunet_n_640")
    out.mkdir(parents=True, exist_ok=True)
    target = out / "labels.csv"
    known = {row["file"] for row in csv.DictReader(target.open())} if target.exists() else set()
    todo = [row for folder in folders for row in pictures_of(folder) if str(row[0].resolve()) not in known]
    with target.open("a", newline="") as file, click.progressbar(todo, label="yunet") as bar:
        rows = csv.writer(file)
        if not known:
            rows.writerow(COLUMNS)
        for path, group, split, licence in bar:
            found = look(lambda image, least: net(image, least)[:, :5], cv2.imread(str(path)), theirs["nms"])
            rows.writerows([str(path.resolve()), group, split, *told, licence] for told in opinions(found))


def opinions(found: np.ndarray) -> list[list[str]]:
    """Return kind and box of each face (N x 5, the score last); one row of kind "none" where there is nothing."""
    told = []
    for *box, score in found:
        if score >= UNSURE:
            sure = score >= SURE and min(box[2] - box[0], box[3] - box[1]) >= LEAST_SIDE
            told.append(["person" if sure else "ignore", *(f"{v:.1f}" for v in box)])
    return told or [["none", "", "", "", ""]]


if __name__ == "__main__":
    label()
