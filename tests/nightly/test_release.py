"""A box fetches what headquarters means and the release key vouches for, from the real headquarters in a thread."""

import hashlib
import socket
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.cli import doctor
from appliance.config import Headquarters
from appliance.documents import release as documents
from appliance.documents import signing
from appliance.documents.release import Bundle, Index
from appliance.nightly import release
from appliance.nightly.connection import client
from appliance.nightly.pacer import Pacer, PacerSettings
from appliance.storage import Folder, open_for_writing
from hq.app import create_app
from hq.database import open_database, sqlite_url
from tests.serving import serving
from web_ui import create_app as page_of

KEY = Ed25519PrivateKey.generate()
BODY = b"what the update holds" * 20_000  # 420 KB
NAME = "tallybox-0.9.0-bench.raucb"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setattr(release, "KEY", tmp_path / "release.pub")
    monkeypatch.setattr(release, "BOARD", tmp_path / "system.conf")
    release.KEY.write_text(signing.public_key_text(KEY.public_key()) + "\n")
    release.BOARD.write_text("[system]\ncompatible=tallybox-bench\nbootloader=custom\n")
    shop = Shop(tmp_path)
    yield shop
    shop.close()


class Shop:
    """A box, and headquarters with a folder of releases."""

    def __init__(self, path):
        self.releases = path / "releases"
        self.releases.mkdir()
        engine = open_database(sqlite_url(path / "hq.sqlite3"))
        self._open = ExitStack()
        self._open.callback(engine.dispose)
        self.told = Headquarters(self._open.enter_context(serving(create_app(engine, releases=self.releases))))
        self.folder = Folder(path / "box").make()
        self.db = open_for_writing(self.folder.database)
        self._open.callback(self.db.conn.close)

    def close(self):
        self._open.close()

    def offer(self, version="0.9.0", serial=1, revoked=(), compatible="tallybox-bench", key=KEY, body=BODY):
        bundle = Bundle(NAME, version, compatible, len(BODY), hashlib.sha256(BODY).hexdigest())
        made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        (self.releases / "index").write_bytes(documents.to_bytes(Index(serial, made, (bundle,), revoked), key))
        (self.releases / NAME).write_bytes(body)

    def fetch(self, meant="0.9.0", go_on=lambda: True):
        release.hear(self.db, meant)
        with client(self.told) as http:
            return release.fetch_meant(self.db, self.folder, http, Pacer(PacerSettings(start=5e6)), go_on)

    @property
    def fetched(self):
        return [path.name for path in release.waiting(self.folder)]


def test_what_is_meant_and_signed_lies_whole_in_the_updates_folder(shop):
    shop.offer()
    assert shop.fetch() == "update 0.9.0 was fetched, 0 MB, and waits to be installed"
    assert (shop.folder.updates / NAME).read_bytes() == BODY
    assert sorted(path.name for path in shop.folder.updates.iterdir()) == ["revoked", NAME]
    assert release.due(shop.db, shop.folder) == ""


def test_what_a_newer_index_revokes_is_left_for_the_installer(shop):
    shop.offer(serial=1, revoked=("0.7.1", "0.7.0"))
    shop.fetch()
    assert (shop.folder.updates / "revoked").read_text() == "0.7.0\n0.7.1\n"
    shop.offer(serial=2, revoked=("0.7.0", "0.7.1", "0.9.0"))
    assert "it was revoked" in shop.fetch()
    assert "0.9.0" in (shop.folder.updates / "revoked").read_text().splitlines()


