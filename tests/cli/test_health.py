"""`tallybox health` is what decides whether an update stays: a box that is ill must never be called well."""

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from appliance.cli.health import health
from appliance.storage import Folder, open_for_writing
from appliance.storage.live import LiveServer

NET = "person 384x224"


def ask(folder):
    result = CliRunner().invoke(health, ["--json", "--data", str(folder)])
    return result.exit_code, json.loads(result.output)


@contextmanager
def counter(folder, cameras, problem=""):
    """A counter's socket with a given state; the counter itself is tested end to end below."""
    told = {"cameras": cameras, "problem": problem, "net": NET, "since": 0.0}
    server = LiveServer(Folder(folder).live_socket, lambda question: json.dumps(told).encode())
    try:
        yield
    finally:
        server.close()


SEEN, GONE, SILENT = ({"alive": a, "problem": p} for a, p in ((True, None), (False, "no route"), (False, None)))


@pytest.mark.parametrize(
    ("cameras", "problem", "well", "says"),
    [
        ({}, "", True, "no camera is set up"),
        ({"door": SEEN}, "", True, "camera door sees"),
        ({"door": GONE}, "", True, "camera door no route"),
        ({"door": SEEN, "back": SILENT}, "", False, "camera back: neither a picture nor a reason"),
        ({"door": SEEN}, "the disk is full", False, "can't write: the disk is full"),
    ],
)
def test_a_counter_is_well_when_it_writes_and_every_camera_is_seen_or_missed_aloud(
    tmp_path, cameras, problem, well, says
):
    with counter(tmp_path, cameras, problem):
        told = ask(tmp_path)[1]["counter"]
    assert told["well"] is well
    assert says in told["says"]


def test_a_box_on_which_nothing_runs_is_ill_in_every_part(tmp_path):
    (tmp_path / "tallybox.toml").write_text("[page]\nport = 1\n")
    code, told = ask(tmp_path)
    assert code == 1
    assert not any(part["well"] for part in told.values())


def test_a_database_that_is_no_database_is_ill(tmp_path):
    (tmp_path / "tallybox.db").write_bytes(b"not a database" * 1000)
    assert not ask(tmp_path)[1]["database"]["well"]


def test_a_page_that_nobody_serves_is_ill(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    (tmp_path / "tallybox.toml").write_text(f"[page]\nport = {port}\n")
    open_for_writing(tmp_path / "tallybox.db").conn.close()
    told = ask(tmp_path)[1]
    assert told["database"]["well"]
    assert not told["page"]["well"]


@pytest.mark.slow
def test_a_box_that_runs_is_well(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "tallybox.toml").write_text(f'[page]\nport = {port}\n[net]\nsize = "384x224"\n')
    box = subprocess.Popen([sys.executable, "-m", "appliance.cli", "run", "--data", str(tmp_path)])
    try:
        for _ in range(100):
            code, told = ask(tmp_path)
            if code == 0:
                break
            time.sleep(0.5)
        assert code == 0, told
        assert NET in told["counter"]["says"]
    finally:
        box.terminate()
        box.wait(30)
