"""The yardstick itself."""

import json

import pytest

from scripts.score import Clip, judge, read_clips, wilson


def clip(*crossings, lines=("door:0,0.5,1,0.5:0.5,0.9",)):
    return Clip("a", None, lines, crossings)


def test_what_is_counted_right_scores_one():
    events = [(1.0, "door", "in"), (5.0, "door", "out")]
    row = judge(clip(*events), events).as_row()
    assert row["block_accuracy"] == row["precision"] == row["recall"] == row["f1"] == 1.0


def test_an_event_counts_within_two_seconds_and_only_once():
    row = judge(clip((10.0, "door", "in"), (10.5, "door", "in")), [(11.9, "door", "in")]).as_row()
    assert (row["precision"], row["recall"]) == (1.0, 0.5)
    row = judge(clip((10.0, "door", "in")), [(12.1, "door", "in")]).as_row()
    assert (row["precision"], row["recall"], row["block_accuracy"]) == (0.0, 0.0, 1.0)


def test_the_wrong_way_is_two_errors():
    row = judge(clip((1.0, "door", "in")), [(1.0, "door", "out")]).as_row()
    assert row["block_accuracy"] == -1.0


def test_lines_are_held_apart():
    lines = ("a:0,0.5,1,0.5:0.5,0.9", "b:0,0.2,1,0.2:0.5,0.9")
    row = judge(clip((1.0, "a", "in"), lines=lines), [(1.0, "b", "in")]).as_row()
    assert row["recall"] == 0.0


@pytest.mark.parametrize(
    ("hits", "of", "interval"), [(0, 0, None), (10, 10, [0.722, 1.0]), (0, 10, [0.0, 0.278]), (50, 100, [0.404, 0.596])]
)
def test_intervals_are_wilsons(hits, of, interval):
    assert wilson(hits, of) == interval


def test_clips_counted_by_eye_and_synthetic_ones_are_read_alike(tmp_path):
    truth = {
        "scene": "eye", "clip": "eye.mp4",
        "lines": [{"name": "door", "a": [0, 0.5], "b": [1, 0.5], "inside": [0.5, 0.9]}],
        "expected": {"crossings": [{"t": 2.0, "line": "door", "direction": "in", "person": 1}]},
    }  # fmt: skip
    (tmp_path / "eye.truth.json").write_text(json.dumps(truth))
    (synthetic,) = read_clips(tmp_path)
    by_eye = {"file": "eye.mp4", "line": truth["lines"][0], "crossings": [{"t": 2.0, "direction": "in"}]}
    (tmp_path / "counts.json").write_text(json.dumps({"clips": [by_eye]}))
    (eye,) = read_clips(tmp_path)
    assert synthetic == eye
