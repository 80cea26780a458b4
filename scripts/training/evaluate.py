"""AP50 by view of the committed net on held-out photographs, and how true its scores are.

python -m scripts.training.evaluate ../shared/train/person ../shared/train/person2 --size 384x224
"""

from pathlib import Path

import click
import cv2
import numpy as np

from appliance.config import parse_size
from appliance.nets import Catalogue, PersonDetector
from scripts.training.average_precision import average_precision, judged
from scripts.training.pictures import Picture, read_folder


def found_by(detector: PersonDetector, picture: Picture) -> np.ndarray:
    """Return the net's boxes in a picture, N x 5 with the probability last."""
    found = detector.detect(cv2.imread(str(picture.path)))
    return np.concatenate([found.boxes, found.scores[:, None]], 1)


def by_view(detector: PersonDetector, pictures: list[Picture]) -> dict[str, tuple[float, int]]:
    """Return AP50 and the number of people by view, and over all."""
    verdicts: dict[str, list[tuple[float, bool]]] = {}
    people: dict[str, int] = {}
    for picture in pictures:
        verdict = judged(found_by(detector, picture), picture.boxes, picture.ignored)
        for view in (picture.view or "unknown", "all"):
            verdicts.setdefault(view, []).extend(verdict)
            people[view] = people.get(view, 0) + len(picture.boxes)
    return {view: (average_precision(verdicts[view], people[view]), people[view]) for view in sorted(verdicts)}


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=["384x224"], show_default=True)
@click.option("--net", default="person", show_default=True)
@click.option("--fp32", is_flag=True, help="judge the fp32 twin instead")
def evaluate(folders: tuple[Path, ...], sizes: tuple[str, ...], net: str, fp32: bool) -> None:
    entry = Catalogue().find(net)
    twin = entry.read_twin() if fp32 else None
    pictures = [picture for folder in folders for picture in read_folder(folder, "val")]
    for size in sizes:
        rows = by_view(PersonDetector(entry, parse_size(size), 1, 0.02, twin=twin), pictures)
        told = "  ".join(f"{view} {ap:.3f} ({people} people)" for view, (ap, people) in rows.items())
        click.echo(f"{net} {'fp32' if fp32 else 'int8'} {size}  {told}")


if __name__ == "__main__":
    evaluate()
