"""Crossings of who comes back and of who works here are marked, and nobody's looks outlive the opening hours."""

import numpy as np
import pytest

from appliance.counting import Familiar
from appliance.counting.reentry import Reentry
from appliance.counting.staff import Staff
from appliance.frame import Crossing, Track

IMAGE = np.zeros((360, 640, 3), np.uint8)
RED, BLUE, NOBODY = np.array([1, 0], np.float32), np.array([0, 1], np.float32), np.zeros(2, np.float32)


class Looks:
    """Gives the vector of whoever stands at a place (the box's left edge)."""

    def __init__(self, **people):
        self.people, self.asked = {int(k[1:]): v for k, v in people.items()}, []

    def __call__(self, image, boxes):
        self.asked += [int(box[0]) for box in boxes]
        return np.stack([self.people[int(box[0])] for box in boxes])


def track(number, place, height=200.0, confirmed=True):
    return Track(number, 0.0, 0.0, np.array([place, 50, place + 80, 50 + height], np.float32), confirmed)


def stage(looks, opening=lambda time: "day", **staff):
    return Familiar(looks, Reentry(same=0.9), Staff(same=0.9, **staff), opening)


def cross(familiar, number, place, time, direction):
    """Walk past three pictures, the last of which brings the crossing; return its mark."""
    for back in (0.6, 0.3):
        assert familiar.update(IMAGE, [track(number, place)], [], time - back) == []
    crossing = Crossing(time, "door", "line", direction, number, 0, 0.5)
    (told,) = familiar.update(IMAGE, [track(number, place)], [crossing], time)
    assert told.time == time
    return told.mark


def test_who_goes_out_and_comes_in_again_is_marked_and_others_are_not():
    familiar = stage(Looks(p10=RED, p200=BLUE))
    assert cross(familiar, 1, 10, 100.0, "out") == ""
    assert cross(familiar, 2, 200, 150.0, "in") == ""
    assert cross(familiar, 3, 10, 200.0, "in") == "back"
    assert cross(familiar, 4, 10, 210.0, "in") == ""


def test_who_crosses_all_day_is_staff_whichever_way():
    familiar = stage(Looks(p10=RED), crossings=4, over=3000.0)
    marks = [cross(familiar, n, 10, 1100.0 * n, "in" if n % 2 else "out") for n in range(6)]
    assert marks == ["", "back", "", "staff", "staff", "staff"]


def test_at_closing_time_everybody_is_forgotten_and_nobody_is_looked_at():
    looks = Looks(p10=RED)
    familiar = stage(looks, lambda time: "today" if time < 500 else "tomorrow" if time > 900 else None)
    cross(familiar, 1, 10, 100.0, "out")
    asked = len(looks.asked)
    assert cross(familiar, 2, 10, 600.0, "in") == ""
    assert len(looks.asked) == asked
    assert not familiar._looks
    assert not familiar.reentry._gone
    assert not familiar.staff._people
    assert cross(familiar, 3, 10, 1000.0, "in") == ""


def test_looks_do_not_pass_from_one_day_to_the_next_where_the_shop_never_closes():
    familiar = stage(Looks(p10=RED), lambda time: int(time // 500))
    cross(familiar, 1, 10, 490.0, "out")
    assert cross(familiar, 2, 10, 510.0, "in") == ""


def test_one_look_a_picture_and_eight_a_person_at_the_most():
    looks = Looks(p10=RED, p200=BLUE)
    familiar = stage(looks)
    for picture in range(100):
        before = len(looks.asked)
        familiar.update(IMAGE, [track(1, 10), track(2, 200)], [], picture * 0.3)
        assert len(looks.asked) - before <= 1
    assert sorted(looks.asked) == [10] * 8 + [200] * 8


def test_who_crosses_without_a_look_is_looked_at_first():
    looks = Looks(p10=RED, p200=BLUE)
    familiar = stage(looks)
    familiar.update(IMAGE, [track(1, 10), track(2, 200)], [Crossing(1.0, "door", "line", "out", 2, 0, 0.5)], 1.0)
    assert looks.asked == [200]


@pytest.mark.parametrize(("height", "confirmed"), [(30.0, True), (200.0, False)])
def test_nobody_small_or_doubtful_is_looked_at(height, confirmed):
    looks = Looks(p10=RED)
    stage(looks).update(IMAGE, [track(1, 10, height, confirmed)], [], 1.0)
    assert looks.asked == []


def test_who_was_never_seen_well_is_not_marked():
    familiar = stage(Looks(p10=NOBODY))
    assert cross(familiar, 1, 10, 100.0, "out") == ""
    assert cross(familiar, 2, 10, 110.0, "in") == ""


def test_a_track_that_is_gone_leaves_nothing():
    familiar = stage(Looks(p10=RED))
    familiar.update(IMAGE, [track(1, 10)], [], 1.0)
    familiar.update(IMAGE, [], [], 4.0)
    assert not familiar._looks
