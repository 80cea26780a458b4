"""What is due stands in the database alone. Times are UTC; the shop's day begins at 04:00."""

from datetime import date

import pytest

from appliance import config
from appliance.clock import MINUTE
from appliance.documents import signing, store_day
from appliance.frame import Coverage, Crossing
from appliance.nightly import closing, outbox
from appliance.storage import Folder, Journal, open_for_writing

DAY = date(2026, 11, 23)
OPENED = 1795406400.0  # 2026-11-23 04:00 UTC
SETTINGS = config.parse(
    '[shop]\nid = "corner"\n[camera.door]\nsource = "rtsp://x"\n[camera.door.line.entrance]\n'
    "start = [0.1, 0.5]\nend = [0.9, 0.5]\ninside = [0.5, 0.9]\n"
)


@pytest.fixture
def box(tmp_path, monkeypatch):
    folder = Folder(tmp_path).make()
    db = open_for_writing(folder.database)
    box = Box(folder, db, Journal(db))
    monkeypatch.setattr(closing, "now", lambda: box.now)
    yield box
    db.conn.close()


class Box:
    def __init__(self, folder, db, journal):
        self.folder, self.db, self.journal = folder, db, journal
        self.now = OPENED + 86_400 + 700

    def saw(self, start, minutes, crossings=()):
        self.journal.write(
            [Crossing(t, "door", "entrance", way, 1, 1, 0.5) for t, way in crossings],
            [Coverage("door", int(start) + MINUTE * k, 60.0, 600) for k in range(minutes)],
        )

    def close(self):
        return closing.close_due_days(self.db, SETTINGS, self.folder)

    def document(self, day=DAY):
        return store_day.from_bytes(outbox.newest(self.db, day.isoformat()))


def test_a_day_that_is_over_is_closed_once(box):
    box.saw(OPENED + 6 * 3600, 60, [(OPENED + 6 * 3600 + 5, "in")])
    assert box.close() == [("2026-11-23", 1)]
    assert box.close() == []


def test_the_document_holds_what_was_counted_and_how_much_was_seen(box):
    ten = OPENED + 6 * 3600
    box.saw(ten, 60, [(ten + 5, "in"), (ten + 905, "in"), (ten + 910, "out")])
    box.close()
    told = box.document()
    assert (told.totals.in_, told.totals.out) == (2, 1)
    assert told.totals.seen_share == pytest.approx(1 / 12, abs=1e-4)  # one hour of 08:00 to 20:00
    assert [(q.start, q.in_, q.out, q.seen) for q in told.quarters] == [
        ("2026-11-23T10:00:00.000Z", 1, 0, 900.0),
        ("2026-11-23T10:15:00.000Z", 1, 1, 900.0),
        ("2026-11-23T10:30:00.000Z", 0, 0, 900.0),
        ("2026-11-23T10:45:00.000Z", 0, 0, 900.0),
    ]
    assert told.lines == ("door/entrance",)
    assert told.configuration == SETTINGS.fingerprint()


def test_it_is_signed_with_the_boxs_own_key(box):
    box.saw(OPENED, 5)
    box.close()
    (waiting,) = outbox.waiting(box.db)
    signing.verify(box.folder.signing_key().public_key(), waiting.body, waiting.signature)


def test_a_day_is_not_closed_before_its_grace_is_over(box):
    box.saw(OPENED, 5)
    box.now = OPENED + 86_400 + 599
    assert box.close() == []
    box.now += 2
    assert box.close() == [("2026-11-23", 1)]


def test_a_day_on_which_the_box_was_off_is_closed_without_numbers(box):
    box.saw(OPENED, 5)
    box.saw(OPENED + 2 * 86_400, 5)
    box.now = OPENED + 3 * 86_400 + 700
    assert [day for day, _ in box.close()] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    off = box.document(date(2026, 11, 24))
    assert (off.totals.in_, off.totals.out, off.totals.seen_share, off.quarters) == (None, None, 0.0, ())


def test_rows_that_come_late_make_a_new_revision_and_keep_the_old_one(box):
    box.saw(OPENED, 5)
    box.close()
    box.saw(OPENED + 600, 1, [(OPENED + 601, "in")])
    assert box.close() == [("2026-11-23", 2)]
    assert box.document().totals.in_ == 1
    assert [(w.day, w.revision) for w in outbox.waiting(box.db)] == [("2026-11-23", 1), ("2026-11-23", 2)]


def test_a_month_without_a_night_is_made_up_for_at_once(box):
    for k in range(30):
        box.saw(OPENED + k * 86_400, 1)
    box.now = OPENED + 30 * 86_400 + 700
    assert len(box.close()) == 30


def test_nothing_is_due_before_the_first_picture(box):
    assert box.close() == []


def test_the_busiest_day_fits_into_a_document(box):
    for minute in range(24 * 60):
        at = OPENED + minute * MINUTE
        box.saw(at, 1, [(at + k, "in") for k in range(20)])
    box.close()
    assert box.document().totals.in_ == 24 * 60 * 20
    assert len(outbox.newest(box.db, "2026-11-23")) < 16_000


def test_the_documents_health_is_numbers_that_were_measured(box):
    box.saw(OPENED + 8 * 3600, 60)
    box.close()
    health = box.document().health
    assert health["counter_runs"] == 0
    assert health["disk_free_mb"] > 0
    assert (health["gaps"], health["gap_minutes"]) == (2, 11 * 60)  # seen from 12:00 to 13:00 of 08:00 to 20:00
    assert health["documents_waiting"] == 0
    assert "clock_offset_s" not in health  # never compared
    box.db.execute("UPDATE clock_offset SET seconds = 61.4")
    box.db.conn.commit()
    box.saw(OPENED + 8 * 3600 - 60, 1, [(OPENED + 8 * 3600 - 30, "in")])
    box.close()
    assert box.document().health["clock_offset_s"] == 61
