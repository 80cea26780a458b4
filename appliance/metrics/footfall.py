"""How often a line was crossed inwards during the business day, over all lines. Somebody who leaves and comes
back counts twice, staff count like everybody, and people who walk side by side are counted one by one.
"""

from sqlite_utils import Database

from appliance.metrics.coverage import seen_share
from appliance.metrics.shop_day import ShopDay, Span
from appliance.metrics.value import Value
from appliance.storage import queries

VERSION, TITLE = 1, "Came in"


def measure(database: Database, day: ShopDay, span: Span | None = None) -> Value:
    """Return the in-crossings of the day so far, or of a span (whole minutes) within it."""
    start, end = span or (day.start, day.until)
    rows = queries.line_counts(database, start, end, max(1.0, end - start))
    return Value.counted(sum(row.ins for row in rows), seen_share(database, day, span))


def total(values: list[Value]) -> Value:
    """Return the sum over several days; what was not seen adds nothing and lowers its seen share, so no gap hides.

    None where none of them was seen.
    """
    known = [value.number for value in values if value.number is not None]
    seen = sum(value.seen for value in values) / len(values) if values else 0.0
    return Value(sum(known) if known else None, seen)
