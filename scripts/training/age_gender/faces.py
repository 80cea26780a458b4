"""Labelled faces (faces.csv), and what a ceiling camera makes of a face.

A band of ages ("20 to 29") is a label as good as a year; `low` and `high` hold both ends, the same for an exact age.
"""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from appliance.nets.age_gender import SIDE

BANDS = ((0, 2), (3, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 100))


@dataclass(frozen=True, slots=True)
class Face:
    """One labelled face; the picture is a square with the face in it."""

    path: Path
    low: int
    high: int
    man: bool
    ethnicity: str


def read_faces(folder: Path, split: str) -> list[Face]:
    """Read a folder's faces of one split, train or val; the list stands in it or, for several folders, beside it."""
    here = (folder / "faces.csv").exists()
    root = folder if here else folder.parent
    with (root / "faces.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    return [
        Face(
            root / row["file"],
            round(float(row["age"] or row["age_low"])),
            round(float(row["age"] or row["age_high"])),
            row["gender"] == "m",
            row["ethnicity"],
        )
        for row in rows
        if here or row["file"].startswith(folder.name + "/")
    ]


def crop(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Return the square a little larger, smaller, aside, turned and perhaps mirrored, SIDE + SIDE // 2 pixels wide."""
    side, to = image.shape[0], SIDE + SIDE // 2
    scale = to / side * float(np.exp(rng.uniform(-0.12, 0.18)))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-14, 14), scale)
    matrix[:, 2] += to / 2 - side / 2 + np.array([rng.uniform(-0.07, 0.07) * to, rng.uniform(-0.07, 0.07) * to])
    moved = cv2.warpAffine(image, matrix, (to, to), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved[:, ::-1] if rng.random() < 0.5 else moved


def degrade(image: np.ndarray, size: float, strength: float, rng: random.Random) -> np.ndarray:
    """Return the face as a cheap camera sees it, `size` pixels wide: dark before a window, blurred, noisy, packed.

    `strength` 0 only makes it small, 1 is the worst.
    """
    small = max(8, round(size))
    image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    if strength > 0:
        light = image.astype(np.float32) / 255
        light = light ** (1 + strength * rng.uniform(-0.3, 1.2)) * (1 - strength * rng.uniform(0, 0.55))
        light += strength * rng.uniform(0, 0.25) * np.linspace(0, 1, small)[None, :, None] * rng.choice((-1, 1))
        image = (light.clip(0, 1) * 255).astype(np.uint8)
        blur = strength * rng.uniform(0, 1.1)
        image = cv2.GaussianBlur(image, (0, 0), blur) if blur > 0.2 else image
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, strength * rng.uniform(2, 16), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
        quality = round(95 - strength * rng.uniform(15, 70))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return image


def recolour(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Change colour and light mildly; one in eight is grey, as infrared is."""
    if rng.random() < 0.125:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    gains = np.array([rng.uniform(0.88, 1.12) for _ in range(3)]) * rng.uniform(0.8, 1.2)
    return np.clip(image * gains + rng.uniform(-15, 15), 0, 255).astype(np.uint8)


def hidden(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Cover a part of one face in four with a plain colour, as caps, scarves, masks and hands do."""
    if rng.random() < 0.25:
        side = image.shape[0]
        wide, high = int(side * rng.uniform(0.2, 0.7)), int(side * rng.uniform(0.1, 0.35))
        x, y = rng.randrange(side - wide), rng.randrange(side - high)
        image = image.copy()
        image[y : y + high, x : x + wide] = [rng.randrange(256) for _ in range(3)]
    return image


def as_input(image: np.ndarray) -> np.ndarray:
    """Return a face of any size as the net takes it, SIDE x SIDE x 3 uint8."""
    how = cv2.INTER_AREA if image.shape[0] > SIDE else cv2.INTER_LINEAR
    return cv2.resize(image, (SIDE, SIDE), interpolation=how)


def seen(image: np.ndarray, rng: random.Random) -> np.ndarray:
    """Return one training view of a face: half of them nearly clean, half as a camera gives them."""
    image = hidden(recolour(crop(image, rng), rng), rng)
    if rng.random() < 0.35:
        return as_input(image)
    size = float(np.exp(rng.uniform(np.log(20), np.log(64))))
    return as_input(degrade(image, size, rng.random() ** 0.7, rng))
