"""The whole thread with real processes: camera, counter, journal, page, night, headquarters."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

from appliance.nightly.closing import GRACE
from tests.conftest import ROOT
from tests.ports import free_port

pytestmark = pytest.mark.slow

CLIP, LINE = "zebra-london.mp4", {"a": [0.0, 0.86], "b": [1.0, 0.86]}


@pytest.fixture
def processes():
    started = []

    def start(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance.cli", *map(str, arguments)],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until(condition, seconds=40.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except (OSError, sqlite3.Error):
            pass
        time.sleep(0.2)
    raise AssertionError("did not happen in time")


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read()


def settings(shared, page=8080, hq=None):
    truth = next(c for c in json.loads((shared / "clips/counts.json").read_text())["clips"] if c["file"] == CLIP)
    line = truth["line"]
    return f"""
[shop]
id = "corner"
name = "Corner shop"
[page]
port = {page}
[headquarters]
url = "{f"http://127.0.0.1:{hq}" if hq else ""}"
[camera.door]
source = "{shared / "clips" / CLIP}"
[camera.door.line.pavement]
start = {line["a"]}
end = {line["b"]}
inside = {line["inside"]}
"""


def test_who_crosses_in_front_of_the_camera_stands_at_headquarters_in_the_morning(
    shared, tmp_path, processes, tallybox
):
    box, hq = tmp_path / "box", tmp_path / "hq"
    box.mkdir()
    page_port, hq_port = free_port(), free_port()
    (box / "tallybox.toml").write_text(settings(shared, page_port, hq_port))

    counter = processes("count", "--data", box, "--json")
    processes("web", "--data", box)
    told = [json.loads(counter.stdout.readline()) for _ in range(3)]
    assert [(c["line"], c["direction"]) for c in told] == [("pavement", "in")] * 3
    assert get(f"http://127.0.0.1:{page_port}/live/door.jpg").startswith(b"\xff\xd8")
    assert b"Corner shop" in until(lambda: get(f"http://127.0.0.1:{page_port}/"))
    counter.send_signal(signal.SIGTERM)
    assert counter.wait(20) == 0

    with sqlite3.connect(box / "tallybox.db") as db:  # let a day pass, and what is waited for late rows
        db.execute("UPDATE crossing SET time = time - ?", (86400 + GRACE,))
        db.execute("UPDATE coverage_minute SET minute = minute - ?", (86400 + GRACE,))
        counted = db.execute("SELECT count(*) FROM crossing").fetchone()[0]
    db.close()

    from appliance.documents import signing
    from appliance.storage import Folder

    key = signing.public_key_text(Folder(box).signing_key().public_key())
    assert tallybox("hq", "enrol", "corner", key, "--data", hq).returncode == 0
    processes("hq", "serve", "--data", hq, "--port", hq_port)
    until(lambda: get(f"http://127.0.0.1:{hq_port}/healthz"))
    night = tallybox("nightly", "--once", "--data", box)
    assert night.returncode == 0, night.stderr
    assert "1 of 1 documents were acknowledged" in night.stderr
    day = next(sqlite3.connect(box / "tallybox.db").execute("SELECT day FROM store_day"))[0]
    chain = get(f"http://127.0.0.1:{hq_port}/?day={day}").decode()
    assert "corner" in chain
    with sqlite3.connect(next(hq.glob("*.sqlite3"))) as db:
        body = json.loads(db.execute("SELECT body FROM store_day").fetchone()[0])
    db.close()
    assert body["totals"]["in"] + body["totals"]["out"] == counted
    again = tallybox("nightly", "--once", "--data", box)
    assert "acknowledged" not in again.stderr


def test_a_kill_in_the_middle_of_a_clip_loses_no_crossing_that_was_told(shared, tmp_path, processes):
    (tmp_path / "tallybox.toml").write_text(settings(shared))
    counter = processes("count", "--data", tmp_path, "--json")
    told = [json.loads(counter.stdout.readline()) for _ in range(2)]
    os.kill(counter.pid, signal.SIGKILL)
    counter.wait()
    db = sqlite3.connect(tmp_path / "tallybox.db")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = db.execute("SELECT round(time, 3), line FROM crossing ORDER BY time").fetchall()
    db.close()
    assert {(c["t"], c["line"]) for c in told} <= set(rows)


def test_the_counter_takes_a_changed_configuration_and_keeps_the_old_one_where_the_new_is_wrong(
    shared, tmp_path, processes
):
    config = tmp_path / "tallybox.toml"
    config.write_text("[shop]\n")
    counter = processes("count", "--data", tmp_path, "--json")
    assert "no camera is set up yet" in counter.stderr.readline()
    config.write_text("[shp]\n")
    assert "the old settings stay in force" in counter.stderr.readline()
    config.write_text(settings(shared))
    assert "begins anew" in counter.stderr.readline()
    assert json.loads(counter.stdout.readline())["line"] == "pavement"
