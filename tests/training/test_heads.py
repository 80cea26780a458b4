"""Heads that are pasted into rooms cover nobody, and their faces' boxes are where the faces are."""

import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.training.face.heads import LARGEST, SMALLEST, Head, furnish, read_heads
from scripts.training.pictures import Picture

ROOM = (240, 400, 3)  # H x W


def head(value=200):
    """A head whose face alone is bright."""
    image = np.full((288, 288, 3), 20, np.uint8)
    image[100:200, 110:190] = value
    return Head(image, (110, 100, 190, 200))


def room(tmp_path, boxes=(), ignored=(), grey=False):
    picture = np.random.default_rng(3).integers(40, 90, ROOM, np.uint8)
    path = tmp_path / "room.png"
    cv2.imwrite(str(path), picture[..., :1].repeat(3, 2) if grey else picture)
    shape = [np.array(rows, np.float32).reshape(-1, 4) for rows in (boxes, ignored)]
    return Picture(path, "g", "train", "", "CC0", boxes=shape[0], ignored=shape[1])


@pytest.mark.parametrize("height", [SMALLEST, 40, LARGEST])
@pytest.mark.parametrize("seed", range(4))
def test_the_box_of_a_cut_head_holds_its_face(height, seed):
    part, opacity, (x1, y1, x2, y2) = head().cut(height, random.Random(seed))
    bright = part[..., 0] > 120
    rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))
    assert [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1] == pytest.approx([x1, y1, x2, y2], abs=1.5)
    assert y2 - y1 == pytest.approx(height, abs=1)
    assert opacity.shape == part.shape[:2]
    assert opacity[0, 0] < 0.1 < 0.9 < opacity[len(opacity) // 2, len(opacity[0]) // 2]


def test_a_head_that_its_picture_cuts_is_not_pasted():
    assert Head(np.zeros((288, 288, 3), np.uint8), (5, 100, 85, 200)).cut(30, random.Random(1)) is None


@pytest.mark.parametrize("seed", range(12))
def test_heads_cover_no_face_and_nothing_without_a_say_and_none_another(tmp_path, seed):
    place = room(tmp_path, boxes=[[30, 30, 60, 70]], ignored=[[200, 20, 260, 120]])
    image, faces, ignored = furnish(place, [head()], random.Random(seed))
    before = cv2.imread(str(place.path))
    assert image.shape == before.shape
    assert (image[30:70, 30:60] == before[30:70, 30:60]).all()
    assert (image[20:120, 200:260] == before[20:120, 200:260]).all()
    assert faces[0].tolist() == [30, 30, 60, 70]
    assert ignored.tolist() == [[200, 20, 260, 120]]
    assert all(0 <= x1 < x2 <= 400 and 0 <= y1 < y2 <= 240 for x1, y1, x2, y2 in faces)
    for a in range(len(faces)):
        for b in range(a):
            assert (np.minimum(faces[a][2:], faces[b][2:]) <= np.maximum(faces[a][:2], faces[b][:2])).any()


def test_a_grey_room_gets_grey_heads(tmp_path):
    coloured = Head(np.full((288, 288, 3), (20, 60, 200), np.uint8), (110, 100, 190, 200))
    image, faces, _ = furnish(room(tmp_path, grey=True), [coloured], random.Random(2))
    assert len(faces)
    assert np.ptp(image.astype(int), axis=2).max() <= 1


def test_only_open_pictures_of_one_face_give_heads(tmp_path):
    rows = ["file,w,h,x1,y1,x2,y2,kind,split"]
    for name in ("open_one.jpg", "open_two.jpg", "open_two.jpg", "mask1.jpg"):
        rows.append(f"{name},50,50,10,10,20,22,face,train")
        cv2.imwrite(str(tmp_path / name), np.zeros((50, 50, 3), np.uint8))
    (tmp_path / "boxes.csv").write_text("\n".join(rows) + "\n")
    assert [found.face for found in read_heads(Path(tmp_path), "train")] == [(10, 10, 20, 22)]
    assert read_heads(Path(tmp_path), "val") == []
