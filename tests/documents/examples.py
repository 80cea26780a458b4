"""A store-day as a small shop would send it, for tests to change one thing at a time."""

from dataclasses import replace
from typing import Any

from appliance.documents import Quarter, Software, StoreDay, Totals


def example_day(**changes: Any) -> StoreDay:
    seen = Quarter("2026-11-24T16:30:00.000Z", "door/street", 12, 11, 900.0)
    unseen = Quarter("2026-11-24T16:45:00.000Z", "door/street", None, None, 0)
    day = StoreDay(
        store="corner-shop",
        day="2026-11-24",
        revision=1,
        zone="Europe/Berlin",
        opened="2026-11-24T03:00:00.000Z",
        closed="2026-11-25T03:00:00.000Z",
        made="2026-11-25T03:05:00.250Z",
        lines=("door/street",),
        quarters=(seen, unseen),
        totals=Totals(12, 11, 0.5),
        software=Software("0.1.0", "person", "ab" * 32),
        configuration="cd" * 32,
        health={"disk_free_mb": 9120, "note": "ünïcode <b>'; DROP TABLE store; --"},
    )
    return replace(day, **changes)
