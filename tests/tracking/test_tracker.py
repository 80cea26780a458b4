"""Rules of the tracker. A person is 40 x 100 pixels, so a body length is 63 pixels."""

import tracemalloc

import numpy as np
import pytest

from appliance.frame import Detections
from appliance.tracking import Tracker
from tests.walks import seen


def ids(tracker, moments):
    """Feed (time, feet) and return the ids of each moment, in order of x."""
    out = []
    for time, feet in moments:
        tracks = tracker.update(seen(feet), time)
        out.append([t.id for t in sorted(tracks, key=lambda t: t.box[0])])
    return out


def test_one_walker_keeps_one_id():
    assert {i for row in ids(Tracker(), [(k / 10, [(100 + 8 * k, 200)]) for k in range(50)]) for i in row} == {1}


def test_two_who_pass_each_other_keep_their_ids():
    moments = [(k / 10, [(100 + 10 * k, 180), (400 - 10 * k, 230)]) for k in range(30)]
    rows = ids(Tracker(), moments)
    assert rows[0] == [1, 2]
    assert rows[-1] == [2, 1]


@pytest.mark.parametrize(("gap", "lengths"), [(0.2, 1.5), (0.4, 1.5), (0.4, 12.0)])
def test_an_id_never_jumps_further_than_a_person_can_walk(gap, lengths):
    tracker = Tracker()
    ids(tracker, [(k / 10, [(100, 200)]) for k in range(10)])
    assert ids(tracker, [(0.9 + gap, [(100 + lengths * 63, 200)])]) == [[2]]


def test_a_walker_hidden_for_half_a_second_keeps_the_id():
    before = [(k / 10, [(100 + 10 * k, 200)]) for k in range(15)]
    after = [(k / 10, [(100 + 10 * k, 200)]) for k in range(19, 30)]
    assert ids(Tracker(), before + after)[-1] == [1]


def test_a_walker_away_for_longer_is_somebody_new():
    assert ids(Tracker(), [(0.0, [(100, 200)]), (0.1, [(100, 200)]), (2.0, [(100, 200)])])[-1] == [2]


def test_weak_detections_continue_a_track_but_never_start_one():
    tracker = Tracker()
    assert tracker.update(seen([(100, 200)], score=0.3), 0.0) == []
    tracker.update(seen([(100, 200)], score=0.9), 0.1)
    assert [t.id for t in tracker.update(seen([(103, 200)], score=0.1), 0.2)] == [1]


def test_a_track_is_confirmed_by_evidence_not_at_first_sight():
    tracker = Tracker()
    confirmed = [tracker.update(seen([(100 + k, 200)]), k / 10)[0].confirmed for k in range(5)]
    assert confirmed[0] is False
    assert confirmed[-1] is True


def test_a_box_inside_a_tracked_one_starts_nothing():
    tracker = Tracker()
    tracker.update(seen([(100, 200)]), 0.0)
    both = Detections(
        np.array([[80, 100, 120, 200], [85, 105, 115, 190]], np.float32),
        np.array([0.9, 0.8], np.float32),
        np.zeros((2, 2), np.float32),
    )
    assert len(tracker.update(both, 0.1)) == 1


def test_the_same_detections_give_the_same_tracks():
    rng = np.random.default_rng(3)
    frames = [(k / 8, seen(rng.uniform(50, 350, (6, 2)), 0.8)) for k in range(60)]
    one, two = (
        [[(t.id, t.box.tobytes()) for t in tr.update(d, s)] for s, d in frames] for tr in (Tracker(), Tracker())
    )
    assert one == two


@pytest.mark.slow
def test_memory_stays_flat_over_a_hundred_thousand_tracks():
    from appliance.config import Line
    from appliance.counting import LineCounter

    tracker, counter = Tracker(), LineCounter("camera", Line("door", (0.1, 0.5), (0.9, 0.5), (0.5, 0.9)))
    sizes = []
    tracemalloc.start()
    highest = 0
    for k in range(20_000):  # five strangers at a time, each for one frame, far from the last
        feet = [(60 + 110 * i + 55 * (k % 2), 120 + 70 * (k % 3)) for i in range(5)]
        tracks = tracker.update(seen(feet), float(k))
        counter.update(tracks, float(k), k, 640, 360)
        highest = max(highest, *(t.id for t in tracks))
        if k in (2_000, 19_999):
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert highest == 100_000
    assert sizes[1] - sizes[0] < 20_000
