import numpy as np
import onnx
import pytest

from appliance.nets.catalogue import MODELS
from scripts.training.soup import average
from scripts.training.teacher import fuse
from scripts.training.weights import stored_weights

PERSON = [10, 10, 50, 110]


def boxes(*rows):
    return np.array(rows, float).reshape(-1, 5)


def test_what_all_views_see_keeps_its_score_and_takes_the_mean_box():
    found = fuse([boxes([*PERSON, 0.8]), boxes([12, 10, 52, 110, 0.8])], [1.0, 1.0])
    assert found.shape == (1, 5)
    assert found[0].tolist() == pytest.approx([11, 10, 51, 110, 0.8])


def test_what_one_view_of_two_sees_is_half_believed():
    assert fuse([boxes([*PERSON, 0.8]), boxes()], [1.0, 1.0])[0, 4] == pytest.approx(0.4)


def test_two_people_of_one_view_are_never_one():
    found = fuse([boxes([*PERSON, 0.8], [14, 10, 54, 110, 0.7])], [1.0])
    assert len(found) == 2


def test_a_soup_is_the_weighted_mean(tmp_path):
    for name, value in (("a", 1.0), ("b", 4.0)):
        np.savez(tmp_path / f"{name}.npz", w=np.full(3, value, np.float16))
    mixed = average([(tmp_path / "a.npz", 2.0), (tmp_path / "b.npz", 1.0)])
    assert mixed["w"].tolist() == pytest.approx([2.0] * 3)


def test_a_shipped_twin_is_a_part_of_a_soup_and_its_weights_are_those_of_the_run_it_came_from(tmp_path):
    twin = MODELS / "fp32" / "person.onnx"
    kept = stored_weights(twin)
    np.savez(tmp_path / "nothing.npz", **{name: np.zeros_like(value) for name, value in kept.items()})
    mixed = average([(twin, 1.0), (tmp_path / "nothing.npz", 1.0)])
    assert mixed.keys() == kept.keys()
    assert all(np.allclose(mixed[name] * 2, kept[name]) for name in kept)
    assert np.abs(kept["stem.c.weight"]).max() > 50 * np.abs(folded(twin)).max()  # of pictures divided by STD


def folded(twin):
    graph = onnx.load(twin).graph
    return next(onnx.numpy_helper.to_array(t) for t in graph.initializer if t.name.startswith("net.stem.c.weight"))
