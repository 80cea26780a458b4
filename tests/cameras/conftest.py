"""Clips made on the spot, and a thread that watches a camera as the counting service does."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from appliance.cameras import Camera
from appliance.clock import now

PATIENCE = 60.0


def write_clip(path: Path, frames: int = 30, rate: int = 15, size: tuple[int, int] = (320, 180), **how: str) -> Path:
    """Write a clip in which a bright bar wanders, so that every frame differs from the one before."""
    width, height = size
    with av.open(str(path), "w", **how) as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "g": "10"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            image = np.full((height, width, 3), 40, np.uint8)
            left = index * 8 % (width - 16)
            image[:, left : left + 16] = (60, 120, 240)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """Write half a second of silence."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000, layout="mono")
        for index in range(24):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48000, index * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two seconds, 15 frames a second, 320 x 180."""
    return write_clip(tmp_path / "clip.mp4")


@pytest.fixture
def make_clip() -> Callable[..., Path]:
    return write_clip


@pytest.fixture
def make_sound() -> Callable[[Path], Path]:
    return write_sound


class Watcher:
    """Takes a camera's frames in a thread of its own; `pause` makes it slow."""

    def __init__(self, camera: Camera, pause: float = 0.0) -> None:
        self.camera = camera
        self.pause = pause
        self.times: list[float] = []
        self.ages: list[float] = []
        self.marks: list[int] = []
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        for frame in self.camera.frames():
            self.times.append(frame.time)
            self.ages.append(now() - frame.time)
            self.marks.append(int(frame.image.max()))
            time.sleep(self.pause)

    def sees(self, frames: int) -> bool:
        """Wait until so many more frames came."""
        goal = len(self.times) + frames
        return until(lambda: len(self.times) >= goal)

    def end(self) -> bool:
        """Close the camera; tell whether its frames then ended promptly."""
        self.camera.close()
        self.thread.join(10)
        return not self.thread.is_alive()


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Wait until a condition holds; tell whether it came to that."""
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(name="until")
def _until() -> Callable[..., bool]:
    return until


@pytest.fixture
def watch() -> Iterator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def begin(camera: Camera, pause: float = 0.0) -> Watcher:
        watchers.append(Watcher(camera, pause))
        return watchers[-1]

    yield begin
    for watcher in watchers:
        assert watcher.end()


def decoders_of(parent: int) -> list[int]:
    """Return the process ids of the running decoders that belong to a process."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            dead = (process / "stat").read_text().rpartition(") ")[2].startswith("Z")
        except OSError:
            continue
        if b"appliance.cameras.decoder" in words and words[-2] == str(parent).encode() and not dead:
            found.append(int(process.name))
    return found


@pytest.fixture
def decoders() -> Iterator[Callable[..., list[int]]]:
    yield lambda parent=None: decoders_of(parent or os.getpid())
    assert until(lambda: not decoders_of(os.getpid()), 10), "a decoder was left behind"
