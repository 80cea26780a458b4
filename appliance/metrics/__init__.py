"""The numbers that page, documents and headquarters show, a file each.

A metric's module docstring begins with its definition, as it is printed; its version rises when the definition changes,
so two numbers with one name mean the same. Metrics read the storage's queries and read no clock.

NOT SEEN IS NOT ZERO: what was not seen at all is None, and every number comes with the share of its time that was seen.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self

from sqlite_utils import Database

from appliance.metrics import comparison, coverage, departures, footfall, mix, occupancy, returns
from appliance.metrics.comparison import Comparison, compare
from appliance.metrics.footfall import total
from appliance.metrics.hours import Hour, gaps_of_day, hours_of_day
from appliance.metrics.mix import Mix, Share, mix_of_day
from appliance.metrics.quarters import Quarter, quarters
from appliance.metrics.returns import Returns, returns_of_day
from appliance.metrics.shop_day import ShopDay, Span, day_of, today
from appliance.metrics.value import Value

__all__ = [
    "DEFINITIONS",
    "METRICS",
    "Comparison",
    "Hour",
    "Metric",
    "Mix",
    "Quarter",
    "Returns",
    "Share",
    "ShopDay",
    "Span",
    "Value",
    "compare",
    "day_of",
    "gaps_of_day",
    "hours_of_day",
    "markdown",
    "mix_of_day",
    "quarters",
    "returns_of_day",
    "today",
    "total",
]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a number means, as it is printed."""

    name: str
    version: int
    title: str
    definition: str

    @property
    def key(self) -> str:
        """The versioned name: footfall/1."""
        return f"{self.name}/{self.version}"

    @classmethod
    def of(cls, module: ModuleType, **more: Any) -> Self:
        """Take a metric's module, whose docstring begins with the definition."""
        definition = " ".join((inspect.getdoc(module) or "").split("\n\n")[0].split())
        return cls(module.__name__.rpartition(".")[2], module.VERSION, module.TITLE, definition, **more)


@dataclass(frozen=True, slots=True)
class Metric(Definition):
    """One number: measure(database, day) returns it for a business day as far as that has come."""

    measure: Callable[[Database, ShopDay], Value]


_MODULES = (footfall, departures, occupancy, coverage, comparison)
METRICS = {m.name: m for m in (Metric.of(module, measure=module.measure) for module in _MODULES)}
DEFINITIONS: tuple[Definition, ...] = (*METRICS.values(), Definition.of(mix), Definition.of(returns))


def markdown() -> str:
    """Return docs/metrics.md."""
    parts = [
        "# The numbers",
        "Written from `appliance/metrics/` by `scripts/docs.py`. The page prints the same words.",
        "What was not seen is not zero: a number over time that no camera saw is unknown (a dash on the page, null in a"
        " document), and every number is shown with the share of its time that was seen.",
    ]
    for metric in DEFINITIONS:
        parts += [f"## {metric.title}: `{metric.key}`", metric.definition]
    return "\n\n".join(parts) + "\n"