REFUSALS = {
    "a version older than the one that runs": ("0.0.9", {"version": "0.0.9"}, "older than"),
    "a version that was revoked": ("0.9.0", {"revoked": ("0.9.0",)}, "it was revoked"),
    "an index that headquarters signed itself": ("0.9.0", {"key": Ed25519PrivateKey.generate()}, "is not signed"),
    "a version that is not in the index": ("0.8.0", {}, "has none for tallybox-bench"),
    "a bundle for another board": ("0.9.0", {"compatible": "tallybox-other"}, "has none for tallybox-bench"),
    "a version that is no number": ("latest", {}, "must be numbers"),
    "an address for a version": ("../../x", {}, "must be numbers"),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_it_is_refused(shop, rule):
    meant, changes, says = REFUSALS[rule]
    shop.offer(**changes)
    said = shop.fetch(meant)
    assert said.startswith("no update ")
    assert says in said
    assert shop.fetched == []
    assert release.state(shop.db).said == said
    assert release.due(shop.db, shop.folder) == ""  # until tomorrow


def test_an_older_index_can_not_bring_back_what_was_revoked(shop):
    shop.offer(serial=5, revoked=("0.9.0",))
    assert "revoked" in shop.fetch()
    shop.offer(serial=4)
    assert "handed out index 4 after 5" in shop.fetch()
    assert shop.fetched == []


def test_other_bytes_than_were_announced_are_thrown_away(shop):
    shop.offer(body=BODY[:-1] + b"!")
    assert "is not what was announced" in shop.fetch()
    assert shop.fetched == []
    assert release.due(shop.db, shop.folder) == "0.9.0"  # tried again


def test_more_bytes_than_were_announced_are_not_kept(shop):
    shop.offer(body=BODY + bytes(3_000_000))
    assert shop.fetch().startswith("update 0.9.0 was fetched")
    assert (shop.folder.updates / NAME).read_bytes() == BODY


def test_a_night_that_ends_leaves_a_part_that_the_next_one_goes_on_from(shop):
    shop.offer()
    pieces = iter(range(100))
    assert shop.fetch(go_on=lambda: next(pieces) < 50) == "update 0.9.0 is fetched in parts"
    part = shop.folder.updates / f"{NAME}.part"
    had = part.stat().st_size
    assert 0 < had < len(BODY)
    assert BODY.startswith(part.read_bytes())
    counted = iter(range(10_000))
    assert shop.fetch(go_on=lambda: next(counted) >= 0).startswith("update 0.9.0 was fetched")
    assert next(counted) * 1072 < len(BODY) - had + 20_000  # what was there was not fetched again
    assert (shop.folder.updates / NAME).read_bytes() == BODY


def test_a_part_of_another_version_goes_away(shop):
    shop.offer()
    shop.folder.updates.mkdir()
    for name in ("tallybox-0.8.0-bench.raucb", "tallybox-0.8.0-bench.raucb.part"):
        (shop.folder.updates / name).write_bytes(b"old")
    shop.fetch()
    assert sorted(path.name for path in shop.folder.updates.iterdir()) == ["revoked", NAME]


def test_without_room_nothing_is_begun(shop, monkeypatch):
    monkeypatch.setattr(release, "MARGIN", 10**15)
    shop.offer()
    assert "some room are needed on the disk" in shop.fetch()
    assert shop.fetched == []


def test_a_headquarters_that_is_not_there_or_has_no_index_is_tried_again(shop):
    assert "answered 404" in shop.fetch()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        shop.told = Headquarters(f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert shop.fetch().startswith("update 0.9.0 can't be fetched yet")
    assert release.state(shop.db).tries == 2
    assert release.due(shop.db, shop.folder) == "0.9.0"


def test_a_new_version_is_heard_once_and_tried_at_once(shop):
    shop.fetch("0.9.0")
    release.hear(shop.db, "0.9.0")
    assert release.state(shop.db).tries == 1
    release.hear(shop.db, "0.9.1")
    assert (release.state(shop.db).meant, release.state(shop.db).tries) == ("0.9.1", 0)
    release.hear(shop.db, "")
    assert release.state(shop.db).meant == "0.9.1"


def test_a_box_that_is_no_flashed_image_fetches_nothing(shop):
    release.hear(shop.db, "0.9.0")
    assert release.due(shop.db, shop.folder) == "0.9.0"
    release.KEY.unlink()
    assert release.due(shop.db, shop.folder) == ""


def test_a_bundle_that_was_installed_is_forgotten(shop, monkeypatch):
    shop.offer()
    shop.fetch()
    release.tidy(shop.db, shop.folder)
    assert shop.fetched == [NAME]
    monkeypatch.setattr(release, "__version__", "0.9.0")
    release.tidy(shop.db, shop.folder)
    assert shop.fetched == []


def test_it_is_fetched_no_faster_than_the_pacer_allows(shop):
    shop.offer()
    started = time.monotonic()
    release.hear(shop.db, "0.9.0")
    with client(shop.told) as http:
        pacer = Pacer(PacerSettings(start=400_000.0))
        release.fetch_meant(shop.db, shop.folder, http, pacer)
    assert time.monotonic() - started > 0.8


def test_what_waits_is_said_on_the_page_and_by_doctor(shop):
    shop.folder.config.write_text('[headquarters]\nurl = "http://127.0.0.1:9"\n')
    assert doctor._update(shop.folder).found == "none is meant by headquarters"
    shop.fetch()
    assert "answered 404" in doctor._update(shop.folder).found
    shop.offer(revoked=("0.9.0",))
    shop.fetch()
    assert doctor._update(shop.folder).found == "no update 0.9.0: it was revoked"
    shop.offer(serial=2)
    shop.fetch()
    assert doctor._update(shop.folder).found == f"{NAME} waits to be installed"
    page = page_of(shop.folder).test_client().get("/box", headers={"Host": "localhost"}).text
    assert f"<code>{NAME}</code> was fetched and waits to be installed" in page
