"""Who went out lately and looks the same comes back; nobody is remembered longer than told, nor after closing time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.counting.reentry import MOST, Reentry
from appliance.counting.staff import Staff


def looks(*angles):
    """Vectors on a circle: the cosine of two is that of the angle (degrees) between them."""
    return [np.array([np.cos(np.radians(a)), np.sin(np.radians(a))], np.float32) for a in angles]


def test_somebody_who_went_out_and_looks_the_same_was_away_so_long_and_returns_once():
    memory, (gone, back) = Reentry(same=0.9), looks(0, 10)
    memory.went_out(gone, 100.0)
    assert memory.came_in(back, 160.0) == pytest.approx(60.0)
    assert memory.came_in(back, 170.0) is None


@pytest.mark.parametrize(
    ("gone", "comes", "away"),
    [
        ((0,), 40, 60.0),  # looks different
        ((0,), 0, 1801.0),  # too late
        ((0, 1), 0.5, 60.0),  # two who look alike went out: nobody can say which
        ((), 0, 60.0),  # nobody went out
    ],
)
def test_a_new_visitor_is_not_taken_for_somebody_who_left(gone, comes, away):
    memory = Reentry(same=0.9, within=1800.0)
    for vector in looks(*gone):
        memory.went_out(vector, 0.0)
    assert memory.came_in(*looks(comes), away) is None


def test_the_one_who_looks_most_alike_is_the_one_who_is_back():
    memory = Reentry(same=0.9)
    for time, vector in enumerate(looks(25, 2, 60)):
        memory.went_out(vector, float(time))
    assert memory.came_in(*looks(0), 10.0) == pytest.approx(9.0)


def test_who_was_not_seen_well_is_neither_remembered_nor_recognised():
    memory, nothing = Reentry(same=-1.0), np.zeros(2, np.float32)
    memory.went_out(nothing, 0.0)
    assert memory.came_in(*looks(0), 1.0) is None
    memory.went_out(*looks(0), 2.0)
    assert memory.came_in(nothing, 3.0) is None


def test_at_closing_time_nobody_is_remembered():
    memory, staff = Reentry(same=0.9), Staff(same=0.9, crossings=2, over=0.0)
    memory.went_out(*looks(0), 0.0)
    staff.crossed(*looks(0), 0.0)
    memory.forget()
    staff.forget()
    assert memory.came_in(*looks(0), 1.0) is None
    assert not staff.crossed(*looks(0), 1.0)
    assert not memory._gone


@given(st.lists(st.tuples(st.floats(0, 360), st.booleans()), max_size=60))
def test_nobody_returns_more_often_than_people_went_out(events):
    memory, out, back = Reentry(same=0.8, margin=0.0), 0, 0
    for time, (angle, leaves) in enumerate(events):
        if leaves:
            memory.went_out(*looks(angle), float(time))
            out += 1
        else:
            back += memory.came_in(*looks(angle), float(time)) is not None
        assert back <= out


def test_memory_is_bounded():
    memory, staff = Reentry(same=0.9), Staff(same=1.1)
    for number in range(3 * MOST):
        memory.went_out(*looks(number), number / 1000)
        staff.crossed(*looks(number), number / 1000)
    assert len(memory._gone) == MOST
    assert len(staff._people) <= MOST


def test_who_crosses_again_and_again_over_hours_is_staff_and_a_customer_who_returns_is_not():
    staff, (worker, customer) = Staff(same=0.9, crossings=6, over=7200.0), looks(0, 90)
    told = [staff.crossed(worker, 1800.0 * number) for number in range(8)]
    assert told == [False] * 5 + [True] * 3
    assert not any(staff.crossed(customer, 100.0 * number) for number in range(4))


def test_many_crossings_within_minutes_are_not_staff():
    staff = Staff(same=0.9, crossings=6, over=7200.0)
    assert not any(staff.crossed(*looks(0), 30.0 * number) for number in range(40))
