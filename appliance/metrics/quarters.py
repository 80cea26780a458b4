"""A business day by quarter-hour and line: what the store-day tells headquarters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from appliance.clock import QUARTER, ShopClock
from appliance.storage import queries


@dataclass(frozen=True, slots=True)
class Quarter:
    """Crossings of one line in the quarter-hour from `start`, None exactly when `seen` (seconds, 0..900) is 0."""

    start: float
    camera: str
    line: str
    ins: int | None
    outs: int | None
    seen: float


def quarters(database: Database, clock: ShopClock, day: date, lines: Iterable[tuple[str, str]] = ()) -> list[Quarter]:
    """Return a row for every quarter of the business day and every (camera, line): those given and those counted.

    Rows are ordered by start, camera and line. A day with a clock change has 92 or 100 quarters.
    """
    start, end = clock.span(day)
    counted = {(c.start, c.camera, c.line): (c.ins, c.outs) for c in queries.line_counts(database, start, end, QUARTER)}
    seen = {(s.start, s.camera): s.seconds for s in queries.seen(database, start, end, QUARTER)}
    known = sorted({*lines, *((camera, line) for _, camera, line in counted)})
    starts = [start + i * QUARTER for i in range(round((end - start) / QUARTER))]
    return [
        _quarter(at, camera, line, counted.get((at, camera, line), (0, 0)), seen.get((at, camera), 0.0))
        for at in starts
        for camera, line in known
    ]


def _quarter(start: float, camera: str, line: str, counts: tuple[int, int], seen: float) -> Quarter:
    ins, outs = counts
    if ins + outs:
        seen = max(seen, 1.0)  # whoever was counted was seen, if only between two pictures far apart
    return Quarter(start, camera, line, ins if seen else None, outs if seen else None, min(seen, float(QUARTER)))
