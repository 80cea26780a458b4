"""Which cameras were moved or covered, and since when: what page, `tallybox doctor` and headquarters say of it."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import zip_longest

from sqlite_utils import Database

from appliance.frame import Hanging
from appliance.storage import queries

WRONG = ("moved", "covered")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A camera was moved or covered (`state`) from `start` until `end`, None while it still is."""

    camera: str
    state: str
    start: float
    end: float | None


def misplaced(db: Database, cameras: Collection[str], start: float, end: float) -> list[Misplaced]:
    """Return which of the cameras were moved or covered within a span, by name and time."""
    found = []
    changes = queries.hanging_changes(db, end)
    for (camera, time, state), after in zip_longest(changes, changes[1:]):
        until = after[1] if after and after[0] == camera else None
        if state in WRONG and camera in cameras and (until is None or until > start):
            found.append(Misplaced(camera, state, time, until))
    return found


def in_words(known: Hanging) -> str:
    """Return how a picture lies beside where it lay: "8 % further left, 4 % lower"; what can't be said is left out."""
    across, down, turned = round(100 * known.x), round(100 * known.y), known.turned
    parts = [
        f"{abs(across)} % further {'right' if across > 0 else 'left'}" if abs(across) >= 1 else "",
        f"{abs(down)} % {'lower' if down > 0 else 'higher'}" if abs(down) >= 1 else "",
        f"turned by about {abs(turned)} degrees" if turned else "",
    ]
    return ", ".join(part for part in parts if part)
