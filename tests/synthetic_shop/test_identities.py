"""The same person looks the same under every camera of a shop, and a run that was cut goes on."""

import csv

import cv2
import numpy as np

from scripts.synthetic_shop import identities
from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import Body, BodyInfo
from scripts.synthetic_shop.people import People
from scripts.synthetic_shop.random_scene import random_scene


class _Dressed:
    """As much of a baked body as a look asks for."""

    info = BodyInfo("p000", "adult", 35.0, "f", 1.7, 1.3)
    meta = {"lower": "trousers", "upper": "shirt", "hair": "short", "head": [1, 1, 1]}  # noqa: RUF012


def _look(seed: int, wardrobe: int | None) -> np.ndarray:
    bodies: list[Body] = [_Dressed()]  # type: ignore[list-item]
    return People(random_scene(seed), bodies, wardrobe).look(Pose(3, 0, 0.0, 0.0, 0.0, None)).colours


def test_scenes_of_one_wardrobe_dress_a_person_alike_and_others_do_not():
    day = next(seed for seed in range(99) if random_scene(seed).light.kind == "day")
    other = next(seed for seed in range(day + 1, 99) if random_scene(seed).light.kind == "day")
    assert np.array_equal(_look(day, 7), _look(other, 7))
    assert not np.array_equal(_look(day, 7), _look(day, 8))
    assert not np.array_equal(_look(day, None), _look(other, None))


def test_people_of_a_shop_are_seen_by_four_cameras_in_four_lights(studio, tmp_path, monkeypatch):
    monkeypatch.setattr(identities, "PEOPLE", 4)
    monkeypatch.setattr(identities, "TOGETHER", 4)
    assert identities.write_identities(studio, tmp_path, 1, 900) > 0
    rows = list(csv.DictReader((tmp_path / "looks.csv").read_text().splitlines()))
    assert len({row["light"] for row in rows}) == len({row["scene"] for row in rows}) == 4
    assert {row["person"] for row in rows} <= {"1", "2", "3", "4"}
    for row in rows:
        assert cv2.imread(str(tmp_path / row["file"])).shape == (identities.HIGH, identities.WIDE, 3)
    assert identities.write_identities(studio, tmp_path, 1, 900) == 0
