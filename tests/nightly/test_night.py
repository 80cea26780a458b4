"""When a box sends: in its closed hours, at its own time, on an idle line, and before the shop opens in any case."""

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from appliance import config
from appliance.nightly import line, night, outbox
from appliance.nightly.idle import Verdict
from appliance.nightly.sender import Sent
from appliance.storage import Folder, open_for_writing

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = '[shop]\nid = "corner"\nzone = "Europe/Berlin"\n[headquarters]\nurl = "http://127.0.0.1:9"\n'


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


WINDOWS = {  # hours, now -> the closed hours that now lies in
    "the night after closing": ("", "2026-11-24T23:00", ("2026-11-24T20:00", "2026-11-25T08:00")),
    "the night before opening": ("", "2026-11-25T03:00", ("2026-11-24T20:00", "2026-11-25T08:00")),
    "during opening hours there is none": ("", "2026-11-24T12:00", None),
    "a closed Sunday makes a long night": (
        '[shop.hours]\nsun = "closed"\n', "2026-11-29T12:00", ("2026-11-28T20:00", "2026-11-30T08:00")
    ),
    "a bar's night is in the morning": (
        "[shop.hours]\n" + "".join(f'{d} = "18:00-03:00"\n' for d in config.DAYS),
        "2026-11-24T10:00", ("2026-11-24T03:00", "2026-11-24T18:00"),
    ),
    "a shop that never closes has its night from one to five": (
        "[shop.hours]\n" + "".join(f'{d} = "04:00-04:00"\n' for d in config.DAYS),
        "2026-11-24T02:00", ("2026-11-24T01:00", "2026-11-24T05:00"),
    ),
    "and none by day": (
        "[shop.hours]\n" + "".join(f'{d} = "04:00-04:00"\n' for d in config.DAYS), "2026-11-24T12:00", None
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", WINDOWS)
def test_the_window(rule):
    hours, now, span = WINDOWS[rule]
    window = night.window(config.parse(SHOP + hours), at(now))
    assert (window is None) == (span is None)
    if span:
        assert (window.opens, window.closes) == (at(span[0]), at(span[1]))


@pytest.fixture
def box(tmp_path, monkeypatch):
    folder = Folder(tmp_path).make()
    db = open_for_writing(folder.database)
    outbox.keep(db, outbox.Waiting("2026-11-23", 1, "sha256:" + "a" * 64, b"{}" * 500, "s"), 1.0)
    box = Box(db, folder)
    monkeypatch.setattr(night, "clock_now", lambda: box.now)
    monkeypatch.setattr(line, "round_trips", lambda url: box.trips)
    monkeypatch.setattr(night, "send_waiting", box.send)
    yield box
    db.conn.close()


class Box:
    """A box whose clock, line and sending are the test's."""

    def __init__(self, db, folder):
        self.folder = folder
        self.db, self.trips, self.sent, self.broken = db, [0.02] * 4, [], False
        self.settings = config.parse(SHOP)
        self.window = night.window(self.settings, at("2026-11-24T23:00"))
        self.now = self.window.start + 60

    def send(self, db, settings, pin, pacer):
        self.sent.append(pacer)
        if self.broken:
            for document in outbox.waiting(db):
                outbox.tried(db, document, "503 later", self.now, park=False)
            return Sent(0, 0)
        return Sent(1, 1000)

    def look(self):
        return night.look(self.db, self.settings, self.folder).verdict

    def notes(self):
        return list(self.db.execute("SELECT verdict, why, bytes, documents FROM night_note ORDER BY time"))


def test_on_an_idle_line_at_its_time_a_box_sends_and_notes_it(box):
    assert box.look() is Verdict.IDLE
    assert len(box.sent) == 1
    assert box.notes() == [("idle", "line idle", 1000, 1)]


def test_before_its_time_it_does_not_even_look_at_the_line(box, monkeypatch):
    monkeypatch.setattr(line, "round_trips", lambda url: pytest.fail("the line was looked at"))
    box.now = box.window.start - 1
    assert box.look() is Verdict.NOT_YET
    box.now = at("2026-11-24T12:00")
    assert box.look() is Verdict.NOT_YET


def test_where_nothing_waits_the_line_is_left_alone(box, monkeypatch):
    monkeypatch.setattr(line, "round_trips", lambda url: pytest.fail("the line was looked at"))
    box.db.execute("DELETE FROM outbox")
    box.db.conn.commit()
    assert box.look() is Verdict.NOT_YET


def test_a_line_that_is_slower_than_on_other_nights_is_waited_for(box):
    for _ in range(3):
        box.look()
    box.sent.clear()
    box.trips = [0.2] * 4
    box.now += 300
    assert box.look() is Verdict.BUSY
    assert box.sent == []
    assert box.notes()[-1][:2] == ("busy", "line busy: 200 ms to headquarters, 23 on quiet nights")


def test_shortly_before_opening_it_trickles_fast_enough_to_finish(box):
    for _ in range(3):
        box.look()
    box.sent.clear()
    box.trips, box.now = [0.2] * 4, box.window.hurry + 1
    assert box.look() is Verdict.TRICKLE
    (pacer,) = box.sent
    assert pacer.trickle * (box.window.closes - box.now) >= 1000


def test_looking_again_and_again_at_a_busy_line_is_one_note(box):
    box.trips = []
    for _ in range(20):
        box.now += 60
        box.look()
    assert box.notes() == [("busy", "headquarters does not answer", 0, 0)]


def test_after_a_failure_it_waits_longer_each_time_and_gives_up_for_the_night(box):
    box.broken = True
    while box.now < box.window.closes - 60:
        box.look()
        box.now += 60
    assert 6 <= len(box.sent) <= night.TRIES
    box.now, box.broken = box.window.closes + 86_400 - 3600, False  # a night later
    assert box.look() in (Verdict.IDLE, Verdict.TRICKLE)


def test_a_chain_does_not_come_back_all_at_once(box):
    box.db.execute("UPDATE outbox SET tries = 4, last_try = 1000.0")
    box.db.conn.commit()
    moments = sorted(night.not_before(box.db, f"shop-{k}") for k in range(200))
    assert moments[0] < 1100
    assert moments[-1] > 1000 + 0.9 * 120 * 16
    assert max(b - a for a, b in itertools.pairwise(moments)) < 120


def test_a_router_that_moves_much_is_a_busy_line(box, monkeypatch):
    box.settings = config.parse(SHOP + 'router = "192.168.1.1"\n')
    monkeypatch.setattr(night.router, "rate", {"192.168.1.1": 90_000.0}.get)
    assert box.look() is Verdict.BUSY
    monkeypatch.setattr(night.router, "rate", {}.get)
    assert box.look() is Verdict.IDLE


def test_an_update_is_fetched_on_an_idle_line_alone_after_the_days(box, monkeypatch):
    fetched = []
    monkeypatch.setattr(night.release, "due", lambda db, folder: "0.9.0")
    monkeypatch.setattr(night, "fetch_update", lambda db, settings, folder, until: fetched.append(until))
    box.trips = [0.5] * 4
    for _ in range(12):
        line.remember(box.db, box.settings.shop.clock.local(box.now).hour, line.Sketch(), [0.02] * 9, box.now)
    assert box.look() is Verdict.BUSY
    box.now = box.window.hurry + 60
    assert box.look() is Verdict.TRICKLE
    assert (len(box.sent), fetched) == (1, [])
    box.trips, box.now = [0.02] * 4, box.window.start + 60
    assert box.look() is Verdict.IDLE
    assert (len(box.sent), fetched) == (2, [box.window.hurry])
    box.db.conn.execute("DELETE FROM outbox")
    box.db.conn.commit()
    assert box.look() is Verdict.IDLE  # also where nothing else waits
    assert (len(box.sent), len(fetched)) == (2, 2)
