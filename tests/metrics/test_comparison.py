"""The sentence beside the number: more than chance would do, or too close to tell."""

from datetime import date
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import metrics
from appliance.metrics.comparison import chance
from tests.metrics.shop import Filled, at, settings

COUNTS = st.integers(0, 60)
SHARES = st.floats(0.1, 0.9)


@given(COUNTS, COUNTS, SHARES)
def test_chance_is_the_exact_two_sided_binomial_tail(here: int, there: int, share: float) -> None:
    n = here + there
    masses = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    exact = min(1.0, 2 * min(sum(masses[: here + 1]), sum(masses[here:])))
    assert chance(here, there, share) == pytest.approx(exact, rel=1e-6, abs=1e-12)


@given(COUNTS, COUNTS, SHARES)
def test_chance_does_not_mind_which_day_is_named_first(here: int, there: int, share: float) -> None:
    assert chance(here, there, share) == pytest.approx(chance(there, here, 1 - share), rel=1e-6, abs=1e-12)


@given(COUNTS)
def test_two_equal_days_never_differ(count: int) -> None:
    assert chance(count, count, 0.5) == 1.0


def test_large_counts_stay_within_bounds() -> None:
    assert 0 <= chance(20_000, 19_000, 0.5) < 1e-6
    assert 0.3 < chance(20_000, 19_850, 0.5) < 1


def busy(filled: Filled, day: str, people: int, until: str = "20:00", seen_until: str = "20:00") -> None:
    start = at(f"{day} 09:00")
    filled.watch_long(start, at(f"{day} {seen_until}"))
    step = (at(f"{day} {until}") - start) / people
    filled.cross([start + step * (i + 0.5) for i in range(people)])


def compared(filled: Filled, now: str = "2026-11-24 18:00") -> metrics.Comparison | None:
    return metrics.compare(filled.reader, metrics.today(filled.reader, settings(), at(now)))


@pytest.mark.parametrize(
    ("here", "there", "difference", "verdict"),
    [
        (202, 184, 18, "unclear"),  # a usual day
        (260, 184, 76, "more"),
        (100, 184, -84, "fewer"),
        (184, 184, 0, "unclear"),
        (6, 1, 5, "unclear"),  # six times as many of next to nothing
    ],
)
def test_the_difference_and_whether_it_means_anything(
    filled: Filled, here: int, there: int, difference: int, verdict: str
) -> None:
    busy(filled, "2026-11-17", there, "18:00")
    busy(filled, "2026-11-24", here, "18:00")
    found = compared(filled)
    assert found is not None
    assert (found.difference, found.verdict, found.day, found.adjusted) == (
        difference,
        verdict,
        date(2026, 11, 17),
        False,
    )


def test_last_week_counts_until_the_same_time_of_day_only(filled: Filled) -> None:
    busy(filled, "2026-11-17", 110)  # ten an hour, until eight
    busy(filled, "2026-11-24", 50, "14:00")
    found = compared(filled, "2026-11-24 14:00")
    assert found is not None
    assert (found.difference, found.verdict) == (0, "unclear")


def test_half_a_day_that_was_seen_is_compared_with_half(filled: Filled) -> None:
    busy(filled, "2026-11-17", 180, "18:00", "18:00")
    busy(filled, "2026-11-24", 100, "14:00", "14:00")  # the camera died at two
    found = compared(filled)
    assert found is not None
    assert found.adjusted
    assert found.seen == pytest.approx(5 / 9, abs=0.01)
    assert found.difference == pytest.approx(0, abs=1)


@pytest.mark.parametrize("blind", ["2026-11-17", "2026-11-24"])
def test_a_day_that_was_hardly_seen_is_not_compared(filled: Filled, blind: str) -> None:
    for day in ("2026-11-17", "2026-11-24"):
        busy(filled, day, 100, "13:00", "13:00" if day == blind else "18:00")
    assert compared(filled) is None


def test_nothing_is_said_without_a_last_week_or_before_the_shop_opens(filled: Filled) -> None:
    busy(filled, "2026-11-24", 100)
    assert compared(filled) is None
    assert compared(filled, "2026-11-24 08:00") is None
