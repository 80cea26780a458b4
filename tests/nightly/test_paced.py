"""Whether the line or the pacer is the limit, by how long bytes were waited for."""

from appliance.nightly.paced import LOOK, Intake
from appliance.nightly.pacer import Pacer


def take_in(rate, blocked_share, seconds, line=0):
    """Return a pacer after an intake of so many bytes a second, with that share of the time spent waiting for them."""
    pacer = Pacer()
    pacer.rate = 2_000_000.0
    intake = Intake(pacer)
    for k in range(round(seconds / 0.01)):
        intake.add(round(rate * 0.01), blocked_share * 0.01, k * 0.01)
    return pacer


def test_where_bytes_are_waited_for_the_line_is_the_limit():
    assert 0.8 * 900_000 < take_in(900_000, 0.5, 3 * LOOK).rate < 0.9 * 900_000


def test_where_bytes_lie_ready_the_pacer_is_the_limit_and_nothing_changes():
    assert take_in(900_000, 0.05, 3 * LOOK).rate == 2_000_000


def test_a_moment_says_nothing():
    assert take_in(900_000, 1.0, 0.5 * LOOK).rate == 2_000_000


def test_a_moment_in_which_the_machine_was_busy_does_not_make_a_slow_line():
    pacer = Pacer()
    pacer.rate = 2_000_000.0
    intake, now = Intake(pacer), 0.0
    for rate in (900_000, 900_000, 100_000):
        for _ in range(60):
            now += 0.01
            intake.add(round(rate * 0.01), 0.005, now)
    assert pacer.rate > 0.75 * 900_000
