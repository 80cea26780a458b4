"""AP50 by view of the committed net on held-out photographs, and how true its scores are.

python -m scripts.training.evaluate ../shared/train/person ../shared/train/person2 --size 384x224 \
    --yardsticks ../shared/weights
"""

import runpy
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import cv2
import numpy as np

from appliance.config import parse_size
from appliance.nets import Catalogue, PersonDetector
from scripts.training.average_precision import average_precision, judged, overlaps
from scripts.training.pictures import Picture, of_source, read_folder

SURE, SAME = 0.5, 0.5
SIZES = (("below a tenth", 0.1), ("a fifth", 0.2), ("two fifths", 0.4), ("larger", 9.9))

Finder = Callable[[np.ndarray], np.ndarray]


def finder_of(detector: PersonDetector) -> Finder:
    """Return what finds people in a picture, N x 5 with the probability last."""

    def find(picture: np.ndarray) -> np.ndarray:
        found = detector.detect(picture)
        return np.concatenate([found.boxes, found.scores[:, None]], 1)

    return find


def yardsticks(folder: Path) -> dict[str, Finder]:
    """Return the nets of others that lie in a folder, with the decoders of its `nets.py`."""
    theirs = runpy.run_path(str(folder / "nets.py"))
    there = [name for name in theirs["NAMES"] if (folder / theirs["SPEC"][name][0]).exists()]
    return {name: partial(theirs["load"](name), conf=0.02) for name in there}


def by_view(find: Finder, pictures: list[Picture]) -> dict[str, tuple[float, int]]:
    """Return AP50 and the number of people by view, and over all."""
    verdicts: dict[str, list[tuple[float, bool]]] = {}
    people: dict[str, int] = {}
    for picture in pictures:
        verdict = judged(find(cv2.imread(str(picture.path))), picture.boxes, picture.ignored)
        for view in (picture.view or "unknown", "all"):
            verdicts.setdefault(view, []).extend(verdict)
            people[view] = people.get(view, 0) + len(picture.boxes)
    return {view: (average_precision(verdicts[view], people[view]), people[view]) for view in sorted(verdicts)}


def recalls(find: Finder, pictures: list[Picture]) -> dict[str, tuple[float, int]]:
    """Return the share of people found with a probability of a half, and their number, by light and by size.

    Size is the longer side of a person's box as a share of the picture's.
    """
    found: dict[str, list[bool]] = {}
    for picture in pictures:
        image = cv2.imread(str(picture.path))
        told = find(image)
        told = told[told[:, 4] >= SURE]
        for box in picture.boxes:
            share = max(box[2] - box[0], box[3] - box[1]) / max(image.shape[:2])
            size = next(name for name, limit in SIZES if share <= limit)
            hit = bool(len(told)) and bool(overlaps(box, told[:, :4])[0].max() >= SAME)
            for name in (size, *([picture.light] if picture.light else [])):
                found.setdefault(name, []).append(hit)
    return {name: (float(np.mean(hits)), len(hits)) for name, hits in sorted(found.items())}


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=["384x224"], show_default=True)
@click.option("--net", default="person", show_default=True)
@click.option("--only", multiple=True, help="judge only this source, whole: for a net that was trained without it")
@click.option("--recall", "by_recall", is_flag=True, help="recall by size of person and by light, instead of AP50")
@click.option("--fp32", is_flag=True, help="judge the fp32 twin instead")
@click.option("--yardsticks", "others", type=click.Path(path_type=Path, exists=True), help="a folder of others' nets")
def evaluate(
    folders: tuple[Path, ...], sizes: tuple[str, ...], net: str, only: tuple[str, ...], by_recall: bool, fp32: bool,
    others: Path | None,
) -> None:  # fmt: skip
    entry = Catalogue().find(net)
    twin = entry.read_twin() if fp32 else None
    pictures = [picture for folder in folders for picture in read_folder(folder, None if only else "val")]
    pictures = of_source(pictures, only)[0] if only else pictures

    def say(name: str, find: Finder) -> None:
        rows = recalls(find, pictures) if by_recall else by_view(find, pictures)
        click.echo(f"{name}  {'  '.join(f'{view} {ap:.3f} ({people} people)' for view, (ap, people) in rows.items())}")

    for size in sizes:
        detector = PersonDetector(entry, parse_size(size), least=0.02, twin=twin)
        say(f"{net} {'fp32' if fp32 else 'int8'} {size}", finder_of(detector))
    for name, find in (yardsticks(others) if others else {}).items():
        say(name, find)


if __name__ == "__main__":
    evaluate()
