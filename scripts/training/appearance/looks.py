"""Crops to learn looks from: the synthetic shop's identities, and people of photographs, each seen once."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from appliance.nets.appearance import HEIGHT, WIDTH
from scripts.synthetic_shop.identities import HIGH, MARGIN, WIDE
from scripts.training.augment import recolour
from scripts.training.pictures import is_open, read_folder

LEAST = 48  # pixels of a photographed person's height


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One crop (HIGH x WIDE, with the margin around), who it shows, and where it was seen."""

    image: np.ndarray
    shop: int
    person: int
    scene: int
    light: str
    high: int  # pixels that the person really had
    uniform: bool

    @property
    def identity(self) -> tuple[int, int]:
        return self.shop, self.person


def read_looks(folder: Path, split: str, known: list[Look] | None = None) -> list[Look]:
    """Read the crops of one split; `known` were read before, and what came since is added."""
    looks = list(known or [])
    shops = {look.shop for look in looks}
    with (folder / "looks.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] == split and int(row["shop"]) not in shops:
                numbers = (int(row[key]) for key in ("shop", "person", "scene"))
                image = cv2.imread(str(folder / row["file"]))
                looks.append(Look(image, *numbers, row["light"], int(row["height"]), row["uniform"] == "1"))
    return looks


def photographed(folders: list[Path], split: str = "train") -> list[np.ndarray]:
    """Return crops (N x HIGH x WIDE x 3), an array a photograph, of people whose picture's licence lets a net ship."""
    crops = []
    for picture in (p for folder in folders for p in read_folder(folder, split) if is_open(p.licence)):
        tall = [box for box in picture.boxes if box[3] - box[1] >= LEAST and box[2] - box[0] >= LEAST / 4]
        if tall:
            image = cv2.imread(str(picture.path))
            crops.append(np.stack([crop_of(image, box) for box in tall]))
    return crops


def crop_of(image: np.ndarray, box: np.ndarray, width: int = WIDE, height: int = HIGH, margin: float = MARGIN):
    """Return a box of a picture with its margin, stretched to a size; edges are repeated."""
    x1, y1, x2, y2 = (float(v) for v in box)
    aside, above = (x2 - x1) * margin, (y2 - y1) * margin
    left, top = int(max(0, x1 - aside)), int(max(0, y1 - above))
    part = image[top : int(y2 + above) + 1, left : int(x2 + aside) + 1]
    how = cv2.INTER_AREA if part.shape[0] > height else cv2.INTER_LINEAR
    return cv2.resize(part, (width, height), interpolation=how)


def plain(image: np.ndarray) -> np.ndarray:
    """Return a crop as the net gets it of a perfect box: the margin cut off, HEIGHT x WIDTH."""
    aside, above = (round(side * MARGIN / (1 + 2 * MARGIN)) for side in (WIDE, HIGH))
    return cv2.resize(image[above:-above, aside:-aside], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def seen(image: np.ndarray, rng: random.Random, recoloured: float = 1.0) -> np.ndarray:
    """Return a crop as another camera and box would give it: moved, small, mirrored, partly hidden, recoloured.

    `recoloured` is how often: the synthetic shop's cameras and lights change colours already.
    """
    low, high = MARGIN / (1 + 2 * MARGIN), 1 - MARGIN / (1 + 2 * MARGIN)
    x1, x2 = (at + rng.uniform(-0.08, 0.08) for at in (low, high))
    y1, y2 = (at + rng.uniform(-0.06, 0.06) for at in (low, high))
    left, top = round(x1 * WIDE), round(y1 * HIGH)
    image = image[max(0, top) : round(y2 * HIGH), max(0, left) : round(x2 * WIDE)]
    if rng.random() < 0.4:
        tall = rng.randint(24, 64)
        image = cv2.resize(image, (tall // 2, tall), interpolation=cv2.INTER_AREA)
    image = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
    image = recolour(image, rng) if rng.random() < recoloured else image
    return _erased(image, rng) if rng.random() < 0.4 else image


def _erased(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Cover a rectangle with one colour (Zhong et al. 2020), as a shelf or another person would."""
    image = image.copy()
    wide, high = int(WIDTH * rng.uniform(0.2, 0.7)), int(HEIGHT * rng.uniform(0.1, 0.45))
    x, y = rng.randrange(WIDTH - wide), rng.randrange(HEIGHT - high)
    image[y : y + high, x : x + wide] = [rng.randrange(256) for _ in range(3)]
    return image
