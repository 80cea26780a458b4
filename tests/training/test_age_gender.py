"""The figures of the age and gender net are what they say, and its views keep the face in the middle."""

import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.training.age_gender.evaluate import Told, child_recall, figures
from scripts.training.age_gender.faces import Face, degrade, read_faces, seen


def told(years, faces):
    return Told(np.eye(101)[years], np.array([0.9] * len(years)), faces)


def face(low, high, man=True):
    return Face(Path("x.jpg"), low, high, man, "any")


def test_a_band_is_a_label_as_good_as_a_year():
    found = figures(told([25, 31, 45], [face(20, 29), face(20, 29), face(20, 29)]))
    assert found["exact"] == pytest.approx(1 / 3)
    assert found["one off"] == pytest.approx(2 / 3)
    assert "years" not in found
    assert figures(told([25, 31], [face(25, 25), face(20, 20)]))["years"] == pytest.approx(5.5)


def test_children_are_found_at_two_adults_in_a_hundred():
    child = np.array([0.9, 0.05] + [0.0] * 97 + [0.5, 0.1, 0.95])
    low = np.array([5, 5] + [30] * 100)
    assert child_recall(child, low, low) == pytest.approx(0.5)


@pytest.mark.parametrize("size", [8, 24, 64, 96])
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_a_degraded_face_has_the_size_asked_for_and_is_worse_the_stronger(size, strength):
    image = np.random.default_rng(size).integers(0, 255, (96, 96, 3), np.uint8)
    for seed in range(5):
        worse = degrade(image, size, strength, random.Random(seed))
        assert worse.shape == (size, size, 3)
        assert np.array_equal(worse, degrade(image, size, 0, random.Random(seed))) == (strength == 0)


def test_a_view_keeps_the_face_in_its_middle():
    image = np.full((96, 96, 3), 30, np.uint8)
    cv2.circle(image, (48, 48), 20, (220, 220, 220), -1)
    for seed in range(60):
        view = seen(image, random.Random(seed)).astype(float).mean(2)
        assert view.shape == (64, 64)
        bright = view > (view.min() + view.max()) / 2
        y, x = np.nonzero(bright)
        assert abs(x.mean() - 31.5) < 12
        assert abs(y.mean() - 31.5) < 12


def test_faces_are_read_by_split_with_bands_and_exact_ages(tmp_path):
    (tmp_path / "faces.csv").write_text(
        "file,age,age_low,age_high,gender,ethnicity,split\na.jpg,,20,29,m,x,train\nb.jpg,7,,,f,y,train\nc.jpg,7,,,f,y,val\n"
    )
    one, two = read_faces(tmp_path, "train")
    assert (one.low, one.high, one.man, two.low, two.high, two.man) == (20, 29, True, 7, 7, False)
