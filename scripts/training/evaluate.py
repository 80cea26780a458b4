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
from scripts.training.average_precision import average_precision, judged
from scripts.training.pictures import Picture, of_source, read_folder

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


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=["384x224"], show_default=True)
@click.option("--net", default="person", show_default=True)
@click.option("--only", multiple=True, help="judge only this source, whole: for a net that was trained without it")
@click.option("--fp32", is_flag=True, help="judge the fp32 twin instead")
@click.option("--yardsticks", "others", type=click.Path(path_type=Path, exists=True), help="a folder of others' nets")
def evaluate(
    folders: tuple[Path, ...], sizes: tuple[str, ...], net: str, only: tuple[str, ...], fp32: bool, others: Path | None
) -> None:
    entry = Catalogue().find(net)
    twin = entry.read_twin() if fp32 else None
    pictures = [picture for folder in folders for picture in read_folder(folder, None if only else "val")]
    pictures = of_source(pictures, only)[0] if only else pictures

    def say(name: str, find: Finder) -> None:
        rows = by_view(find, pictures)
        click.echo(f"{name}  {'  '.join(f'{view} {ap:.3f} ({people} people)' for view, (ap, people) in rows.items())}")

    for size in sizes:
        detector = PersonDetector(entry, parse_size(size), least=0.02, twin=twin)
        say(f"{net} {'fp32' if fp32 else 'int8'} {size}", finder_of(detector))
    for name, find in (yardsticks(others) if others else {}).items():
        say(name, find)


if __name__ == "__main__":
    evaluate()
