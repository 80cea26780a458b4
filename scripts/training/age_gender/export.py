"""Weights (.npz) -> models/age-gender.onnx (int8) and its fp32 twin.

python -m scripts.training.age_gender.export --weights runs/age/weights.npz --data ../shared/train/faces/open
"""

import random
from pathlib import Path

import click
import cv2

from scripts.training.age_gender.faces import read_faces, seen
from scripts.training.age_gender.net import GREY, AgeGenderNet, ShippedAgeGender
from scripts.training.onnx_files import MODELS, ship


@click.command(help=__doc__)
@click.option("--weights", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="a folder with faces.csv")
@click.option("--count", default=128, show_default=True, help="faces to calibrate on")
@click.option("--out", type=click.Path(path_type=Path), default=MODELS, show_default=False)
def export(weights: Path, data: Path, count: int, out: Path) -> None:
    rng = random.Random(1)
    faces = [seen(cv2.imread(str(face.path)), rng) for face in rng.sample(read_faces(data, "train"), count)]
    ship(ShippedAgeGender(AgeGenderNet().load(weights)), "age-gender", ["answer"], faces, GREY, out)
    for path in (out / "age-gender.onnx", out / "fp32" / "age-gender.onnx"):
        click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    export()
