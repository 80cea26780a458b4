"""How many more came in during the opening hours so far than on the same weekday a week ago until the same time of day,
allowing for what either day did not see. "More than chance would do" is said when two days of the same rate would
differ that much less than once in a hundred times (exact conditional binomial test of two Poisson counts). Where less
than half of either day was seen, nothing is said.

One in a hundred and not one in twenty: people come in pairs and families, so counts scatter more than Poisson's.
"""

from dataclasses import dataclass
from datetime import date
from math import exp, lgamma, log, log1p
from typing import Literal

from sqlite_utils import Database

from appliance.metrics import coverage, footfall
from appliance.metrics.shop_day import ShopDay, week_before
from appliance.metrics.value import Value

VERSION, TITLE = 1, "Beside last week"
ENOUGH = 0.5  # share of the opening hours that both days must have seen
RARE = 0.01
SAME_SEEN = 0.01  # two days whose seen shares differ by less are compared as they are

Verdict = Literal["more", "fewer", "unclear"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` to `day`, a week before. `adjusted`: it allows for what one of the two did not see."""

    difference: int
    verdict: Verdict
    day: date
    adjusted: bool
    seen: float


def measure(database: Database, day: ShopDay) -> Value:
    """Return the difference as a number, with the smaller seen share of the two days."""
    found = compare(database, day)
    return Value(found.difference, found.seen) if found else Value(None, 0.0)


def compare(database: Database, day: ShopDay) -> Comparison | None:
    """Compare a day so far with the week before; None where either was not seen enough."""
    before = week_before(database, day)
    hours, hours_before = day.opening_so_far, before.opening_so_far
    if hours is None or hours_before is None:
        return None
    shares = coverage.seen_share(database, day), coverage.seen_share(database, before)
    if min(shares) < ENOUGH:
        return None
    counts = [footfall.measure(database, d, h).number for d, h in ((day, hours), (before, hours_before))]
    here, there = (int(count or 0) for count in counts)
    seen_here, seen_there = shares[0] * (hours[1] - hours[0]), shares[1] * (hours_before[1] - hours_before[0])
    adjusted = abs(shares[0] - shares[1]) > SAME_SEEN
    difference = round(here - there * (seen_here / seen_there if adjusted else 1.0))
    by_chance = chance(here, there, seen_here / (seen_here + seen_there))
    verdict: Verdict = "unclear" if by_chance >= RARE or not difference else "more" if difference > 0 else "fewer"
    return Comparison(difference, verdict, before.day, adjusted, min(shares))


def chance(here: int, there: int, share: float) -> float:
    """Return how often two Poisson counts of one rate differ at least this much (two-sided, twice the smaller tail).

    `share` is the first count's part of the time that both together were seen, between 0 and 1.
    """
    together = here + there
    below = sum(_binomial(k, together, share) for k in range(here + 1))
    above = sum(_binomial(k, together, share) for k in range(here, together + 1))
    return min(1.0, 2 * min(below, above))


def _binomial(k: int, n: int, p: float) -> float:
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p))
