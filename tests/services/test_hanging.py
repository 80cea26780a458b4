"""A camera that was moved is told by page, doctor, store-day and headquarters; the owner's word makes it right again.

The real spine with the real net, the real journal and socket; pictures and their times are given, so that hours pass.
"""

import json
from datetime import date

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance import config
from appliance.cli.cameras import cameras
from appliance.cli.doctor import _hanging
from appliance.documents import store_day
from appliance.frame import Frame, Hanging
from appliance.nets import Catalogue
from appliance.nightly import closing, outbox
from appliance.pipeline import Spine, follow
from appliance.services.counting import hanging_watches
from appliance.storage import Folder, Journal, open_for_reading, open_for_writing, queries
from appliance.storage.live import LiveServer
from hq.illness import MEANING, ills
from web_ui import create_app

OPENED = 1795406400.0  # 2026-11-23 04:00 UTC, when the business day begins
NOON = OPENED + 8 * 3600
HERE = {"Origin": "http://localhost"}
TOML = """
[camera.door]
source = "rtsp://owner:SECRET@192.168.1.20/stream"
[camera.door.line.entrance]
start = [0.1, 0.5]
end = [0.9, 0.5]
inside = [0.5, 0.9]
"""
DOOR = {"alive": True, "per_second": 9.8, "restarts": 0, "skipped": 0, "last": 0}
COVERED = np.full((180, 320, 3), 120, np.uint8)


def shop(across=0.0):
    """A drawn shop, its picture further right by a share of it."""
    rng = np.random.default_rng(4)
    image = np.full((180, 480, 3), 150, np.uint8)
    for _ in range(30):
        x, y, w, h = (int(v) for v in rng.integers((-20, -20, 15, 15), (470, 170, 110, 80)))
        cv2.rectangle(image, (x, y), (x + w, y + h), rng.integers(20, 240, 3).tolist(), -1)
    left = 80 - round(across * 320)
    return np.ascontiguousarray(image[:, left : left + 320])


class Box:
    """A box whose one camera shows what the test says, a picture a minute."""

    def __init__(self, path):
        self.folder, self.time, self.index = Folder(path).make(), NOON - 4 * 3600, 0
        self.folder.config.write_text(TOML)
        self.begin()

    def begin(self):
        """Start counting, as after a restart."""
        self.settings = config.load(self.folder.config)
        self.db = open_for_writing(self.folder.database)
        self.journal = Journal(self.db)
        camera, self.watch = self.settings.cameras[0], hanging_watches(self.db, self.settings)["door"]
        self.spine = Spine.of(camera, Catalogue().find("person"), (192, 128), hanging=self.watch)

    def shows(self, image, minutes):
        follow((self._frame(image) for _ in range(minutes)), self.spine, self.journal.write)

    def _frame(self, image):
        self.time, self.index = self.time + 60, self.index + 1
        return Frame("door", self.index, self.time, image)

    @property
    def known(self):
        return queries.hangings(open_for_reading(self.folder.database)).get("door")

    @property
    def doctor(self):
        return _hanging(self.folder, self.settings, self.settings.cameras[0])

    def page(self, address="/box"):
        return self._client().get(address).text

    def press(self, name="door", headers=HERE):
        return self._client().post(f"/cameras/{name}/right", headers=headers).status_code

    def _client(self):
        return create_app(self.folder, now=lambda: self.time).test_client()

    def counter(self):
        """The counter's socket, as the counting service answers."""

        def answer(question):
            if question == "state":
                return json.dumps({"cameras": {"door": DOOR}, "since": 0, "net": "person", "problem": ""}).encode()
            assert question == "hangs-right door"
            self.watch.begin_anew()
            return b"heard"

        return LiveServer(self.folder.live_socket, answer)


@pytest.fixture
def box(tmp_path):
    box = Box(tmp_path)
    box.shows(shop(), 100)
    assert (box.known.state, box.doctor.advice) == ("same", "")
    return box


