"""Clips for the command line, made here: a plain moving square is enough where nobody need be seen."""

import av
import numpy as np
import pytest


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """Two seconds of an empty room, 320 x 192, 10 frames a second."""
    path = tmp_path_factory.mktemp("clips") / "empty.mp4"
    write_clip(path)
    return path


def write_clip(path, frames=20):
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        rng = np.random.default_rng(5)
        floor = rng.integers(60, 120, (192, 320, 3), np.uint8)
        for _ in range(frames):
            for packet in stream.encode(av.VideoFrame.from_ndarray(floor, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


@pytest.fixture(scope="session")
def audio_only(tmp_path_factory):
    """A second of silence in an mp4."""
    path = tmp_path_factory.mktemp("clips") / "silence.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=8000)
        stream.layout = "mono"
        for k in range(8):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 8000, 1024 * k
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path
