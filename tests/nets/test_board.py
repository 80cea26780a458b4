"""The net runs at the largest size that the board affords, and says why."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import USUAL_SIZE, parse
from appliance.nets import Catalogue, Engine
from appliance.nets.board import Board, choose, cores, fits, measure, settle

SIZES = ("320x192", "384x224", "448x256", "512x288", "640x384")
ENTRY = Catalogue().find("person")


def board(*took, cores=4, threads=1):
    return Board("x", threads, "auto", cores, dict(zip(SIZES, took, strict=False)))


@pytest.mark.parametrize(
    ("took", "cameras", "cores", "size", "why"),
    [
        ((5, 7, 9, 12, 22), 1, 2, (640, 384), "22 ms a picture on this board; there is none larger"),
        ((30, 45, 60, 80, 150), 1, 4, (512, 288), "80 ms a picture on this board; 640x384 would be too slow"),
        ((30, 45, 60, 80, 150), 3, 4, (512, 288), "80 ms"),
        ((30, 45, 60, 80, 150), 6, 4, (384, 224), "45 ms"),
        ((30, 45, 60, 80, 150), 2, 1, (320, 192), "30 ms"),
        ((200, 300), 1, 4, (320, 192), "200 ms a picture on this board; even the smallest leaves less than a third"),
    ],
)
def test_the_largest_size_is_chosen_that_leaves_a_third_free(took, cameras, cores, size, why):
    found, because = choose(board(*took, cores=cores), cameras)
    assert found == size
    assert because.startswith(why)


@given(st.lists(st.floats(0.5, 400), min_size=5, max_size=5), st.integers(1, 8), st.integers(1, 8))
def test_more_cameras_never_get_a_larger_size_and_what_is_chosen_fits_if_anything_does(took, cameras, cores):
    measured = board(*sorted(took), cores=cores)
    size, _ = choose(measured, cameras)
    assert choose(measured, cameras + 1)[0] <= size
    if fits(measured, min(took), cameras):
        assert fits(measured, measured.took_ms[f"{size[0]}x{size[1]}"], cameras)


def test_the_board_is_measured_once_and_again_for_another_net(tmp_path):
    path, settings = tmp_path / "board.json", parse("")
    assert settle(settings, ENTRY, path) == (
        settings.at(USUAL_SIZE),
        "the usual size; the board was not measured yet",
    )
    assert not path.exists()
    settled, why = settle(settings, ENTRY, path, may_measure=True)
    assert "ms a picture on this board" in why
    kept = json.loads(path.read_text())
    assert kept["sha256"] == ENTRY.sha256
    assert kept["cores"] == cores()
    assert settle(settings, ENTRY, path) == (settled, why)
    path.write_text(json.dumps(kept | {"sha256": "another"}))
    assert settle(settings, ENTRY, path)[1].startswith("the usual size")


def test_a_size_that_was_set_by_hand_stays(tmp_path):
    settings = parse('[net]\nsize = "320x192"\n')
    assert settle(settings, ENTRY, tmp_path / "board.json", may_measure=True) == (settings, "set in tallybox.toml")
    assert not (tmp_path / "board.json").exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"sha256": 1}', '{"sha256":"","threads":1,"provider":"cpu","cores":1,"took_ms":{"a":1}}']
)
def test_a_damaged_measurement_is_none(tmp_path, text):
    (tmp_path / "board.json").write_text(text)
    assert Board.read(tmp_path / "board.json") is None


def test_larger_sizes_take_longer_as_measured():
    took = list(measure(ENTRY, Engine()).took_ms.values())
    assert took[0] < took[-1]
