"""A made-up but plausible month of a shop, written through the real journal."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlite_utils import Database

from appliance import config
from appliance.frame import Coverage, Crossing
from appliance.metrics.shop_day import opening
from appliance.storage import Journal, open_for_writing

TOML = """
[shop]
name = "Corner shop"
zone = "Europe/Berlin"
[shop.hours]
mon = "09:00-20:00"
tue = "09:00-20:00"
wed = "09:00-20:00"
thu = "09:00-20:00"
fri = "09:00-20:00"
sat = "09:00-20:00"
sun = "closed"
[camera.door]
source = "rtsp://owner:secret@192.168.1.20/stream1"
[camera.door.line.entrance]
start = [0.2, 0.6]
end = [0.8, 0.6]
inside = [0.5, 0.9]
"""

SHAPE = (6, 10, 15, 21, 26, 25, 21, 25, 33, 30, 18)  # an hour of a weekday, from nine on
BUSY = {4: 1.25, 5: 1.6}
BLIND = {1: (4.0, 4.6), 8: (0.0, 11.0), 12: (2.0, 7.5)}  # days ago: hours after opening in which the camera was away
AWAY_TODAY = (4.13, 4.73)


def open_at(now: float) -> str:
    """Return the settings, closed on Mondays instead of Sundays where it is Sunday."""
    sunday = config.parse(TOML).shop.clock.day_of(now).weekday() == 6
    swapped = TOML.replace('mon = "09:00-20:00"', 'mon = "closed"').replace('sun = "closed"', 'sun = "09:00-20:00"')
    return swapped if sunday else TOML


def fill(folder: Path, now: float, days: int = 28, toml: str = TOML) -> None:
    """Write the `days` days until `now`."""
    (folder / "tallybox.toml").write_text(toml, encoding="utf-8")
    settings = config.parse(toml)
    database: Database = open_for_writing(folder / "tallybox.db")
    journal = Journal(database)
    chance = random.Random(11)
    today = settings.shop.clock.day_of(now)
    for ago in range(days - 1, -1, -1):
        day = today - timedelta(days=ago)
        span = opening(settings, day)
        if span is None:
            continue
        away = AWAY_TODAY if ago == 0 else BLIND.get(ago, (0.0, 0.0))
        unseen = span[0] + 3600 * away[0], span[0] + 3600 * away[1]
        minutes = [m for m in range(int(span[0]), int(min(span[1], now)), 60) if not unseen[0] <= m < unseen[1]]
        journal.write([], [Coverage("door", minute, 60.0, 600) for minute in minutes])
        seen = set(minutes)
        journal.write([c for c in _visits(chance, day, span[0], now) if int(c.time // 60) * 60 in seen])
    journal.close()


def _visits(chance: random.Random, day: date, opens: float, now: float) -> Iterator[Crossing]:
    for hour, usual in enumerate(SHAPE):
        for _ in range(round(usual * BUSY.get(day.weekday(), 1.0) * chance.uniform(0.8, 1.2))):
            came = opens + 3600 * (hour + chance.random())
            left = came + chance.expovariate(1 / 420) + 40
            for time, direction in ((came, "in"), (left, "out")):
                if time < now:
                    yield Crossing(time, "door", "entrance", direction, 1, 1, 0.5)  # type: ignore[arg-type]
