"""Nothing is lost and nothing comes twice: many seeded nights through a proxy that breaks connections in every way.

Headquarters is the real program in a process of its own, killed and started again; the box's night is the real one.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from datetime import date, timedelta

import httpx
import pytest

from appliance import config
from appliance.documents import signing
from appliance.frame import Coverage, Crossing
from appliance.nightly import closing, outbox, send_waiting, sender
from appliance.storage import Folder, Journal, open_for_writing
from tests.conftest import ROOT
from tests.end_to_end.fault_proxy import FaultProxy
from tests.end_to_end.test_camera_to_headquarters import free_port, get, until

NIGHTS = int(os.environ.get("TALLYBOX_NIGHTS", "150"))  # a thousand take some five minutes
pytestmark = [pytest.mark.slow, pytest.mark.timeout(200 + NIGHTS)]

FIRST = date(2024, 1, 1)


class Headquarters:
    """The real program, which can be killed and started again on the same port and data."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.process = None

    def start(self):
        command = ["hq", "serve", "--data", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance.cli", *command], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        until(lambda: get(f"http://127.0.0.1:{self.port}/healthz"))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def view(self):
        """Return the body of each day's highest revision."""
        db = sqlite3.connect(next(self.folder.glob("*.sqlite3")))
        rows = db.execute("SELECT day, body FROM store_day ORDER BY day, revision").fetchall()
        db.close()
        return {day: bytes(body) for day, body in rows}


@pytest.fixture
def box(tmp_path, monkeypatch, tallybox):
    headquarters = Headquarters(tmp_path / "hq")
    folder = Folder(tmp_path / "box").make()
    key = signing.public_key_text(folder.signing_key().public_key())
    assert tallybox("hq", "enrol", "corner", key, "--data", headquarters.folder).returncode == 0
    headquarters.start()
    proxy = FaultProxy(headquarters.port, seed=7)
    text = f'[shop]\nid = "corner"\n[headquarters]\nurl = "http://127.0.0.1:{proxy.port}"\n'
    monkeypatch.setattr(sender, "PATIENCE", httpx.Timeout(0.4))
    box = Box(folder, config.parse(text), headquarters, proxy)
    monkeypatch.setattr(closing, "now", lambda: box.now)
    yield box
    proxy.close()
    headquarters.kill()
    box.db.conn.close()


class Box:
    def __init__(self, folder, settings, headquarters, proxy):
        self.folder, self.settings, self.headquarters, self.proxy = folder, settings, headquarters, proxy
        self.db = open_for_writing(folder.database)
        self.journal = Journal(self.db)
        self.rng, self.now = random.Random(1), 0.0

    def live_through(self, day):
        """Count a few people on a day, sometimes none, sometimes rows of last week that came late."""
        start, end = self.settings.shop.clock.span(day)
        late = self.rng.random() < 0.05
        base = int(start) - (3 * 86_400 if late else 0) + 36_000
        if self.rng.random() < 0.95:
            people = self.rng.randrange(5)
            self.journal.write(
                [Crossing(base + self.rng.random() * 60, "door", "in", "in", 1, 1, 0.5) for _ in range(people)],
                [Coverage("door", base, 60.0, 600)],
            )
        self.now = end + 700

    def night(self):
        closing.close_due_days(self.db, self.settings, self.folder)
        return send_waiting(self.db, self.settings)


def test_after_many_broken_nights_headquarters_holds_the_boxs_own_numbers_bit_for_bit(box):
    for k in range(NIGHTS):
        box.live_through(FIRST + timedelta(days=k))
        box.night()
        if k % 100 == 50:  # headquarters is killed while the box sends, and comes back a night later
            box.headquarters.kill()
            box.night()
            box.headquarters.start()
    box.proxy.faulty = False
    while outbox.waiting(box.db):
        assert box.night().documents
    print(box.proxy.seen)
    assert all(count > NIGHTS / 60 for count in box.proxy.seen.values())
    view = box.headquarters.view()
    own = {row[0]: bytes(row[1]) for row in box.db.execute("SELECT day, body FROM store_day ORDER BY day, revision")}
    assert view == own
    assert len(view) == NIGHTS
    db = sqlite3.connect(next(box.headquarters.folder.glob("*.sqlite3")))
    doubled = db.execute("SELECT count(*), count(DISTINCT day || '/' || revision) FROM store_day").fetchone()
    db.close()
    assert doubled[0] == doubled[1]
    assert doubled[0] == box.db.execute("SELECT count(*) FROM store_day").fetchone()[0]
