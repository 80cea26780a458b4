"""The appearance net as it ships: held to its card on people it never saw, synthetic and real; quiet at the edges."""

import numpy as np
import pytest

from appliance.nets import AppearanceReader, Catalogue
from appliance.nets.appearance import NUMBERS, crop_of
from scripts.training.appearance.evaluate import alike, kinds, of_tracks, same_person, same_shop
from scripts.training.appearance.looks import plain, read_looks
from scripts.training.appearance.matching import figures
from scripts.training.appearance.tracks import followed_in, pairs
from tests.conftest import ROOT

ENTRY = Catalogue().find("appearance")
LOOKS = ROOT / ".cache/synthetic_shop/looks_judged"
NOISE = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)


@pytest.fixture(scope="module")
def net():
    return AppearanceReader(ENTRY)


def test_vectors_are_of_length_one_and_the_same_picture_gives_the_same(net):
    boxes = np.array([[10, 10, 60, 150], [100, 20, 180, 230]], np.float32)
    vectors = net.read(NOISE, boxes)
    assert vectors.shape == (2, NUMBERS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert (net.read(NOISE, boxes) == vectors).all()


def test_nobody_in_the_picture_is_no_vector(net):
    assert net.read(NOISE, np.zeros((0, 4), np.float32)).shape == (0, NUMBERS)


@pytest.mark.parametrize(
    "box", [(400, 10, 450, 150), (-90, 10, -10, 150), (10, 10, 60, 30), (60, 10, 10, 150), (0, 0, np.nan, 100)]
)
def test_what_is_outside_or_too_small_is_alike_to_nobody(net, box):
    assert not net.read(NOISE, np.array([box], np.float32)).any()


def test_a_box_over_the_edge_is_cut_to_the_picture():
    crop = crop_of(NOISE, np.array([-20, -20, 500, 500], np.float32))
    assert crop is not None
    assert crop.shape == (128, 64, 3)


@pytest.mark.slow
def test_the_ends_of_a_real_track_are_more_alike_than_two_people_there_together(shared, net):
    tracks = followed_in(shared / "clips")
    found = figures(of_tracks(net.look, tracks), *pairs(tracks), net.same)
    print(found)
    assert found.rank1 >= 0.47
    assert found.recall >= 0.28
    assert found.false <= 0.013


@pytest.mark.slow
def test_it_is_as_right_as_its_card_says_on_synthetic_people_it_never_saw(net):
    if not (LOOKS / "looks.csv").exists():
        pytest.skip(
            f"needs {LOOKS}: python -m scripts.synthetic_shop looks --shops 2 --seed N --out {LOOKS}, N 78, 98, 118"
        )
    looks = read_looks(LOOKS, "test")
    table, _ = alike(net.look, [plain(k.image) for k in looks])
    for which, label, counts in kinds(looks):
        if label in LEAST:
            found = figures(table, same_person(looks), counts, ENTRY.figures["same"][which], same_shop(looks))
            print(label, found)
            assert found.rank1 >= LEAST[label][0]
            assert found.false <= LEAST[label][1]


# rank-1 at the least, false matches at the most: the card's figures, with room for another machine's rounding
LEAST = {"two cameras, two lights": (0.44, 0.012), "one camera, another place": (0.39, 0.022)}
