"""Looks at faces are rationed, and each person who comes in becomes one guess or one "unknown"."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.counting import View, Visitors
from appliance.frame import Crossing, Track
from appliance.nets import Guess

BANDS = ((0, 11), (12, 100))
IMAGE = np.zeros((360, 640, 3), np.uint8)


def track(number, height=200.0, confirmed=True):
    return Track(number, 0.0, 0.0, np.array([100, 50, 180, 50 + height], np.float32), confirmed)


def crossing(number, time, direction="in"):
    return Crossing(time, "door", "line", direction, number, 0, 0.5)


def guess(age, man=1.0, right=1.0):
    return Guess(np.eye(101, dtype=np.float32)[age], man, right)


class Looks:
    """Answers with what it was given, and remembers of whom it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __call__(self, image, person):
        self.asked += 1
        return self.answers.pop(0) if self.answers else None


def test_a_person_who_comes_in_is_one_guess_weighed_by_how_sure_each_look_was():
    stage = Visitors("door", Looks(guess(8, 1.0, 0.75), guess(30, 0.0, 0.25)), BANDS)
    for time in (0.0, 0.1):
        assert stage.update(IMAGE, [track(1)], [], time) == []
    assert stage.update(IMAGE, [track(1)], [crossing(1, 0.2)], 0.2) == []
    (told,) = stage.update(IMAGE, [], [], 0.3)
    assert (told.time, told.camera) == (0.2, "door")
    assert dict(told.ages) == pytest.approx({"0-11": 0.75, "12+": 0.25})
    assert told.man == pytest.approx(0.75)


def test_a_person_without_a_face_is_unknown_and_who_goes_out_is_nobody():
    stage = Visitors("door", Looks(), BANDS)
    assert stage.update(IMAGE, [], [crossing(1, 0.0), crossing(2, 0.0, "out")], 0.0)[0].ages is None
    assert stage.update(IMAGE, [], [], 9.0) == []


def test_a_face_may_turn_up_after_the_crossing_but_is_not_waited_for_for_ever():
    stage = Visitors("door", Looks(None, None, guess(8)), BANDS)
    assert stage.update(IMAGE, [track(1)], [crossing(1, 0.0)], 0.0) == []
    assert stage.update(IMAGE, [track(1)], [], 1.0) == []
    assert stage.update(IMAGE, [track(1)], [], 2.0) == []
    (told,) = stage.update(IMAGE, [track(1)], [], 5.1)
    assert dict(told.ages)["0-11"] == 1.0


@pytest.mark.parametrize(("height", "confirmed"), [(60.0, True), (200.0, False)])
def test_nobody_small_or_doubtful_is_looked_at(height, confirmed):
    looks = Looks()
    Visitors("door", looks, BANDS).update(IMAGE, [track(1, height, confirmed)], [], 0.0)
    assert looks.asked == 0


def test_five_good_looks_are_enough_and_fifteen_bad_ones_too():
    for answers, most in ((([guess(30)] * 40), 5), ([], 15)):
        looks = Looks(*answers)
        stage = Visitors("door", looks, BANDS)
        for frame in range(40):
            stage.update(IMAGE, [track(1)], [], frame / 10)
        assert looks.asked == most


@given(st.lists(st.lists(st.integers(1, 6), unique=True, max_size=6), max_size=60))
def test_at_most_one_look_a_picture_and_one_guess_for_each_who_came_in(pictures):
    looks = Looks()
    stage, told, came = Visitors("door", looks, BANDS), [], set()
    for frame, there in enumerate(pictures):
        before, fresh = looks.asked, [number for number in there if number not in came]
        came |= set(fresh)
        told += stage.update(IMAGE, [track(n) for n in there], [crossing(n, float(frame)) for n in fresh], float(frame))
        assert looks.asked - before <= 1
    told += stage.update(IMAGE, [], [], 1000.0)
    assert len(told) == len(came)
    assert not stage._votes


def test_without_a_face_stature_tells_children_and_where_the_camera_is_unknown_nothing_does():
    level = View(1.2, 0.0, np.pi / 2, 640, 360)  # level: who is as tall as it hangs high ends in the middle
    small, tall = (np.array([300, 180 + (1.2 - top) * 80, 330, 180 + 1.2 * 80], np.float32) for top in (1.05, 1.8))
    for view, want in ((lambda w, h: level, True), (lambda w, h: None, False)):
        stage = Visitors("door", Looks(), BANDS, view)
        tracks = [Track(1, 0.0, 0.0, small, True), Track(2, 0.0, 0.0, tall, True)]
        for frame in range(20):
            stage.update(IMAGE, tracks, [], frame / 10)
        child, adult = stage.update(IMAGE, [], [crossing(1, 2.0), crossing(2, 2.0)], 9.0)
        if not want:
            assert (child.child, adult.child) == (None, None)
            continue
        assert child.ages is None
        assert child.child > 0.5 > 0.1 > adult.child


def test_a_face_has_the_last_word_on_who_is_a_child():
    stage = Visitors("door", Looks(guess(8), guess(30)), BANDS)
    for time in (0.0, 0.1):
        stage.update(IMAGE, [track(1)], [], time)
    (told,) = stage.update(IMAGE, [], [crossing(1, 0.2)], 0.2)
    assert told.child == pytest.approx(0.5)


def test_at_most_one_person_a_picture_is_measured_and_each_eight_times():
    asked = []

    class Counting(View):
        def on_plane(self, pixel, heights):
            asked.append(1)
            return super().on_plane(pixel, heights)

    view = Counting(1.2, 0.0, np.pi / 2, 640, 360)
    stage = Visitors("door", Looks(), BANDS, lambda w, h: view)
    for frame in range(40):
        before = len(asked)
        stage.update(IMAGE, [track(1), track(2)], [], frame / 10)
        assert len(asked) - before <= 1
    assert len(asked) == 16
