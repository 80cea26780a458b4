"""A shop for the tests: real settings, a real database, filled through the real journal and coverage meter."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from appliance import config
from appliance.counting import CoverageMeter
from appliance.frame import Coverage, Crossing
from appliance.storage import Journal, open_for_reading, open_for_writing

BERLIN = ZoneInfo("Europe/Berlin")

TOML = """
[shop]
name = "Corner shop"
zone = "Europe/Berlin"
[shop.hours]
sun = "closed"
tue = "09:00-20:00"
[camera.door]
source = "rtsp://owner:secret@192.168.1.20/stream1"
[camera.door.line.entrance]
start = [0.2, 0.6]
end = [0.8, 0.6]
inside = [0.5, 0.9]
"""

BACK = """
[camera.back]
source = "usb:0"
[camera.back.line.yard]
start = [0.2, 0.6]
end = [0.8, 0.6]
inside = [0.5, 0.9]
"""


def settings(extra: str = "") -> config.Settings:
    return config.parse(TOML + extra)


def at(text: str) -> float:
    """UTC seconds of a wall clock in Berlin: "2026-11-24 17:36"."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def at_utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


class Filled:
    """A database that is being filled; `reader` is the page's view of it."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(open_for_writing(folder / "tallybox.db"))
        self.reader: Database = open_for_reading(folder / "tallybox.db")

    def watch(self, start: float, end: float, camera: str = "door", rate: float = 2.0) -> None:
        """Frames at `rate` a second through the coverage meter, as the pipeline does it."""
        meter = CoverageMeter(camera)
        for i in range(int((end - start) * rate) + 1):
            meter.see(start + i / rate)
        self._journal.write([], meter.take())

    def watch_long(self, start: float, end: float, camera: str = "door") -> None:
        """The same, a row a minute, for days that would take too many frames."""
        minutes = range(int(start), int(end), 60)
        self._journal.write([], [Coverage(camera, minute, 60.0, 600) for minute in minutes])

    def cross(
        self, times: Iterable[float], direction: str = "in", camera: str = "door", line: str = "entrance"
    ) -> None:
        self._journal.write(
            [Crossing(time, camera, line, direction, i, i, 0.5) for i, time in enumerate(times)]  # type: ignore[arg-type]
        )

    def close(self) -> None:
        self._journal.close()
        self.reader.conn.close()
