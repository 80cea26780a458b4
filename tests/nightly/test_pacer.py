"""The pacer on a simulated line: a queue that fills with what is sent beyond the line's rate, and round trips over it.

The real line, with the kernel's queue, is scripts/bench/idle_line.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.nightly.pacer import PIECE, Pacer, PacerSettings

TARGET = PacerSettings().target
TICK = 0.001


class Line:
    """A line of `capacity` bytes a second with a buffer of half a second; time goes on by a millisecond."""

    def __init__(self, capacity, base=0.02, noise=0.0, seed=1):
        self.capacity, self.base, self.noise = capacity, base, noise
        self.rng, self.pacer = np.random.default_rng(seed), Pacer()
        self.now, self.queued, self.others, self.next_probe = 0.0, 0.0, 0.0, 0.0
        self.sent, self.queue_seconds = [], []

    def run(self, seconds):
        """Let `seconds` pass; return (bytes a second that the pacer let out, the queues in seconds)."""
        first = len(self.sent)
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            self.queued = max(0.0, self.queued - self.capacity * TICK)
            self.queue_seconds.append(self.queued / self.capacity)
            if self.now >= self.next_probe:
                self.next_probe = self.now + 0.1 + self.rng.uniform(0, 0.01)
                jitter = self.rng.exponential(self.noise) if self.noise else 0.0
                self.pacer.heard(self.base + self.queue_seconds[-1] + jitter, self.now)
            out = 0
            while self.pacer.wait(0, self.now) <= 0:
                self.pacer.wait(PIECE, self.now)
                out += PIECE
            self.queued = min(self.capacity / 2, self.queued + out + self.others * TICK)
            self.sent.append(out)
        return sum(self.sent[first:]) / seconds, np.array(self.queue_seconds[first:])


@pytest.mark.parametrize("capacity", [125_000, 600_000])
@pytest.mark.parametrize("base", [0.001, 0.03, 0.3])
def test_more_than_half_of_an_idle_line_is_used_and_its_queue_stays_under_the_target(capacity, base):
    line = Line(capacity, base)
    line.run(20)
    rate, queues = line.run(60)
    assert 0.5 * capacity < rate < capacity
    assert np.quantile(queues, 0.95) < TARGET


def test_a_line_so_slow_that_one_piece_is_longer_than_the_target_is_still_used():
    line = Line(62_500)  # half a Mbit/s: a piece takes 8 ms
    line.run(20)
    rate, _ = line.run(60)
    assert rate > 0.35 * 62_500


def test_a_noisy_line_is_used_too():
    line = Line(125_000, 0.03, noise=0.002)
    line.run(20)
    rate, _ = line.run(60)
    assert rate > 0.4 * 125_000


def test_somebody_else_has_the_line_within_two_seconds():
    line = Line(125_000)
    line.run(30)
    line.others = 125_000
    line.run(2)
    rate, _ = line.run(5)
    assert rate < 0.1 * 125_000
    assert line.pacer.yielding


def test_when_the_others_are_done_it_comes_back():
    line = Line(125_000)
    line.run(30)
    line.others = 150_000
    line.run(20)
    line.others = 0
    line.run(15)
    rate, _ = line.run(20)
    assert rate > 0.4 * 125_000


def test_a_probe_without_an_answer_is_a_full_line():
    pacer = Pacer()
    pacer.heard(0.02, 0.0)
    pacer.silent(1.0)
    assert pacer.yielding
    assert pacer.wait(PIECE, 1.0) >= 0


def test_a_deadline_keeps_a_trickle_going_whoever_fills_the_line():
    line = Line(125_000)
    line.pacer.trickle = 5_000
    line.others = 200_000
    line.run(5)
    rate, _ = line.run(20)
    assert rate == pytest.approx(5_000, rel=0.1)


def test_a_line_whose_way_has_become_longer_is_not_taken_for_full_for_ever():
    line = Line(125_000, base=0.02)
    line.run(30)
    line.base = 0.06  # another route
    line.run(11 * 60)
    rate, _ = line.run(30)
    assert rate > 0.4 * 125_000


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.0001, 3.0), min_size=1, max_size=200), st.floats(0, 50_000))
def test_whatever_is_heard_the_rate_keeps_its_bounds(trips, trickle):
    pacer = Pacer(trickle=trickle)
    for k, trip in enumerate(trips):
        pacer.heard(trip, k / 10)
        assert max(1_500, trickle) <= max(pacer.rate, pacer.floor) <= PacerSettings().ceiling
        assert 0 <= pacer.wait(PIECE, k / 10) < 1_000


def test_pieces_never_come_in_bursts():
    pacer = Pacer()
    pacer.heard(0.02, 0.0)
    pacer.rate = 10_000
    moments, now = [], 100.0
    for _ in range(50):
        now += pacer.wait(PIECE, now)
        moments.append(now)
    assert (moments[-1] - moments[0]) / 49 == pytest.approx(PIECE / 10_000, rel=0.1)


def test_a_rate_that_is_not_used_asks_for_no_more():
    pacer = Pacer()
    for k in range(200):
        pacer.wait(PIECE, k / 10)  # 5 kB a second of 8
        pacer.heard(0.02, k / 10)
    assert pacer.rate == PacerSettings().start


def test_where_less_comes_than_was_allowed_a_share_of_that_is_taken_from_then_on():
    pacer = Pacer()
    pacer.rate = 2_000_000.0
    pacer.starved(1_000_000.0)
    assert pacer.rate == pytest.approx(850_000)
    for k in range(100):
        pacer.wait(90_000, k / 10)
        pacer.heard(0.02, k / 10)
    assert pacer.rate == pytest.approx(850_000, rel=0.05)


def test_one_queue_is_answered_once():
    pacer = Pacer()
    pacer.heard(0.020, 0.0)
    pacer.starved(1_000_000.0)
    pacer.rate = 850_000.0
    for k in range(1, 7):  # the lowest of three is above the target two times
        pacer.wait(85_000, k / 10)
        pacer.heard(0.020 if k not in (1, 2, 3, 4) else 0.027, k / 10)
    assert 0.55 * 850_000 < pacer.rate < 0.65 * 850_000


def test_a_false_alarm_at_the_start_does_not_make_a_slow_line_of_a_fast_one():
    line = Line(125_000)
    line.run(0.5)
    line.base, before = 0.06, line.base  # a busy box hears its first probes late
    line.run(0.5)
    line.base = before
    line.run(60)
    rate, _ = line.run(30)
    assert rate > 0.5 * 125_000
