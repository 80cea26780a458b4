"""Contact sheets: what came out, at a glance, with the labels drawn in. Look at one after every change."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_GREEN, _ORANGE, _YELLOW, _RED, _WHITE = (60, 220, 60), (0, 150, 255), (0, 230, 230), (60, 60, 255), (255, 255, 255)
_TILE = (320, 180)


def sheet(folder: Path, columns: int = 4, limit: int = 40, boxes: bool = True) -> Image:
    """Return the contact sheet of a folder of clips (NAME.truth.json) or of frames (frames.csv).

    Raises ValueError if it holds neither.
    """
    truths = sorted(folder.glob("*.truth.json"))
    if truths:
        tiles = [_of_clip(path, boxes) for path in truths[:limit]]
    elif (folder / "frames.csv").exists():
        tiles = list(_of_frames(folder, limit, boxes))
    else:
        raise ValueError(f"{folder}: holds neither NAME.truth.json nor frames.csv")
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    return np.vstack([np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)])


def fitted(image: Image, caption: str, tile: tuple[int, int] = _TILE) -> Image:
    """Return the picture scaled into a tile of a sheet, with its caption."""
    scale = min(tile[0] / image.shape[1], tile[1] / image.shape[0])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    framed = np.zeros((tile[1], tile[0], 3), np.uint8)
    framed[: small.shape[0], : small.shape[1]] = small
    for colour, width in (((0, 0, 0), 3), (_WHITE, 1)):
        cv2.putText(framed, caption, (5, tile[1] - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, width, cv2.LINE_AA)
    return framed


def _of_clip(path: Path, boxes: bool) -> Image:
    """Show a clip at the moment most people are well in view, or at its first crossing."""
    truth = json.loads(path.read_text())
    frames = truth.get("frames")
    if frames:
        best = max(frames, key=lambda frame: sum(person["share"] > 0.6 for person in frame["people"]))
        index, people = best["i"], best["people"]
    else:
        first = truth["expected"]["crossings"][0]["t"] if truth["expected"]["crossings"] else 0
        index, people = round(first * truth["fps"]), []
    image = _picture(path.with_name(truth["clip"]), index)
    if boxes:
        for person in people:
            _draw_box(image, person["box"], person["share"] >= 0.3)
            cv2.circle(image, _pixel(person["ground_px"]), 2, _RED, -1)
    for line in truth["lines"]:
        ends = [np.multiply(line[end], image.shape[1::-1]) for end in ("a", "b")]
        cv2.line(image, _pixel(ends[0]), _pixel(ends[1]), _YELLOW, 1, cv2.LINE_AA)
    return fitted(image, truth["scene"])


def _picture(clip: Path, index: int) -> Image:
    with av.open(str(clip)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == index:
                return np.ascontiguousarray(frame.to_ndarray(format="bgr24"))
    raise ValueError(f"{clip}: has no picture {index}")


def _of_frames(folder: Path, limit: int, boxes: bool) -> Iterator[Image]:
    by_file: dict[str, list[dict[str, str]]] = {}
    with (folder / "frames.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            by_file.setdefault(row["file"], []).append(row)
    names = sorted(by_file)
    for name in [names[i] for i in np.unique(np.linspace(0, len(names) - 1, limit).astype(int))]:
        read = cv2.imread(str(folder / name))
        if read is None:
            raise ValueError(f"{folder / name}: can't be read")
        image = read.astype(np.uint8)
        for row in by_file[name] if boxes else []:
            if row["kind"] != "none":
                _draw_box(image, [float(row[key]) for key in ("x1", "y1", "x2", "y2")], row["kind"] == "person")
                cv2.circle(image, _pixel([float(row["ground_x"]), float(row["ground_y"])]), 2, _RED, -1)
        yield fitted(image, name.removesuffix(".jpg"))


def _draw_box(image: Image, box: list[float], plain: bool) -> None:
    cv2.rectangle(image, _pixel(box[:2]), _pixel(box[2:]), _GREEN if plain else _ORANGE, 1)


def _pixel(point: Any) -> tuple[int, int]:
    x, y = np.clip(np.asarray(point, float), -30000, 30000)
    return round(x), round(y)
