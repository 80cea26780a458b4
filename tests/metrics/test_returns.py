"""What was marked on crossings inwards is told for the day, and takes nothing from the count."""

from datetime import date

import pytest

from appliance.frame import Coverage, Crossing
from appliance.metrics import METRICS, returns_of_day
from appliance.metrics.shop_day import day_of
from appliance.storage import Folder, Journal, open_for_writing
from tests.metrics.shop import settings

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("crossed", "told"),
    [
        ([("in", "")], None),
        ([("out", "back"), ("out", "staff")], None),
        ([("in", "back"), ("in", ""), ("in", "back"), ("in", "staff")], (2, 1)),
        ([("in", "staff"), ("out", "staff")], (0, 1)),
    ],
)
def test_only_those_who_came_in_are_told_and_all_of_them_count(tmp_path, crossed, told):
    database = open_for_writing(Folder(tmp_path).make().database)
    day = day_of(database, settings(), DAY, settings().shop.clock.span(DAY)[1])
    noon = day.start + 8 * 3600
    rows = [Crossing(noon + i, "door", "door", way, i, i, 0.5, mark) for i, (way, mark) in enumerate(crossed)]
    seen = [Coverage("door", minute, 60.0, 600) for minute in range(int(day.start), int(day.until), 60)]
    Journal(database).write(rows, seen, [])
    found = returns_of_day(database, day)
    assert (found and (found.back, found.staff)) == told
    assert METRICS["footfall"].measure(database, day).number == sum(way == "in" for way, _ in crossed)
