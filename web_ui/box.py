"""The box itself: cameras, net, disk, deliveries, and what to do next."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from appliance.config import Camera, scrub
from appliance.frame import Hanging
from appliance.metrics import hanging
from appliance.storage import queries
from appliance.storage.queries import Delivery, Night
from web_ui.site import Site, Visit

LITTLE_ROOM = 200_000_000  # bytes
DELIVERIES = 30
NIGHTS = 7


@dataclass(frozen=True, slots=True)
class CameraState:
    """A camera as it is set up and as the counter sees it; `state` is None while the counter does not know it.

    `hanging` is how it hangs beside how it was set up, None where that was never looked at.
    """

    set_up: Camera
    state: dict[str, Any] | None
    hanging: Hanging | None

    @property
    def source(self) -> str:
        """Where it is, without user name and password."""
        return scrub(self.set_up.source)

    @property
    def alive(self) -> bool:
        """Say whether pictures come."""
        return bool(self.state and self.state.get("alive"))

    @property
    def misplaced(self) -> bool:
        """Say whether it was moved or covered."""
        return self.hanging is not None and self.hanging.state in hanging.WRONG

    @property
    def lies(self) -> str:
        """How its picture lies beside where it lay, in words, as far as that is known."""
        return hanging.in_words(self.hanging) if self.hanging else ""

    @property
    def problem(self) -> str:
        """What the counter says is wrong."""
        return scrub(str(self.state.get("problem") or "")) if self.state else ""


@dataclass(frozen=True, slots=True)
class Box:
    """What the page tells of the box."""

    counter: dict[str, Any] | None
    cameras: list[CameraState]
    free: int
    total: int
    database: int
    deliveries: list[Delivery]
    nights: list[Night]
    changed: float | None
    updates: list[str]
    update_asked_for: bool

    @property
    def sent(self) -> float | None:
        """When headquarters last acknowledged a day."""
        return max((d.acknowledged for d in self.deliveries if d.acknowledged), default=None)

    @property
    def waiting(self) -> list[Delivery]:
        """Days that headquarters has not acknowledged and that are still tried."""
        return [d for d in self.deliveries if d.acknowledged is None and not d.parked]

    @property
    def parked(self) -> list[Delivery]:
        """Days that headquarters refused; they are kept and not tried again."""
        return [d for d in self.deliveries if d.acknowledged is None and d.parked]


def look(site: Site, visit: Visit) -> Box:
    """Look at the box."""
    state = site.state()
    known: dict[str, Any] = state.get("cameras", {}) if state else {}
    hangs = queries.hangings(visit.database) if visit.database else {}
    disk = shutil.disk_usage(site.folder.path)
    return Box(
        counter=state,
        cameras=[CameraState(c, known.get(c.name), hangs.get(c.name)) for c in visit.settings.cameras],
        free=disk.free,
        total=disk.total,
        database=site.folder.database.stat().st_size if site.folder.database.exists() else 0,
        deliveries=queries.deliveries(visit.database, DELIVERIES) if visit.database else [],
        nights=queries.nights(visit.database, NIGHTS) if visit.database else [],
        changed=queries.last_change(visit.database) if visit.database else None,
        updates=sorted(path.name for path in site.folder.updates.glob("*.raucb")),
        update_asked_for=site.folder.update_asked_for.exists(),
    )


def next_steps(box: Box, visit: Visit) -> Iterator[tuple[str, Any]]:
    """Yield what the owner should do, the most urgent first, as (which sentence of the template, what it is about)."""
    if visit.config_problem:
        yield "wrong-setting", visit.config_problem
    if visit.problem:
        yield "unreadable", visit.problem
    if not box.cameras:
        yield "no-camera", None
    if box.counter is None:
        yield "counter-off", None
    elif box.counter.get("problem"):
        yield "disk-refuses", box.counter["problem"]
    for camera in box.cameras:
        if not camera.set_up.lines:
            yield "no-line", camera
        if camera.state and not camera.alive:
            yield "no-picture", camera
        if camera.misplaced:
            yield "misplaced", camera
    if box.free < LITTLE_ROOM:
        yield "little-room", box.free
    if box.parked:
        yield "parked", box.parked
