"""One look of the night: what is due, whether it is our time and the line is idle, and then sending.

Nothing is remembered between two looks but what stands in the database, so a restart loses nothing.
"""

import logging
import random
from datetime import timedelta
from itertools import pairwise

from sqlite_utils import Database

from appliance.clock import now as clock_now
from appliance.config import Settings
from appliance.metrics import shop_day
from appliance.nightly import line, outbox, release, router
from appliance.nightly.connection import client
from appliance.nightly.idle import Decision, Verdict, Window, decide
from appliance.nightly.pacer import Pacer
from appliance.nightly.probe import Probe
from appliance.nightly.sender import send_waiting
from appliance.storage import Folder

log = logging.getLogger(__name__)

SHORTEST = 3600.0  # seconds; a shop that never closes for that long has its night from 01:00 to 05:00
FALLBACK = (1, 5)
SENDS = (Verdict.IDLE, Verdict.TRICKLE)
FIRST_WAIT, LONGEST_WAIT = 120.0, 7200.0  # seconds after a try that brought nothing, doubling
TRIES = 12  # a night


def window(settings: Settings, now: float) -> Window | None:
    """Return the closed hours that `now` lies in, or None while the shop is open."""
    clock = settings.shop.clock
    today = clock.day_of(now)
    days = [today + timedelta(days=k) for k in range(-8, 9)]
    open_hours = [span for day in days if (span := shop_day.opening(settings, day)) is not None]
    gaps = [(a[1], b[0]) for a, b in pairwise(open_hours) if b[0] - a[1] >= SHORTEST]
    if not gaps:
        midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        gaps = [(midnight.replace(hour=FALLBACK[0]).timestamp(), midnight.replace(hour=FALLBACK[1]).timestamp())]
    for closes, opens in gaps:
        if closes <= now < opens:
            return Window.of(closes, opens, settings.shop.id)
    return None


def look(db: Database, settings: Settings, folder: Folder) -> Decision:
    """Send what waits if now is the time for it; return what was decided. The decision is noted in the database."""
    now = clock_now()
    release.tidy(db, folder)
    waiting = outbox.waiting(db) if settings.headquarters.url else []
    update = release.due(db, folder) if settings.headquarters.url else ""
    night = window(settings, now)
    if not (waiting or update) or night is None or now < night.start:
        return Decision(Verdict.NOT_YET, "it is not this box's time yet" if waiting or update else "nothing waits")
    if now < not_before(db, settings.shop.id) or fruitless(db, night) >= TRIES:
        return Decision(Verdict.NOT_YET, "waits after tries that brought nothing")
    hour = settings.shop.clock.local(now).hour
    trips = line.round_trips(settings.headquarters.url)
    sketch = line.usual(db, hour, now)
    decision = decide(now, night, trips, line.believed(db, sketch, now), moved(settings))
    line.remember(db, hour, sketch, trips, now)
    if decision.verdict not in SENDS:
        line.note(db, now, decision)
        return decision
    if waiting:
        left = sum(len(document.body) for document in waiting)
        pacer = Pacer(trickle=left / max(60.0, night.closes - now) if decision.verdict is Verdict.TRICKLE else 0.0)
        sent = send_waiting(db, settings, folder.pin(), pacer)
        line.note(db, clock_now(), decision, sent.bytes, sent.documents)
    if decision.verdict is Verdict.IDLE and release.due(db, folder):
        fetch_update(db, settings, folder, night.hurry)
    return decision


def fetch_update(db: Database, settings: Settings, folder: Folder, until: float) -> None:
    """Fetch the version that is meant, or the next part of it, until that moment; note what came of it."""
    told, pin, pacer = settings.headquarters, folder.pin(), Pacer()
    with client(told, pin) as http, client(told, pin) as beside, Probe(beside, pacer):
        said = release.fetch_meant(db, folder, http, pacer, lambda: clock_now() < until)
    line.note(db, clock_now(), Decision(Verdict.UPDATE, said))


def moved(settings: Settings) -> float | None:
    """Return the bytes a second that the shop's router moves, or None where none is named or believed."""
    return router.rate(settings.headquarters.router) if settings.headquarters.router else None


def not_before(db: Database, box: str) -> float:
    """Return when to try again after a failure: exponential back-off with full jitter, so that no chain comes at once.

    The jitter is drawn from the box's name and the number of the try, so a restart draws the same.
    """
    failure = outbox.last_failure(db)
    if failure is None:
        known = release.state(db)
        failure = (known.tries, known.last_try)
    tries, last = failure
    if not tries:
        return 0.0
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries, 20))
    return last + random.Random(f"{box} {tries}").uniform(0.0, longest)  # noqa: S311 - spreads load, hides nothing


def fruitless(db: Database, night: Window) -> int:
    """Return how many of this night's tries brought nothing."""
    query = "SELECT count(*) FROM night_note WHERE time >= ? AND documents = 0 AND verdict IN ('idle', 'trickle')"
    count: int = db.execute(query, [night.opens]).fetchone()[0]
    return count
