"""Writes a clip as a shop's recorder would: H.264 of the camera's quality, a key picture every few seconds."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.scene import Camera

_KEY_EVERY = 10.0  # seconds


class VideoWriter:
    """An open clip: write() pictures (H x W x 3, BGR) in order; to be used in a with-block."""

    def __init__(self, path: Path, camera: Camera) -> None:
        rate = Fraction(camera.fps).limit_denominator(1000)
        self._container = av.open(str(path), "w", options={"movflags": "+faststart"})
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.width, self._stream.height = camera.width // 2 * 2, camera.height // 2 * 2
        self._stream.pix_fmt = "yuv420p"
        self._stream.thread_count = 1  # the same bytes on every machine
        self._stream.options = {
            "crf": str(camera.crf), "preset": "medium", "g": str(round(_KEY_EVERY * camera.fps)), "bf": "0",
        }  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def write(self, image: NDArray[np.uint8]) -> None:
        """Add one picture."""
        even = np.ascontiguousarray(image[: self._stream.height, : self._stream.width])
        self._container.mux(self._stream.encode(av.VideoFrame.from_ndarray(even, format="bgr24")))
