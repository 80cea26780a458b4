"""What is advertised exists: every metric gives a number, and the documents are written from the code."""

import re
from pathlib import Path

import pytest

from appliance import config_reference, metrics
from tests.metrics.shop import Filled, at, settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", metrics.METRICS)
def test_every_metric_can_produce_a_row(filled: Filled, name: str) -> None:
    for day in ("2026-11-17", "2026-11-24"):
        filled.watch_long(at(f"{day} 09:00"), at(f"{day} 18:00"))
        filled.cross([at(f"{day} 10:00") + i for i in range(30)])
        filled.cross([at(f"{day} 11:00") + i for i in range(10)], "out")
    value = metrics.METRICS[name].measure(
        filled.reader, metrics.today(filled.reader, settings(), at("2026-11-24 18:00"))
    )
    expected = {"footfall": 30, "departures": 10, "occupancy": 20, "coverage": 1.0, "comparison": 0}
    assert (value.number, value.seen) == (expected[name], 1.0)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_where_nothing_was_seen_no_metric_is_known_but_how_much_was_seen(filled: Filled, name: str) -> None:
    day = metrics.today(filled.reader, settings(), at("2026-11-24 18:00"))
    known = 0.0 if name == "coverage" else None
    assert metrics.METRICS[name].measure(filled.reader, day) == metrics.Value(known, 0.0)


@pytest.mark.parametrize("metric", metrics.METRICS.values(), ids=lambda metric: metric.name)
def test_every_metric_has_a_definition_and_a_versioned_name(metric: metrics.Metric) -> None:
    assert re.fullmatch(r"[a-z]+/[1-9]", metric.key)
    assert metric.definition.endswith(".")
    assert len(metric.definition) > 40


@pytest.mark.parametrize(
    ("file", "written"),
    [("metrics.md", metrics.markdown), ("configuration.md", config_reference.markdown)],
)
def test_the_documents_are_what_the_code_says(file: str, written: object) -> None:
    assert callable(written)
    assert (DOCS / file).read_text(encoding="utf-8") == written(), "run: python -m scripts.docs"
