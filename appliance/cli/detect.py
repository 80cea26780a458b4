"""tallybox detect: the people in pictures."""

import json
from pathlib import Path

import click
import cv2
import numpy as np

from appliance import config
from appliance.cli.options import SizeType, default_data
from appliance.frame import Pixels
from appliance.nets import Catalogue, open_detector
from appliance.storage import Folder

NET = config.Net()
LEAST = 0.02  # low enough that average precision can be computed from what is printed


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", default=NET.name, show_default=True, help="A net of models/models.toml.")
@click.option(
    "--size", type=SizeType(), default="x".join(map(str, config.USUAL_SIZE)), show_default=True, help="Size of the net."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of sentences.")
def detect(images: tuple[Path, ...], model: str, size: tuple[int, int], as_json: bool) -> None:
    """Find the people in pictures: boxes in pixels with the probability that each is a person.

    \b
    Example:
      tallybox detect door.jpg --json
    """
    detector = open_detector(Catalogue(pulled=Folder(default_data()).nets).find(model), size, least=LEAST)
    for path in images:
        image = read(path)
        found = detector.detect(image)
        rows = [
            [*(round(v, 1) for v in box), round(score, 4)]
            for box, score in zip(found.boxes.tolist(), found.scores.tolist(), strict=True)
        ]
        if as_json:
            click.echo(json.dumps({"file": str(path), "boxes": rows}, separators=(",", ":")))
        else:
            click.echo(f"{path}: {sum(row[4] >= 0.5 for row in rows)} people")


def read(path: Path) -> Pixels:
    """Read a picture. Raises OSError with one line where it is none."""
    path.stat()
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise OSError(0, "is no picture that can be read", str(path))
    return np.asarray(image, np.uint8)
