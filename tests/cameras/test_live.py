"""A live camera: the newest frame, and back by itself from whatever the world does."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance import config
from appliance.cameras import LiveCamera, open_camera
from appliance.cameras.live import Waits
from appliance.cameras.source import parse_source
from appliance.clock import now


def camera_of(source: object, stall: float = 10.0, rate: float = 30.0) -> LiveCamera:
    settings = config.Camera("door", source=str(source), rate=rate)
    return LiveCamera(settings, parse_source(settings.source), stall)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("appliance.cameras")]


def test_a_clip_as_a_camera_goes_on_for_ever(tmp_path: Path, make_clip: Callable[..., Path], watch: Any) -> None:
    began = now()
    watcher = watch(camera_of(make_clip(tmp_path / "short.mp4", frames=10)))
    assert watcher.sees(35)
    times = watcher.times[:]
    assert watcher.camera.alive
    assert all(later > sooner for sooner, later in pairwise(times))
    assert began < times[0]
    assert times[-1] <= now()
    assert times[-1] - times[0] > 2.0  # real speed, not as fast as it decodes


def test_a_slow_reader_gets_fresh_frames_and_the_rest_is_counted_as_skipped(clip: Path, watch: Any) -> None:
    watcher = watch(camera_of(clip), pause=0.4)
    assert watcher.sees(8)
    ages = sorted(watcher.ages)
    assert ages[len(ages) // 2] < 1 / 15 + 0.1  # one interval and the decoding, on a machine with other work
    assert watcher.camera.skipped >= 8


def test_the_rate_limits_what_is_handed_over(clip: Path, watch: Any) -> None:
    watcher = watch(camera_of(clip, rate=5.0))
    assert watcher.sees(12)
    span = watcher.times[-1] - watcher.times[0]
    assert len(watcher.times) <= span * 5 + 2
    assert watcher.camera.skipped == 0


def test_a_folder_is_shown_at_its_rate(tmp_path: Path, watch: Any) -> None:
    for index in range(3):
        cv2.imwrite(str(tmp_path / f"{index}.png"), np.full((48, 64, 3), 50 * (index + 1), np.uint8))
    watcher = watch(camera_of(tmp_path, rate=10.0))
    assert watcher.sees(9)
    assert set(watcher.marks) == {50, 100, 150}


def test_a_killed_decoder_is_replaced_and_time_goes_on(
    clip: Path, watch: Any, decoders: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    watcher = watch(camera_of(clip))
    for _ in range(2):
        assert watcher.sees(5)
        os.kill(decoders()[0], signal.SIGKILL)
        assert watcher.sees(5)
    assert watcher.camera.restarts == 2
    assert lines(caplog) == ["camera door is lost: clip.mp4: its decoder died (signal 9)", "camera door is back"] * 2
    assert all(later > sooner for sooner, later in pairwise(watcher.times))
    assert watcher.end()


@pytest.mark.slow
def test_a_decoder_that_hangs_is_replaced(
    clip: Path, watch: Any, decoders: Any, caplog: pytest.LogCaptureFixture, until: Any
) -> None:
    watcher = watch(camera_of(clip, stall=3.0))
    assert watcher.sees(5)
    os.kill(decoders()[0], signal.SIGSTOP)
    assert until(lambda: watcher.camera.problem)
    assert not watcher.camera.alive
    assert watcher.sees(5)
    assert watcher.camera.alive
    assert watcher.camera.problem == ""
    assert lines(caplog)[0] == "camera door is lost: clip.mp4: no picture for 3 seconds"
    assert watcher.end()


def test_a_clip_that_comes_later_is_waited_for_with_one_line(
    tmp_path: Path,
    clip: Path,
    watch: Any,
    until: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(Waits, "FIRST", 0.05)
    watcher = watch(camera_of(tmp_path / "later.mp4"))
    assert until(lambda: watcher.camera.restarts >= 2)
    clip.rename(tmp_path / "later.mp4")
    assert watcher.sees(3)
    assert lines(caplog) == [
        "camera door is lost: later.mp4: there is no such file or device",
        "camera door is back",
    ]


AWAY = [
    ("/dev/video99", "/dev/video99: there is no such file or device"),
    ("/missing/clip.mp4", "clip.mp4: there is no such file or device"),
    ("rtsp://me:secret@127.0.0.1:9/live", "rtsp://127.0.0.1:9: the connection is refused"),
    ("/etc/hostname", "hostname: it holds nothing that can be read as video"),
    ("picamera", "picamera: picamera2 is not installed: it comes with Raspberry Pi OS"),
]


@pytest.mark.parametrize(("source", "problem"), AWAY)
def test_a_camera_that_is_not_there_is_a_problem_and_no_exception(
    source: str,
    problem: str,
    watch: Any,
    until: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Waits, "FIRST", 30.0)
    watcher = watch(camera_of(source))
    assert until(lambda: watcher.camera.problem)
    assert watcher.camera.problem == problem
    assert not watcher.camera.alive
    assert watcher.end()  # promptly, in the middle of a wait
    assert lines(caplog) == [f"camera door is lost: {problem}"]
    assert "secret" not in caplog.text


def test_a_camera_can_be_closed_from_a_signal_handler(clip: Path) -> None:
    camera = open_camera(config.Camera("door", source=str(clip)))
    before = signal.signal(signal.SIGUSR1, lambda *_: camera.close())
    try:
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        began = time.monotonic()
        for _ in camera.frames():
            assert time.monotonic() - began < 30
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert not camera.alive


def test_a_closed_camera_gives_nothing_and_starts_nothing(clip: Path, decoders: Any) -> None:
    camera = camera_of(clip)
    camera.close()
    assert list(camera.frames()) == []
    assert decoders() == []


def test_waits_grow_to_half_a_minute_and_begin_again_after_a_good_minute() -> None:
    waits = Waits()
    assert [waits.after(0.0) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert waits.after(59.0) == 30
    assert [waits.after(61.0), waits.after(0.0)] == [0.5, 1.0]
