"""Weights (.npz) -> models/appearance.onnx (int8), its fp32 twin, and the threshold in models.toml.

python -m scripts.training.appearance.export --weights runs/looks/weights.npz --looks .cache/synthetic_shop/looks \\
    --photographs ../shared/train/person2 --clips ../shared/clips
"""

import random
import re
from pathlib import Path

import click

from appliance.nets import Catalogue
from appliance.nets.appearance import AppearanceReader
from scripts.training.appearance.evaluate import REAL, real_threshold, working_thresholds
from scripts.training.appearance.looks import photographed, read_looks, seen
from scripts.training.appearance.net import AppearanceNet
from scripts.training.appearance.tracks import followed_in
from scripts.training.detector_net import Shipped
from scripts.training.onnx_files import MODELS, ship
from scripts.training.weights import GREY


@click.command(help=__doc__)
@click.option("--weights", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--looks", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--photographs", type=click.Path(path_type=Path, exists=True), help="calibrate on these as well")
@click.option("--clips", type=click.Path(path_type=Path, exists=True), required=True, help="for real-tracks' threshold")
@click.option("--count", default=192, show_default=True, help="crops to calibrate on")
@click.option("--out", type=click.Path(path_type=Path), default=MODELS, show_default=False)
def export(weights: Path, folder: Path, photographs: Path | None, clips: Path, count: int, out: Path) -> None:
    rng = random.Random(1)
    crops = [look.image for look in rng.sample(read_looks(folder, "train"), count)]
    if photographs:
        photos = [crop for crops in photographed([photographs]) for crop in crops]
        crops = [*crops[: count // 2], *rng.sample(photos, count // 2)]
    net = Shipped(AppearanceNet().load(weights))
    ship(net, "appearance", ["appearance"], [seen(crop, rng) for crop in crops], int(GREY), out)
    read = AppearanceReader(Catalogue(out).find("appearance")).look
    told = working_thresholds(read, read_looks(folder, "val")) | {REAL: real_threshold(read, followed_in(clips))}
    same = f"same = {{ {', '.join(f'{which} = {value:.3f}' for which, value in told.items())} }}"
    catalogue = out / "models.toml"
    catalogue.write_text(re.sub(r"(?m)^same = .*", same, catalogue.read_text(), count=1))
    for path in (out / "appearance.onnx", out / "fp32" / "appearance.onnx"):
        click.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {same}")


if __name__ == "__main__":
    export()
