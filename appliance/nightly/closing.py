"""Closes business days that are over into signed documents.

Every day since the first picture is closed, also one on which the box was off: it has no numbers and says so. Rows that
come later make a new revision, for as long as `LOOK_BACK` days.
"""

from dataclasses import replace
from datetime import date, timedelta

from sqlite_utils import Database

from appliance import __version__, metrics
from appliance.clock import iso, now
from appliance.config import Settings
from appliance.documents import Quarter, Software, StoreDay, Totals, digest, signing, store_day
from appliance.metrics import ShopDay, coverage, shop_day
from appliance.nets import Catalogue
from appliance.nightly import health, outbox
from appliance.storage import Folder, queries

GRACE = 600.0  # seconds after a day's end in which late rows still come in
LOOK_BACK = 7  # days in which rows that came late make a new revision


def close_due_days(db: Database, settings: Settings, folder: Folder) -> list[tuple[str, int]]:
    """Close what is over and not closed, or has changed since; return (day, revision) of each new document."""
    closed, key = [], folder.signing_key()
    for day in due_days(db, settings, now()):
        whole = shop_day.day_of(db, settings, day, now())
        document = make(db, settings, whole, now())
        before = outbox.newest(db, document.day)
        if before is not None:
            last = store_day.from_bytes(before)
            if (last.quarters, last.totals) == (document.quarters, document.totals):
                continue
            document = replace(document, revision=last.revision + 1)
        body = store_day.to_bytes(replace(document, health=health.of_box(db, folder, whole)))
        signed = outbox.Waiting(document.day, document.revision, digest(body), body, signing.sign(key, body))
        outbox.keep(db, signed, now())
        closed.append((document.day, document.revision))
    return closed


def due_days(db: Database, settings: Settings, moment: float) -> list[date]:
    """Return the days that are over: those never closed, and the last few, which may have changed."""
    first = queries.first_minute(db)
    if first is None:
        return []
    clock = settings.shop.clock
    last = clock.day_of(moment - GRACE) - timedelta(days=1)
    begin = clock.day_of(first)
    closed = outbox.last_closed(db)
    if closed is not None:
        begin = max(begin, min(date.fromisoformat(closed) + timedelta(days=1), last - timedelta(days=LOOK_BACK - 1)))
    return [begin + timedelta(days=k) for k in range((last - begin).days + 1)]


def make(db: Database, settings: Settings, whole: ShopDay, moment: float) -> StoreDay:
    """Return the document of a business day, as revision 1."""
    lines = [(camera.name, line.name) for camera in settings.cameras for line in camera.lines]
    rows = metrics.quarters(db, whole.clock, whole.day, lines)
    seen = [row for row in rows if row.seen > 0]
    entry = Catalogue().find(settings.net.name)
    return StoreDay(
        store=settings.shop.id,
        day=whole.day.isoformat(),
        revision=1,
        zone=settings.shop.zone.key,
        opened=iso(whole.start),
        closed=iso(whole.end),
        made=iso(moment),
        lines=tuple(sorted({f"{row.camera}/{row.line}" for row in rows})),
        quarters=tuple(
            sorted(
                (Quarter(iso(r.start), f"{r.camera}/{r.line}", r.ins, r.outs, _seconds(r.seen)) for r in seen),
                key=lambda q: (q.start, q.line),
            )
        ),
        totals=Totals(
            sum(row.ins or 0 for row in seen) if seen else None,
            sum(row.outs or 0 for row in seen) if seen else None,
            _share(coverage.measure(db, whole).number),
        ),
        software=Software(__version__, entry.name, entry.sha256),
        configuration=settings.fingerprint(),
    )


def _seconds(seen: float) -> float:
    return max(0.1, round(seen, 1))  # what was seen for a blink was seen


def _share(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
