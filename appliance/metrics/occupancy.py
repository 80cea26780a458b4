"""Who came in since the business day began, less who went out since; never shown below 0. A crossing that was
missed stays in it until the day ends, so it drifts, and it drifts more the less of the day was seen.
"""

from sqlite_utils import Database

from appliance.metrics.coverage import seen_share
from appliance.metrics.shop_day import ShopDay
from appliance.metrics.value import Value
from appliance.storage import queries

VERSION, TITLE = 1, "Inside"


def measure(database: Database, day: ShopDay) -> Value:
    """Return how many are inside at `day.until`."""
    rows = queries.line_counts(database, day.start, day.until, max(1.0, day.until - day.start))
    seen = seen_share(database, day)
    crossings = sum(row.ins + row.outs for row in rows)
    inside = max(0, sum(row.ins - row.outs for row in rows))
    return Value(inside if Value.counted(crossings, seen).number is not None else None, seen)
