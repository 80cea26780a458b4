"""A label must move with its picture: a bright square stands for a person, and is found where the label says."""

import random
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.training.augment import masked, view
from scripts.training.pictures import Picture, add_opinions, is_open, of_source, read_folder, read_opinions

BOX = (60, 30, 100, 110)


@pytest.fixture
def picture(tmp_path):
    image = np.full((160, 240, 3), 40, np.uint8)
    image[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 250
    cv2.imwrite(str(tmp_path / "a.png"), image)
    boxes = np.array([BOX], np.float32)
    grounds = np.array([[80, 110]], np.float32)
    return Picture(tmp_path / "a.png", "g", "train", "eye", "", boxes, grounds=grounds, belief=np.ones(1, np.float32))


@pytest.mark.parametrize("mosaic", [0.0, 1.0])
def test_a_label_lies_where_the_person_is(picture, mosaic, monkeypatch):
    monkeypatch.setattr("scripts.training.augment.recolour", lambda image, rng: image)
    overlaps = []
    for seed in range(60):
        image, labels = view(lambda rng: picture, 384, 224, random.Random(seed), mosaic)
        bright = (image[..., 0] > 150).astype(np.uint8)
        for x1, y1, x2, y2 in labels.boxes.round().astype(int):
            assert 0 <= x1 < x2 <= 384
            assert 0 <= y1 < y2 <= 224
            overlaps.append(bright[y1:y2, x1:x2].mean())
    assert len(overlaps) > 40
    assert np.quantile(overlaps, 0.05) > 0.85


def test_the_ground_point_moves_with_the_person(picture):
    for seed in range(40):
        _, labels = view(lambda rng: picture, 384, 224, random.Random(seed), 0.0)
        for (x1, _, x2, y2), (gx, gy) in zip(labels.boxes, labels.grounds, strict=True):
            if x1 > 0 and x2 < 384 and y2 < 224:
                assert gx == pytest.approx((x1 + x2) / 2, abs=1)
                assert gy == pytest.approx(y2, abs=1)


def test_what_a_view_cuts_off_has_no_say_rather_than_a_wrong_one(picture):
    for seed in range(80):
        _, labels = view(lambda rng: picture, 384, 224, random.Random(seed), 1.0)
        assert len(labels.belief) == len(labels.boxes) == len(labels.grounds)
        assert labels.ignored.shape[1] == 4


def test_a_teachers_opinion_adds_people_and_leaves_the_doubtful_alone(picture, tmp_path):
    (tmp_path / "soft.csv").write_text(
        f"{picture.path},150,20,190,120,0.800\n{picture.path},200,20,230,120,0.200\n"
        f"{picture.path},61,31,101,111,0.900\n{picture.path}\n"
    )
    add_opinions([picture], read_opinions(tmp_path / "soft.csv"))
    assert picture.boxes.tolist() == [list(BOX), [150, 20, 190, 120]]
    assert picture.belief.tolist() == pytest.approx([1.0, 0.8])
    assert picture.ignored.tolist() == [[200, 20, 230, 120]]


def test_labels_are_read_by_split_and_kind(tmp_path, picture):
    rows = ["file,group,split,x1,y1,x2,y2,kind", "a.png,g,train,1,2,3,4,person", "a.png,g,train,5,6,7,8,ignore"]
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    (one,) = read_folder(tmp_path, "train")
    assert (one.boxes.tolist(), one.ignored.tolist()) == ([[1, 2, 3, 4]], [[5, 6, 7, 8]])
    assert read_folder(tmp_path, "val") == []


def test_another_table_of_the_same_pictures_is_read_where_it_is_named(tmp_path, picture):
    head = "file,group,split,x1,y1,x2,y2,kind"
    (tmp_path / "frames.csv").write_text(f"{head}\na.png,g,train,1,2,3,4,person\n")
    (tmp_path / "faces.csv").write_text(
        f"{head},light,tilt,turned,age,skin\na.png,g,train,2,2,3,3,person,dusk,20,40,9.5,80\n"
    )
    (people,), (faces,) = read_folder(tmp_path), read_folder(tmp_path / "faces.csv")
    assert people.path == faces.path == tmp_path / "a.png"
    assert (people.boxes.tolist(), faces.boxes.tolist()) == ([[1, 2, 3, 4]], [[2, 2, 3, 3]])
    assert (faces.light, faces.tilt, faces.kinds) == ("dusk", 20, [("child", "aside", "light skin")])


def test_a_source_that_is_held_out_is_parted_from_the_others(picture):
    steep = replace(picture, path=Path("x/steep/1.jpg"))
    other = replace(picture, path=Path("x/steep_too/1.jpg"))
    held, rest = of_source([steep, other], ["steep"])
    assert ([p.path for p in held], [p.path for p in rest]) == ([steep.path], [other.path])


@pytest.mark.parametrize(
    ("licence", "is_so"),
    [
        ("CC BY 4.0 (stated)", True),
        ("CC-BY-4.0 (stated)", True),
        ("CC0-1.0", True),
        ("MIT (repo)", True),
        ("CC BY-NC 4.0 (repo)", False),
        ("not stated", False),
        ("", False),
    ],
)
def test_a_licence_lets_a_net_ship_or_not(licence, is_so):
    assert is_open(licence) == is_so


def test_a_mask_covers_the_lower_part_of_a_face_and_nothing_else():
    image = masked(np.zeros((100, 100, 3), np.uint8), np.array([[20, 20, 60, 80]], np.float32), 1.0, random.Random(3))
    y, x = np.nonzero(image.any(2))
    assert y.min() >= 20 + 0.45 * 60 - 6
    assert y.max() <= 84
    assert 16 <= x.min() < x.max() <= 64
    assert not masked(np.zeros((9, 9, 3), np.uint8), np.array([[1, 1, 8, 8]], np.float32), 0.0, random.Random(3)).any()
