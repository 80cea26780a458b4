"""Score -> probability: how often a box with a score is a person, on the validation pictures, and a and b of

    probability = sigmoid(a * logit + b)

by logistic regression (Platt 1999), for models.toml; then a reliability table.

    python -m scripts.training.calibrate ../shared/train/person ../shared/train/person2 --size 384x224 --size 448x256
"""

import itertools
from dataclasses import replace
from pathlib import Path

import click
import cv2
import numpy as np

from appliance.config import parse_size
from appliance.nets import Catalogue, PersonDetector
from scripts.training.average_precision import judged
from scripts.training.evaluate import finder_of
from scripts.training.pictures import Picture, read_folder

LEAST = 0.05  # raw score
BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def scored(detector: PersonDetector, pictures: list[Picture]) -> tuple[np.ndarray, np.ndarray]:
    """Return the score of every box found, and whether it was right."""
    find = finder_of(detector)
    verdicts = [v for p in pictures for v in judged(find(cv2.imread(str(p.path))), p.boxes, p.ignored)]
    scores, right = zip(*verdicts, strict=True)
    return np.array(scores), np.array(right, float)


def fit(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Return a and b by Newton's method."""
    logit = np.log(scores / (1 - scores))
    x = np.stack([logit, np.ones_like(logit)], 1)
    ab = np.array([1.0, 0.0])
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ ab))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2), x.T @ (p - right))
        ab -= step
        if np.abs(step).max() < 1e-8:
            break
    return float(ab[0]), float(ab[1])


def reliability(probability: np.ndarray, right: np.ndarray) -> list[tuple[float, float, float, int]]:
    """Return (bin, mean probability, share that was right, boxes) of each bin that holds any."""
    rows = []
    for low, high in itertools.pairwise(BINS):
        here = (probability >= low) & (probability < high)
        if here.any():
            rows.append((low, float(probability[here].mean()), float(right[here].mean()), int(here.sum())))
    return rows


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--size", "sizes", multiple=True, default=["384x224"], show_default=True)
@click.option("--net", default="person", show_default=True)
def calibrate(folders: tuple[Path, ...], sizes: tuple[str, ...], net: str) -> None:
    entry = Catalogue().find(net)
    raw = replace(entry, figures=entry.figures | {"score": {size: [1.0, 0.0] for size in sizes}})
    pictures = [picture for folder in folders for picture in read_folder(folder, "val")]
    for size in sizes:
        scores, right = scored(PersonDetector(raw, parse_size(size), least=LEAST), pictures)
        a, b = fit(scores, right)
        click.echo(f'"{size}" = [{a:.2f}, {b:.2f}]')
        probability = 1 / (1 + np.exp(-(a * np.log(scores / (1 - scores)) + b)))
        for low, mean, share, count in reliability(probability, right):
            click.echo(f"  {low:.1f}  told {mean:.2f}  right {share:.2f}  {count} boxes")


if __name__ == "__main__":
    calibrate()
