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
from scripts.training.average_precision import average_precision, judged, matched
from scripts.training.pictures import Picture, of_source, read_folder

LEAST, LEAST_RAW = 0.002, 0.005  # a probability, and others' raw score: AP50 is over all recalls, so nothing is cut off
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
    return {name: partial(theirs["load"](name), conf=LEAST_RAW) for name in there}


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


def recalls(find: Finder, pictures: list[Picture], rate: float) -> dict[str, tuple[float, int]]:
    """Return the share of people found and their number at `rate` false boxes a picture: by size, light, tilt, kind.

    Size is the longer side of a person's box as a share of the picture's.
    """
    people: list[tuple[float, tuple[str, ...]]] = []
    false: list[float] = []
    for picture in pictures:
        image = cv2.imread(str(picture.path))
        scores, wrong = matched(find(image), picture.boxes, picture.ignored)
        false += wrong
        kinds = picture.kinds or [()] * len(scores)
        for box, score, kind in zip(picture.boxes, scores, kinds, strict=True):
            people.append((float(score), ("all", *kind, *_groups(picture, box, max(image.shape[:2])))))
    allowed = int(rate * len(pictures))
    least = sorted(false, reverse=True)[allowed] if len(false) > allowed else 0.0
    hits: dict[str, list[bool]] = {}
    for score, groups in people:
        for group in groups:
            hits.setdefault(group, []).append(score > least)
    return {f"{name}": (float(np.mean(row)), len(row)) for name, row in sorted(hits.items())}


def _groups(picture: Picture, box: np.ndarray, side: int) -> tuple[str, ...]:
    """Return what a person is counted under: the size, and for synthetic pictures the light and the tilt."""
    share = max(box[2] - box[0], box[3] - box[1]) / side
    size = next(name for name, limit in SIZES if share <= limit)
    tilt = () if np.isnan(picture.tilt) else (f"tilt {int(picture.tilt // 10 * 10)}",)
    return (size, *([picture.light] if picture.light else []), *tilt)


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=["384x224"], show_default=True)
@click.option("--net", default="person", show_default=True)
@click.option("--only", multiple=True, help="judge only this source, whole: for a net that was trained without it")
@click.option(
    "--false-boxes",
    "rate",
    type=float,
    help="recall at so many false boxes a picture, by size, light, tilt and kind, not AP50",
)
@click.option("--fp32", is_flag=True, help="judge the fp32 twin instead")
@click.option("--yardsticks", "others", type=click.Path(path_type=Path, exists=True), help="a folder of others' nets")
def evaluate(
    folders: tuple[Path, ...], sizes: tuple[str, ...], net: str, only: tuple[str, ...], rate: float | None, fp32: bool,
    others: Path | None,
) -> None:  # fmt: skip
    entry = Catalogue().find(net)
    twin = entry.read_twin() if fp32 else None
    pictures = [picture for folder in folders for picture in read_folder(folder, None if only else "val")]
    pictures = of_source(pictures, only)[0] if only else pictures

    def say(name: str, find: Finder) -> None:
        rows = by_view(find, pictures) if rate is None else recalls(find, pictures, rate)
        click.echo(f"{name}  {'  '.join(f'{view} {ap:.3f} ({people} people)' for view, (ap, people) in rows.items())}")

    for size in sizes:
        detector = PersonDetector(entry, parse_size(size), least=LEAST, twin=twin)
        say(f"{net} {'fp32' if fp32 else 'int8'} {size}", finder_of(detector))
    for name, find in (yardsticks(others) if others else {}).items():
        say(name, find)


if __name__ == "__main__":
    evaluate()
