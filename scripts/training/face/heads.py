"""Paste heads of FairFace into rooms: small faces of every kind where photographs with a licence have few.

    python -m scripts.training.face.heads --rooms runs/faces --heads ../shared/train/face_boxes --out runs/heads

Rooms are the pictures of `face.labels`, whose licence allows it; heads are the whole-head pictures (`open_ff*`) beside
boxes.csv. A head is cut out along an ellipse with a soft edge, 16 to 80 pixels from brow to chin, takes some of the
light and the blur of the place it comes to, and covers no other face. Writes JPEG files and labels.csv.
"""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np

from scripts.training.average_precision import overlaps
from scripts.training.face.labels import COLUMNS
from scripts.training.pictures import Picture, read_folder

SMALLEST, LARGEST, MOST = 16, 80, 5
WIDE, ABOVE, BELOW = 1.5, 0.45, 0.12  # of the face's sides: how far the head reaches beyond the face
ROOM = 640  # pixels: the longer side of a room


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A picture of one head and its face's box in it."""

    image: np.ndarray
    face: tuple[float, float, float, float]

    def cut(self, height: int, rng: random.Random) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Return (pixels, opacity 0..1, box of the face in them), the face `height` pixels high; None if it is cut."""
        x1, y1, x2, y2 = self.face
        wide, high = x2 - x1, y2 - y1
        left, right = (x1 + x2 - wide * WIDE) / 2, (x1 + x2 + wide * WIDE) / 2
        top, bottom = y1 - high * ABOVE, y2 + high * BELOW
        if left < 0 or top < 0 or right > self.image.shape[1] or bottom > self.image.shape[0]:
            return None
        scale = height / high
        part = self.image[int(top) : int(bottom), int(left) : int(right)]
        size = (max(4, round(part.shape[1] * scale)), max(4, round(part.shape[0] * scale)))
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        box = (np.array(self.face) - [left, top, left, top]) * scale
        if rng.random() < 0.5:
            part, box = part[:, ::-1], np.array([size[0] - box[2], box[1], size[0] - box[0], box[3]])
        mask = np.zeros(part.shape[:2], np.float32)
        cv2.ellipse(mask, (size[0] // 2, size[1] // 2), (size[0] // 2 - 1, size[1] // 2 - 1), 0, 0, 360, 1.0, -1)
        return part, cv2.GaussianBlur(mask, (0, 0), max(0.6, height / 30)), box


def read_heads(folder: Path, split: str) -> list[Head]:
    """Read the heads of a split that have one face each."""
    boxes: dict[str, list[tuple[float, float, float, float]]] = {}
    with (folder / "boxes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["file"].startswith("open_") and row["split"] == split:
                x1, y1, x2, y2 = (float(row[key]) for key in ("x1", "y1", "x2", "y2"))
                boxes.setdefault(row["file"], []).append((x1, y1, x2, y2))
    return [Head(cv2.imread(str(folder / name)), found[0]) for name, found in boxes.items() if len(found) == 1]


def furnish(room: Picture, heads: list[Head], rng: random.Random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a room with heads in it: the picture, all faces' boxes (N x 4) and those without a say (M x 4)."""
    image = cv2.imread(str(room.path))
    scale = min(1.0, ROOM / max(image.shape[:2]))
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    faces, ignored = room.boxes * scale, room.ignored * scale
    for _ in range(rng.randint(1, MOST)):
        height = round(float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))))
        cut = rng.choice(heads).cut(height, rng)
        if cut is None:
            continue
        part, opacity, box = cut
        high, wide = part.shape[:2]
        if high >= image.shape[0] or wide >= image.shape[1]:
            continue
        x, y = rng.randrange(image.shape[1] - wide), rng.randrange(image.shape[0] - high)
        place = np.array([x, y, x + wide, y + high], np.float32)
        taken = np.concatenate([faces, ignored])
        if len(taken) and overlaps(place, taken)[0].max() > 0:
            continue
        under = image[y : y + high, x : x + wide]
        lit = _lit_like(_grey(part) if np.ptp(under, axis=2).max() < 12 else part, under, rng)
        if rng.random() < 0.4:
            lit = cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.4, 1.2))
        image[y : y + high, x : x + wide] = under + (lit - under) * opacity[..., None]
        faces = np.concatenate([faces, (box + np.tile(place[:2], 2))[None].astype(np.float32)])
    return image, faces, ignored


def _grey(part: np.ndarray) -> np.ndarray:
    return np.repeat(cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_BGR2GRAY)[..., None], 3, 2)


def _lit_like(part: np.ndarray, under: np.ndarray, rng: random.Random) -> np.ndarray:
    """Move a head's brightness some of the way to that of its place: 0 not at all, 0.7 most of it."""
    gain = (under.mean() + 20) / (part.mean() + 20)
    return np.asarray((part * gain ** rng.uniform(0.0, 0.7)).clip(0, 255), np.float32)


@click.command(help=__doc__)
@click.option("--rooms", type=click.Path(path_type=Path, exists=True), required=True, help="what face.labels wrote")
@click.option("--heads", type=click.Path(path_type=Path, exists=True), required=True, help="folder with boxes.csv")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--count", default=4000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def paste(rooms: Path, heads: Path, out: Path, count: int, seed: int) -> None:
    rng = random.Random(seed)
    places = [room for room in read_folder(rooms, "train") if not room.path.name.startswith("open_")]
    known = read_heads(heads, "train")
    out.mkdir(parents=True, exist_ok=True)
    with (out / "labels.csv").open("w", newline="") as file, click.progressbar(range(count), label="heads") as bar:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in bar:
            room = rng.choice(places)
            image, faces, ignored = furnish(room, known, rng)
            name = f"h{number:05d}.jpg"
            cv2.imwrite(str(out / name), image, [cv2.IMWRITE_JPEG_QUALITY, 88])
            told = [("person", box) for box in faces] + [("ignore", box) for box in ignored]
            for kind, box in told:
                rows.writerow([name, room.group, "train", kind, *(f"{v:.1f}" for v in box), room.licence])
            if not told:
                rows.writerow([name, room.group, "train", "none", "", "", "", "", room.licence])


if __name__ == "__main__":
    paste()
