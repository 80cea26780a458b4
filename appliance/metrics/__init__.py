"""The numbers that page, documents and headquarters show, a file each.

A metric's module docstring begins with its definition, as it is printed; its version rises when the definition changes,
so two numbers with one name mean the same. Metrics read the storage's queries and read no clock.

NOT SEEN IS NOT ZERO: what was not seen at all is None, and every number comes with the share of its time that was seen.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from sqlite_utils import Database

from appliance.metrics import comparison, coverage, departures, footfall, occupancy
from appliance.metrics.comparison import Comparison, compare
from appliance.metrics.footfall import total
from appliance.metrics.hours import Hour, gaps_of_day, hours_of_day
from appliance.metrics.quarters import Quarter, quarters
from appliance.metrics.shop_day import ShopDay, Span, day_of, today
from appliance.metrics.value import Value

__all__ = [
    "METRICS",
    "Comparison",
    "Hour",
    "Metric",
    "Quarter",
    "ShopDay",
    "Span",
    "Value",
    "compare",
    "day_of",
    "gaps_of_day",
    "hours_of_day",
    "markdown",
    "quarters",
    "today",
    "total",
]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number: measure(database, day) returns it for a business day as far as that has come."""

    name: str
    version: int
    title: str
    definition: str
    measure: Callable[[Database, ShopDay], Value]

    @property
    def key(self) -> str:
        """The versioned name: footfall/1."""
        return f"{self.name}/{self.version}"


def _metric(module: ModuleType) -> Metric:
    definition = " ".join((inspect.getdoc(module) or "").split("\n\n")[0].split())
    return Metric(module.__name__.rpartition(".")[2], module.VERSION, module.TITLE, definition, module.measure)


METRICS = {m.name: m for m in map(_metric, (footfall, departures, occupancy, coverage, comparison))}


def markdown() -> str:
    """Return docs/metrics.md."""
    parts = [
        "# The numbers",
        "Written from `appliance/metrics/` by `scripts/docs.py`. The page prints the same words.",
        "What was not seen is not zero: a number over time that no camera saw is unknown (a dash on the page, null in a"
        " document), and every number is shown with the share of its time that was seen.",
    ]
    for metric in METRICS.values():
        parts += [f"## {metric.title}: `{metric.key}`", metric.definition]
    return "\n\n".join(parts) + "\n"
