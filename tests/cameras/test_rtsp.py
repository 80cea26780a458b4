"""Against a real RTSP server, which is killed, hung and started again."""

import logging
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance import config
from appliance.cameras import LiveCamera
from appliance.cameras.source import parse_source
from tests.ports import free_port

PYTHON = "/usr/bin/python3"
PROBE = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert Gst.ElementFactory.find("x264enc")
"""


@cache
def has_server() -> bool:
    try:
        return subprocess.run([PYTHON, "-c", PROBE], capture_output=True, timeout=60).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.slow

Serve = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    if not has_server():
        pytest.skip("needs gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-ugly")
    running: list[subprocess.Popen[str]] = []

    def start(port: int, *words: str) -> subprocess.Popen[str]:
        script = str(Path(__file__).with_name("rtsp_server.py"))
        server = subprocess.Popen([PYTHON, script, str(port), *words], stdout=subprocess.PIPE, text=True)
        running.append(server)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        return server

    yield start
    for server in running:
        server.kill()
        server.communicate()


@pytest.fixture
def port() -> int:
    return free_port()


def camera_at(port: int, words: str = "", path: str = "live", stall: float = 5.0) -> LiveCamera:
    settings = config.Camera("door", source=f"rtsp://{words}127.0.0.1:{port}/{path}", rate=30.0)
    return LiveCamera(settings, parse_source(settings.source), stall)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("appliance.cameras")]


def test_a_camera_that_dies_and_returns_is_lost_once_and_back_once(
    port: int, serve: Serve, watch: Any, until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server = serve(port)
    watcher = watch(camera_at(port))
    assert watcher.sees(20)
    server.kill()
    server.wait()
    assert until(lambda: not watcher.camera.alive)
    assert until(lambda: watcher.camera.restarts >= 2)
    assert watcher.camera.problem == f"rtsp://127.0.0.1:{port}: the connection is refused"
    assert len(lines(caplog)) == 1
    assert lines(caplog)[0].startswith(f"camera door is lost: rtsp://127.0.0.1:{port}: ")
    serve(port)
    assert watcher.sees(20)
    assert watcher.camera.alive
    assert watcher.camera.problem == ""
    assert lines(caplog)[1:] == ["camera door is back"]
    assert all(later > sooner for sooner, later in pairwise(watcher.times))


def test_a_camera_that_hangs_is_lost_and_comes_back(
    port: int, serve: Serve, watch: Any, until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server = serve(port)
    watcher = watch(camera_at(port))
    assert watcher.sees(10)
    server.send_signal(signal.SIGSTOP)
    assert until(lambda: not watcher.camera.alive)
    assert until(lambda: watcher.camera.restarts >= 1)
    server.send_signal(signal.SIGCONT)
    assert watcher.sees(10)
    assert lines(caplog)[0].startswith(f"camera door is lost: rtsp://127.0.0.1:{port}: ")
    assert lines(caplog)[1:] == ["camera door is back"]


def test_frames_of_a_live_stream_are_fresh_for_a_slow_reader(port: int, serve: Serve, watch: Any) -> None:
    serve(port)
    watcher = watch(camera_at(port), pause=0.5)
    assert watcher.sees(12)
    ages = sorted(watcher.ages[2:])
    assert ages[len(ages) // 2] < 0.5
    assert watcher.camera.skipped > 12


def test_a_wrong_password_is_told_without_telling_it(
    port: int, serve: Serve, watch: Any, until: Any, caplog: pytest.LogCaptureFixture
) -> None:
    serve(port, "owner:right")
    watcher = watch(camera_at(port, "owner:right@"))
    assert watcher.sees(3)
    wrong = watch(camera_at(port, "owner:wr0ng@"))
    assert until(lambda: wrong.camera.problem)
    assert wrong.camera.problem == f"rtsp://127.0.0.1:{port}: the user name or the password is refused"
    assert "wr0ng" not in caplog.text


def test_a_path_that_the_camera_does_not_know_is_told(port: int, serve: Serve, watch: Any, until: Any) -> None:
    serve(port)
    watcher = watch(camera_at(port, path="dead"))
    assert until(lambda: watcher.camera.problem)
    assert watcher.camera.problem == f"rtsp://127.0.0.1:{port}: there is no such path on it"
