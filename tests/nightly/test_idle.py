"""Tables of round trips, counters and hours."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.nightly.idle import HALF_LIFE, Sketch, Verdict, Window, decide, router_rate

WINDOW = Window.of(0.0, 36_000.0, "box-1")
DURING = WINDOW.start + 60
LATE = WINDOW.hurry + 60


def nights(*seconds, times=10):
    sketch = Sketch()
    for trip in seconds:
        for _ in range(times):
            sketch.add(trip)
    return sketch


QUIET_NIGHTS = nights(0.020, 0.021, 0.022, 0.200)

CASES = {
    "round trips as on quiet nights are an idle line": (DURING, [0.021] * 4, QUIET_NIGHTS, None, Verdict.IDLE),
    "one slow round trip of four says nothing": (DURING, [0.02, 0.02, 0.4, 0.021], QUIET_NIGHTS, None, Verdict.IDLE),
    "round trips far over other nights' are a busy line": (DURING, [0.12] * 4, QUIET_NIGHTS, None, Verdict.BUSY),
    "in the first nights nobody knows better": (DURING, [0.12] * 4, Sketch(), None, Verdict.IDLE),
    "a router that moves much is a busy line": (DURING, [0.021] * 4, QUIET_NIGHTS, 90_000.0, Verdict.BUSY),
    "a router that moves little is an idle one": (DURING, [0.021] * 4, QUIET_NIGHTS, 900.0, Verdict.IDLE),
    "before its start a box waits": (WINDOW.start - 60, [0.021] * 4, QUIET_NIGHTS, None, Verdict.NOT_YET),
    "shortly before opening a trickle goes on a busy line": (LATE, [0.12] * 4, QUIET_NIGHTS, None, Verdict.TRICKLE),
    "shortly before opening an idle line is used whole": (LATE, [0.021] * 4, QUIET_NIGHTS, None, Verdict.IDLE),
    "when the shop opens the night is over": (36_000.0, [0.021] * 4, QUIET_NIGHTS, None, Verdict.OVER),
    "where headquarters does not answer a box waits": (DURING, [], QUIET_NIGHTS, None, Verdict.BUSY),
}


@pytest.mark.parametrize("rule", CASES)
def test_the_decision(rule):
    now, trips, usual, router, verdict = CASES[rule]
    assert decide(now, WINDOW, trips, usual, router).verdict is verdict


def test_the_reason_can_be_read():
    assert decide(DURING, WINDOW, [0.12], QUIET_NIGHTS).why == "line busy: 120 ms to headquarters, 23 on quiet nights"
    assert decide(DURING, WINDOW, [0.021], QUIET_NIGHTS).why == "line idle"


ROUTERS = {
    "a counter that moves is believed": ([(0, 1000), (10, 41_000)], 4000.0),
    "a counter that never moves is not": ([(0, 1000), (10, 1000), (20, 1000)], None),
    "a counter that sticks for a while is believed over the whole": ([(0, 0), (10, 0), (20, 20_000)], 1000.0),
    "a 32-bit counter may wrap": ([(0, 2**32 - 500), (10, 9_500)], 1000.0),
    "a counter that goes back for no reason is not believed": ([(0, 50_000), (10, 40_000)], None),
    "a counter that jumps beyond any line is not believed": ([(0, 0), (1, 10**12)], None),
    "one reading says nothing": ([(0, 1000)], None),
    "readings out of order say nothing": ([(10, 1000), (0, 2000)], None),
}


@pytest.mark.parametrize("rule", ROUTERS)
def test_a_router_is_believed_where_it_can_be(rule):
    readings, rate = ROUTERS[rule]
    assert router_rate(readings) == (None if rate is None else pytest.approx(rate))


def test_a_chains_boxes_start_at_different_times_in_the_first_half_of_the_night():
    starts = sorted(Window.of(0.0, 36_000.0, f"box-{k}").start for k in range(1000))
    assert 0 <= starts[0] < 600
    assert 17_400 < starts[-1] <= 18_000
    assert max(b - a for a, b in itertools.pairwise(starts)) < 200
    assert Window.of(0.0, 36_000.0, "box-7").start == Window.of(0.0, 36_000.0, "box-7").start


def test_the_memory_is_a_few_bytes_and_comes_back_whole():
    data = QUIET_NIGHTS.to_bytes()
    assert len(data) == 128
    assert Sketch.from_bytes(data).quantile(0.5) == QUIET_NIGHTS.quantile(0.5)
    assert Sketch.from_bytes(b"torn").quantile(0.5) is None


def test_old_nights_are_forgotten():
    sketch = nights(0.5)
    sketch.fade(HALF_LIFE * 5)
    for _ in range(10):
        sketch.add(0.02)
    assert sketch.quantile(0.5) < 0.03


@given(st.lists(st.floats(0.0001, 10), min_size=3, max_size=300), st.floats(0, 1))
def test_a_quantile_is_within_a_bucket_of_the_true_one(trips, share):
    sketch = Sketch()
    for trip in trips:
        sketch.add(trip)
    true = sorted(trips)[max(0, math.ceil(share * len(trips) - 1e-9) - 1)]
    assert min(true, 2.6) * 0.999 <= sketch.quantile(share) <= max(0.001, min(true, 5.3)) * 1.301 + 1e-9 or true > 2.6
