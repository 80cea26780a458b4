"""The decoder: can be killed at any moment, and never outlives its parent."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.cameras import CameraError, replay
from appliance.cameras.camera import Bell
from appliance.cameras.child import Decoder
from appliance.cameras.protocol import Order

ROOT = Path(__file__).parents[2]
PARENT = """
import sys
from appliance.cameras import replay
frames = replay(sys.argv[1], speed="real").frames()
next(frames)
print("seen", flush=True)
sys.stdin.read()
"""


def order(clip: Path, lossless: bool = True) -> Order:
    return Order("file", str(clip), 960, 10.0, lossless)


def open_descriptors() -> set[tuple[str, str]]:
    """Return number and target of what is open here: other tests' may still close, but nothing new may be there."""
    found = set()
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one that lists the folder
            found.add((path.name, str(path.readlink())))
    return found


@pytest.mark.parametrize("stuck", [False, True])
def test_the_decoder_dies_with_its_parent(
    stuck: bool, clip: Path, decoders: Callable[..., list[int]], until: Callable[..., bool]
) -> None:
    command = [sys.executable, "-c", PARENT, str(clip)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"seen\n"
        (decoder,) = decoders(parent.pid)
        if stuck:  # it can't notice anything by itself: the kernel has to do it
            os.kill(decoder, signal.SIGSTOP)
        parent.kill()
        assert until(lambda: not decoders(parent.pid))


def test_the_decoder_leaves_when_its_parent_hangs_up(clip: Path, until: Callable[..., bool]) -> None:
    decoder = Decoder(order(clip))
    assert decoder.next(Bell(), 30) is not None
    decoder._link.close()
    assert until(lambda: decoder._process.poll() is not None)
    assert decoder._process.returncode == 0
    decoder.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_is_the_parents_to_handle(clip: Path, stop: signal.Signals) -> None:
    with Decoder(order(clip)) as decoder:
        assert decoder.next(Bell(), 30) is not None
        decoder._process.send_signal(stop)
        assert decoder.next(Bell(), 30) is not None


def test_a_killed_decoder_ends_a_replay_with_one_line(clip: Path, decoders: Callable[..., list[int]]) -> None:
    frames = replay(clip).frames()
    next(frames)
    os.kill(decoders()[0], signal.SIGKILL)
    with pytest.raises(CameraError, match=r"^clip\.mp4: its decoder died \(signal 9\)$"):
        next(frames)


def test_a_decoder_that_hangs_is_given_up(clip: Path) -> None:
    with Decoder(order(clip)) as decoder:
        assert decoder.next(Bell(), 30) is not None
        decoder._process.send_signal(signal.SIGSTOP)
        with pytest.raises(CameraError, match=r"no picture for 0\.5 seconds"):
            decoder.next(Bell(), 0.5)


def test_the_address_is_not_on_the_command_line(clip: Path, decoders: Callable[..., list[int]]) -> None:
    with Decoder(Order("rtsp", "rtsp://me:secret@127.0.0.1:9/x", 960, 10.0, lossless=False)) as decoder:
        assert b"secret" not in Path(f"/proc/{decoder._process.pid}/cmdline").read_bytes()


def test_no_room_for_another_process_is_a_problem_of_one_line(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_descriptors()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(CameraError, match=r"^its decoder can't be started: No such file or directory$"):
        Decoder(order(clip))
    assert open_descriptors() <= before


@pytest.mark.slow
def test_two_hundred_restarts_leave_no_descriptor_and_no_process(
    clip: Path, decoders: Callable[..., list[int]]
) -> None:
    next(replay(clip).frames())
    before = open_descriptors()
    for round_ in range(200):
        with Decoder(order(clip)) as decoder:
            if round_ % 10 == 0:  # the others die while they are still starting
                assert decoder.next(Bell(), 30) is not None
    assert open_descriptors() <= before
    assert decoders() == []
