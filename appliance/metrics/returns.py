"""How many of those who came in had gone out within the half hour before, and how many are people who work here, as
far as clothes and build tell. Both are in the number of who came in, and nothing is taken from it: the box takes some
for others and does not know many again, above all where people dress alike.
"""

from dataclasses import dataclass

from sqlite_utils import Database

from appliance.metrics.shop_day import ShopDay
from appliance.storage import queries

VERSION, TITLE = 1, "Came back, and staff"


@dataclass(frozen=True, slots=True)
class Returns:
    """Crossings inwards that were marked."""

    back: int
    staff: int


def returns_of_day(database: Database, day: ShopDay) -> Returns | None:
    """Return what was marked on a business day so far, or None where nobody was."""
    marks = queries.marks_of_entries(database, day.start, day.until)
    return Returns(marks.get("back", 0), marks.get("staff", 0)) if marks else None
