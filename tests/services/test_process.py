"""The box's processes: started again when they end, ended with the one that started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance.services.process import Minder, port_must_be_free
from tests.conftest import ROOT
from tests.end_to_end.test_camera_to_headquarters import until
from tests.ports import free_port

pytestmark = pytest.mark.slow


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def box(tmp_path):
    (tmp_path / "tallybox.toml").write_text(f"[page]\nport = {free_port()}\n")
    command = [sys.executable, "-m", "appliance.cli", "run", "--data", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    until(lambda: len(children(process.pid)) == 3)
    yield process
    process.kill()
    process.wait()


def gone(pids):
    return all(not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text() for pid in pids)


def test_a_service_that_is_killed_comes_back(box):
    before = children(box.pid)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(children(box.pid)) == 3 and before[0] not in children(box.pid))


def test_the_services_die_with_the_box_that_started_them(box):
    services = children(box.pid)
    time.sleep(1.5)  # until each has named its parent to the kernel
    os.kill(box.pid, signal.SIGKILL)
    until(lambda: gone(services))


def test_the_box_stops_all_its_services_when_told(box):
    services = children(box.pid)
    time.sleep(1.5)
    box.terminate()
    assert box.wait(30) == 0
    assert gone(services)


def test_a_service_that_keeps_ending_is_started_later_each_time(monkeypatch):
    monkeypatch.setattr(Minder, "FIRST_WAIT", 0.1)
    minder = Minder("nothing", ["no-such-command"])
    waits = []
    for _ in range(3):
        until(lambda: minder.exit_code == 2)
        minder.mind()
        waits.append(minder._wait)
        time.sleep(minder._wait)
        minder.mind()
    minder.stop()
    assert waits == pytest.approx([0.1, 0.2, 0.4])


def test_a_free_port_is_fine():
    port_must_be_free("127.0.0.1", free_port())