def test_all_say_that_the_camera_was_moved_and_that_it_is_well_again(box, monkeypatch):
    assert "was moved" not in box.page() + box.page("/")
    box.shows(shop(-0.1), 15)
    assert box.doctor.found == "was moved, since 2026-11-23 09:44: its picture lies 10 % further left"
    assert "tallybox cameras confirm door" in box.doctor.advice
    for address in ("/", "/box"):
        assert "lies 10 % further left" in box.page(address)
        assert "since 23 Nov 09:44" in box.page(address)
    listed = CliRunner().invoke(cameras, ["list", "--data", str(box.folder.path)]).output
    assert listed.split() == ["door", "moved", "since", "2026-11-23", "09:44", "10", "%", "further", "left"]
    box.shows(shop(), 10)
    assert "was moved" not in box.page() + box.page("/")
    assert "Camera door was moved from 23 Nov 09:44" in box.page("/days/2026-11-23")

    monkeypatch.setattr(closing, "now", lambda: OPENED + 86_400 + 700)
    closing.close_due_days(box.db, box.settings, box.folder)
    document = store_day.from_bytes(outbox.newest(box.db, date(2026, 11, 23).isoformat()))
    assert (document.health["cameras_moved"], document.health["cameras_covered"]) == (1, 0)
    assert document.health["moved_since"] == "2026-11-23T09:44:00.000Z"
    assert "moved" in ills(document)
    assert MEANING["moved"] == "camera moved"


def test_a_covered_camera_is_told(box):
    box.shows(COVERED, 20)
    assert "is covered" in box.doctor.found
    assert "Camera door is covered" in box.page("/")


def test_the_button_takes_how_it_hangs_now_for_right(box):
    box.shows(shop(-0.1), 15)
    assert "It hangs right as it is now" not in box.page()  # nobody would hear it
    assert "say so" not in box.page()  # and no way leads there
    assert box.press() == 503
    server = box.counter()
    try:
        assert "It hangs right as it is now" in box.page()
        assert "say so" in box.page()
        assert box.press(headers={"Origin": "http://evil.example"}) == 403
        assert box.press("cellar") == 404
        assert box.press() == 303
    finally:
        server.close()
    box.shows(shop(-0.1), 100)
    assert box.known.state == "same"
    box.shows(shop(), 15)
    assert "lies 10 % further right" in box.page("/")


def test_the_shell_s_word_does_as_well_and_a_wrong_name_is_one_line(box):
    box.shows(shop(-0.1), 15)
    told = CliRunner().invoke(cameras, ["confirm", "cellar", "--data", str(box.folder.path)])
    assert str(told.exception) == "cellar: is no camera; known: door"
    told = CliRunner().invoke(cameras, ["confirm", "door", "--data", str(box.folder.path)])
    assert "the counter does not run" in str(told.exception)
    server = box.counter()
    try:
        told = CliRunner().invoke(cameras, ["confirm", "door", "--data", str(box.folder.path)])
        assert told.exit_code == 0
    finally:
        server.close()
    box.shows(shop(-0.1), 10)
    assert box.known.state == "same"


def test_a_restart_forgets_nothing(box):
    box.begin()
    box.shows(shop(-0.1), 20)
    assert box.known.state == "moved"
    since = box.known.since
    box.begin()
    box.shows(shop(-0.1), 30)
    assert (box.known.state, box.known.since) == ("moved", since)


@pytest.mark.parametrize("edit", [("0.1, 0.5", "0.2, 0.5"), ("1.20", "1.21")])
def test_a_line_drawn_anew_or_another_source_begins_anew(box, edit):
    box.shows(shop(-0.1), 15)
    box.folder.config.write_text(TOML.replace(*edit))
    box.begin()
    box.shows(shop(-0.1), 10)
    assert box.known.state == "same"


@pytest.mark.parametrize(
    "edit", [("SECRET", "OTHER"), ("[camera.door]", "[net]\nthreads = 2\n[camera.door]\nrate = 5")]
)
def test_a_new_password_or_rate_begins_nothing(box, edit):
    box.folder.config.write_text(TOML.replace(*edit))
    box.begin()
    box.shows(shop(-0.1), 15)
    assert box.known.state == "moved"


def test_no_picture_is_on_the_disk(box):
    assert len(box.known.looks) == 432
    assert set(box.db.table("camera_hanging").columns_dict) == set(Hanging.__dataclass_fields__)


def test_broken_sketches_begin_anew_instead_of_ending_the_counter(box):
    box.db.execute("UPDATE camera_hanging SET looks = ?", [b"\xff" * 100])
    box.db.conn.commit()
    box.begin()
    box.shows(shop(), 10)
    assert box.known.state == "same"
