"""The appearance net's figures are what they say; its loss parts people and brings sights of one together."""

import random

import numpy as np
import pytest

from scripts.synthetic_shop.identities import HIGH, WIDE
from scripts.training.appearance.looks import Look, crop_of, plain, seen
from scripts.training.appearance.matching import figures, threshold_of
from scripts.training.appearance.tracks import Followed, pairs

SAME = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]], bool)
OTHERS = ~np.eye(4, dtype=bool)
ALIKE = np.array([[1, 0.9, 0.3, 0.2], [0.9, 1, 0.95, 0.1], [0.3, 0.95, 1, 0.6], [0.2, 0.1, 0.6, 1]])


def test_rank_1_is_the_share_of_searches_whose_best_answer_is_the_person():
    found = figures(ALIKE, SAME, OTHERS, 0.8)
    assert found.searches == 4
    assert found.rank1 == pytest.approx(2 / 4)  # the second and third take each other for one person
    assert found.mean_precision == pytest.approx((1 + 1 / 2 + 1 / 2 + 1) / 4)


def test_false_matches_and_recall_are_shares_of_pairs_above_the_threshold():
    found = figures(ALIKE, SAME, OTHERS, 0.8)
    assert found.false == pytest.approx(2 / 8)
    assert found.recall == pytest.approx(2 / 4)


def test_pairs_that_do_not_count_are_neither_searched_nor_told():
    counts = OTHERS.copy()
    counts[1, 2] = counts[2, 1] = False
    found = figures(ALIKE, SAME, counts, 0.8)
    assert (found.rank1, found.false) == (1.0, 0.0)


def test_the_threshold_lets_through_the_share_that_was_asked_for():
    rng = np.random.default_rng(1)
    alike, same = rng.random((300, 300)), np.eye(300, dtype=bool)
    counts = np.ones((300, 300), bool)
    threshold = threshold_of(alike, same, counts, 0.01)
    assert figures(alike, same, counts, threshold).false == pytest.approx(0.01, abs=0.001)


def test_tracks_that_were_there_together_are_different_people_and_others_are_unknown():
    tracks = [Followed("a", [1, 2, 3]), Followed("a", [3, 4]), Followed("a", [9]), Followed("b", [1, 2, 3])]
    same, counts = pairs(tracks)
    assert same.shape == (8, 8)
    assert counts[0, 1]
    assert counts[0, 5]  # another's other end
    assert counts[0, 4]
    assert same[0, 4]  # one's own other end
    assert not counts[0, 0]
    assert not counts[0, 2]  # never there together: it may be the same person come back
    assert not counts[0, 3]  # another clip


def test_a_view_is_of_the_nets_size_and_its_own_each_time():
    image = np.random.default_rng(1).integers(0, 255, (HIGH, WIDE, 3), np.uint8)
    first, second = (seen(image, random.Random(seed)) for seed in (1, 2))
    assert first.shape == second.shape == plain(image).shape == (128, 64, 3)
    assert (first != second).any()
    assert (seen(image, random.Random(1)) == first).all()


def test_a_perfect_box_is_the_crop_without_its_margin():
    picture = np.zeros((300, 300, 3), np.uint8)
    picture[100:228, 100:164] = 255
    crop = crop_of(picture, np.array([100, 100, 164, 228], np.float32))
    assert plain(crop).mean() > 245
    assert crop.mean() < 200


def test_the_loss_falls_where_one_person_is_alike_and_others_are_not():
    torch = pytest.importorskip("torch", reason="needs torch: locks/training.txt")
    from scripts.training.appearance.train import contrast

    who, silent = torch.tensor([1, 1, 2, 2]), torch.zeros(4, 4, dtype=torch.bool)
    right = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    wrong = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    assert contrast(right, who, silent) < 0.1 < 5 < contrast(wrong, who, silent)


def test_silent_pairs_have_no_say_in_the_loss():
    torch = pytest.importorskip("torch", reason="needs torch: locks/training.txt")
    from scripts.training.appearance.train import contrast

    vectors = torch.tensor([[1.0, 0], [1, 0], [0, 1], [-1, 0]])
    who, silent = torch.tensor([1, 1, 1, 2]), torch.zeros(4, 4, dtype=torch.bool)
    silent[:2, 2] = silent[2, :2] = True  # an infrared sight of the first person, unlike in colour
    assert contrast(vectors, who, silent) < 0.1


def test_a_batch_shows_each_person_several_times_and_people_of_one_shop_together():
    torch = pytest.importorskip("torch", reason="needs torch: locks/training.txt")
    from scripts.training.appearance.train import PEOPLE, VIEWS, by_shop, draw

    assert torch
    image = np.zeros((1, 1, 3), np.uint8)
    looks = [
        Look(image, shop, person, scene, "day", 50, False)
        for shop in range(5) for person in range(20) for scene in range(4) for _ in range(2)
    ]  # fmt: skip
    chosen = draw(by_shop(looks), random.Random(1))
    people = [look.identity for look in chosen]
    assert {people.count(identity) for identity in people} == {VIEWS}
    assert {sum(shop == one for one, _ in set(people)) for shop, _ in people} == {PEOPLE}
