"""How often a line was crossed outwards during the business day, over all lines."""

from sqlite_utils import Database

from appliance.metrics.coverage import seen_share
from appliance.metrics.shop_day import ShopDay, Span
from appliance.metrics.value import Value
from appliance.storage import queries

VERSION, TITLE = 1, "Went out"


def measure(database: Database, day: ShopDay, span: Span | None = None) -> Value:
    """Return the out-crossings of the day so far, or of a span (whole minutes) within it."""
    start, end = span or (day.start, day.until)
    rows = queries.line_counts(database, start, end, max(1.0, end - start))
    return Value.counted(sum(row.outs for row in rows), seen_share(database, day, span))
