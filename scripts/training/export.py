"""Weights (.npz) of a detector -> models/person.onnx (int8) and its twin models/fp32/person.onnx (weights as float16).

    python -m scripts.training.export --weights runs/person.npz --pictures ../shared/train/person \
        --pictures ../shared/train/person2
    python -m scripts.training.export --net face --weights runs/face.npz --pictures runs/faces

int8 is calibrated on real pictures that training saw too; both files take pictures of any multiple of 32.
"""

from pathlib import Path

import click
import cv2

from appliance.nets.letterbox import letterbox
from scripts.training.detector_net import DetectorNet, Shipped
from scripts.training.onnx_files import MODELS, ship
from scripts.training.pictures import read_folder
from scripts.training.weights import GREY

OUTPUTS = {"person": ["s8", "s16", "s32"], "face": ["s8", "s16"]}


@click.command(help=__doc__)
@click.option("--weights", type=click.Path(path_type=Path, exists=True), required=True)
@click.option(
    "--pictures",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="a folder with labels.csv; each gives as many",
)
@click.option("--net", type=click.Choice(list(OUTPUTS)), default="person", show_default=True)
@click.option("--size", default="384x224", show_default=True, help="size at which int8 is calibrated")
@click.option("--count", default=200, show_default=True, help="pictures to calibrate on")
@click.option("--out", type=click.Path(path_type=Path), default=MODELS, show_default=False)
def export(weights: Path, folders: tuple[Path, ...], net: str, size: str, count: int, out: Path) -> None:
    width, height = map(int, size.split("x"))
    seen = [cv2.imread(str(path)) for folder in folders for path in _spread(folder, count // len(folders))]
    boxed = [letterbox(picture, width, height)[0] for picture in seen]
    plain = Shipped(DetectorNet(len(OUTPUTS[net])).load(weights))
    ship(plain, net, OUTPUTS[net], boxed, int(GREY), out)
    for path in (out / f"{net}.onnx", out / "fp32" / f"{net}.onnx"):
        click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def _spread(folder: Path, count: int) -> list[Path]:
    """Return the paths of training pictures, evenly drawn from a folder."""
    pictures = read_folder(folder, split="train")
    return [picture.path for picture in pictures[:: max(1, len(pictures) // count)][:count]]


if __name__ == "__main__":
    export()
