"""Nothing is lost and nothing comes twice: many seeded nights through a proxy that breaks connections in every way.

Headquarters is the real program in a process of its own, killed and started again; the box's night is the real one.
"""

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from appliance import config
from appliance.documents import signing
from appliance.frame import Coverage, Crossing
from appliance.nightly import closing, connection, outbox, send_waiting
from appliance.storage import Folder, Journal, open_for_writing
from hq import keys
from hq.database import FILE_NAME, open_database, sqlite_url
from tests import certificates
from tests.conftest import ROOT
from tests.end_to_end.fault_proxy import FaultProxy
from tests.end_to_end.test_camera_to_headquarters import get, until
from tests.ports import free_port

NIGHTS = int(os.environ.get("TALLYBOX_NIGHTS", "150"))  # a thousand take some five minutes; 2,500 at most
SEED = int(os.environ.get("TALLYBOX_SEED", "7"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(200 + NIGHTS)]

FIRST = date(2020, 1, 1)  # the first that headquarters takes


class Headquarters:
    """The real program, which can be killed and started again on the same port and data."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def enrol(self, box):
        key = signing.public_key_text(box.signing_key().public_key())
        engine = open_database(sqlite_url(self.folder / FILE_NAME))
        keys.enrol(lambda: engine, "corner", key)
        engine.dispose()

    def start(self):
        command = ["hq", "serve", "--data", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance.cli", *command], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        until(lambda: get(f"http://127.0.0.1:{self.port}/healthz"))

    def kill(self):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def view(self):
        """Return the body of each day's highest revision."""
        db = sqlite3.connect(next(self.folder.glob("*.sqlite3")))
        rows = db.execute("SELECT day, body FROM store_day ORDER BY day, revision").fetchall()
        db.close()
        return {day: bytes(body) for day, body in rows}


@pytest.fixture
def headquarters(tmp_path):
    headquarters = Headquarters(tmp_path / "hq")
    yield headquarters
    headquarters.kill()


@pytest.fixture
def box(tmp_path, monkeypatch, headquarters):
    folder = Folder(tmp_path / "box").make()
    headquarters.enrol(folder)
    headquarters.start()
    right = certificates.make(tmp_path, "right")
    others = {
        "wrong certificate": certificates.make(tmp_path, "wrong"),
        "expired certificate": certificates.make(tmp_path, "expired", days=-1, key=right.key),
    }
    proxy = FaultProxy(headquarters.port, seed=SEED, certificates={"right": right, **others})
    text = f'[shop]\nid = "corner"\n[headquarters]\nurl = "https://127.0.0.1:{proxy.port}"\n'
    monkeypatch.setattr(connection.client, "__defaults__", ("", httpx.Timeout(0.4)))
    box = Box(folder, config.parse(text), right.pin)
    box.headquarters, box.proxy = headquarters, proxy
    monkeypatch.setattr(closing, "now", lambda: box.now)
    yield box
    proxy.close()
    box.db.conn.close()


class Box:
    def __init__(self, folder, settings, pin=""):
        self.folder, self.settings, self.pin = folder, settings, pin
        self.rng, self.now = random.Random(SEED), 0.0
        self.open()

    def open(self):
        self.db = open_for_writing(self.folder.database)
        self.journal = Journal(self.db)

    def live_through(self, day):
        """Count a few people on a day, sometimes none, sometimes rows of last week that came late."""
        start, end = self.settings.shop.clock.span(day)
        late = self.rng.random() < 0.05 and day >= FIRST + timedelta(days=3)  # none before what headquarters takes
        base = int(start) - (3 * 86_400 if late else 0) + 36_000
        if self.rng.random() < 0.95 or day == FIRST:
            people = self.rng.randrange(5)
            self.journal.write(
                [Crossing(base + self.rng.random() * 60, "door", "in", "in", 1, 1, 0.5) for _ in range(people)],
                [Coverage("door", base, 60.0, 600)],
            )
        self.now = end + 700

    def night(self):
        closing.close_due_days(self.db, self.settings, self.folder)
        return send_waiting(self.db, self.settings, self.pin)

    def nights_until_it_fails(self, day):
        """Go on counting and closing: what SQLite still has room for in its own file is soon used."""
        while True:
            self.night()
            self.live_through(day)

    def own(self):
        """Return the body of each day's highest revision, as the box has it."""
        rows = self.db.execute("SELECT day, body FROM store_day ORDER BY day, revision")
        return {day: bytes(body) for day, body in rows}


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
    assert all(count > NIGHTS / 75 for count in box.proxy.seen.values())
    view = box.headquarters.view()
    assert view == box.own()
    assert len(view) == NIGHTS
    db = sqlite3.connect(next(box.headquarters.folder.glob("*.sqlite3")))
    doubled = db.execute("SELECT count(*), count(DISTINCT day || '/' || revision) FROM store_day").fetchone()
    db.close()
    assert doubled[0] == doubled[1]
    assert doubled[0] == box.db.execute("SELECT count(*) FROM store_day").fetchone()[0]


def killed_at(box, step):
    """Live through a night in a process that is killed -9 before its statement number `step`; say whether it was."""
    box.db.conn.close()
    child = os.fork()
    if child == 0:
        try:
            box.open()
            steps = itertools.count(1)

            def dies(_statement):
                if next(steps) == step:
                    os.kill(os.getpid(), signal.SIGKILL)

            box.db.conn.set_trace_callback(dies)
            box.night()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    box.open()
    return os.WIFSIGNALED(status)


def test_a_box_that_is_killed_before_every_statement_of_its_night_loses_nothing(box):
    box.proxy.faulty = False
    for step in itertools.count(1):
        box.live_through(FIRST + timedelta(days=step - 1))
        box.rng = random.Random(step)  # a day in twenty has rows that come late
        if not killed_at(box, step):
            break
    print(f"killed before each of {step - 1} statements")
    assert step > 20
    while outbox.waiting(box.db):
        assert box.night().documents
    assert box.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert box.headquarters.view() == box.own()
    assert len(box.own()) == step


def test_an_expired_certificate_of_an_authority_holds_documents_back_until_it_is_renewed(box, tmp_path):
    box.proxy.faulty, box.pin = False, ""  # by the named certificate, not by a pin
    url, right = box.settings.headquarters.url, tmp_path / "right.pem"
    expired = replace(box.settings, headquarters=config.Headquarters(url, str(tmp_path / "expired.pem")))
    renewed = replace(box.settings, headquarters=config.Headquarters(url, str(right)))
    box.proxy.certificate = "expired certificate"
    box.live_through(FIRST)
    for settings, says in ((expired, "certificate has expired"), (renewed, "certificate verify failed")):
        box.settings = settings
        assert box.night().documents == 0
        assert says in box.db.execute("SELECT last_answer FROM outbox").fetchone()[0]
    box.proxy.certificate = "right"
    assert box.night().documents == 1
    assert box.headquarters.view() == box.own()


@contextmanager
def small_disk(path, megabytes):
    """Mount a small disk of memory; skipped, saying so, where that is not allowed."""
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs a small disk (root): {mounted.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", path], check=True)


@contextmanager
def full(path):
    """Leave no byte on the disk."""
    ballast = path / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


def test_a_box_whose_disk_is_full_closes_and_sends_when_there_is_room(tmp_path, headquarters, monkeypatch):
    headquarters.folder.mkdir()
    with small_disk(tmp_path / "box", 2) as path:
        folder = Folder(path).make()
        headquarters.enrol(folder)
        headquarters.start()
        box = Box(folder, config.parse(f'[shop]\nid = "corner"\n[headquarters]\nurl = "{headquarters.url}"\n'))
        monkeypatch.setattr(closing, "now", lambda: box.now)
        for k in range(12):
            box.live_through(FIRST + timedelta(days=k))
            if k % 3 == 1:
                with full(path), pytest.raises(sqlite3.OperationalError, match=r"full|disk"):
                    box.nights_until_it_fails(FIRST + timedelta(days=k))
                box.db.conn.close()
                box.open()
            box.night()
        assert headquarters.view() == box.own()
        assert len(box.own()) == 12
        box.db.conn.close()


def test_a_headquarters_whose_disk_is_full_says_later_and_takes_it_then(tmp_path, headquarters, monkeypatch):
    with small_disk(headquarters.folder, 3) as path:
        folder = Folder(tmp_path / "box").make()
        headquarters.enrol(folder)
        headquarters.start()
        box = Box(folder, config.parse(f'[shop]\nid = "corner"\n[headquarters]\nurl = "{headquarters.url}"\n'))
        monkeypatch.setattr(closing, "now", lambda: box.now)
        refused = 0
        for k in range(40):
            box.live_through(FIRST + timedelta(days=k))
            if k % 3 == 1:
                with full(path):
                    refused += not box.night().documents
        assert refused > 3
        assert "503" in box.db.execute("SELECT max(last_answer) FROM outbox").fetchone()[0]
        while outbox.waiting(box.db):
            assert box.night().documents
        assert headquarters.view() == box.own()
        assert len(box.own()) == 40
        box.db.conn.close()
        headquarters.kill()
