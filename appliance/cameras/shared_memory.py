"""The memory that both processes see: one picture, H x W x 3 BGR, in a memfd.

A memfd has no name, so nothing is left behind however the processes die. It is sealed against shrinking: a child that
runs wild can't take memory away under the parent's feet.
"""

import fcntl
import mmap
import os

import numpy as np
from av import VideoFrame
from av.video.reformatter import VideoReformatter

from appliance.frame import Pixels


def create() -> int:
    """Return the descriptor of new, empty memory."""
    descriptor = os.memfd_create("tallybox-picture", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    return descriptor


def scaled(width: int, height: int, limit: int) -> tuple[int, int]:
    """Return the size at which a picture is handed over: at most `limit` wide, both sides even, same shape."""
    wide = max(2, min(width, limit) // 2 * 2)
    return wide, max(2, round(height * wide / width / 2) * 2)


class Writer:
    """The child's side: converts and scales in one go, then writes. Grows the memory when a picture needs more."""

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor = descriptor
        self._limit = limit
        self._map: mmap.mmap | None = None
        self._reformatter = VideoReformatter()  # kept, since it keeps the scaler's tables

    def write(self, frame: VideoFrame) -> tuple[int, int]:
        """Write a frame and return its (width, height) there."""
        width, height = scaled(frame.width, frame.height, self._limit)
        small = self._reformatter.reformat(frame, width, height, "bgr24", threads=1)
        rows = np.frombuffer(memoryview(small.planes[0]), np.uint8).reshape(height, -1)[
            :, : width * 3
        ]  # libav pads its rows
        target = np.frombuffer(self._room(rows.size), np.uint8, rows.size)
        np.copyto(target.reshape(rows.shape), rows)
        return width, height

    def _room(self, size: int) -> mmap.mmap:
        if self._map is None or len(self._map) < size:
            os.ftruncate(self._descriptor, size)
            self._map = mmap.mmap(self._descriptor, size)
        return self._map


class Reader:
    """The parent's side: lends views, read-only. A view keeps its memory alive, even after the child is gone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._map: mmap.mmap | None = None

    def view(self, width: int, height: int) -> Pixels:
        """Return the picture of that size, without copying it."""
        size = width * height * 3
        if self._map is None or len(self._map) < size:
            self._map = mmap.mmap(self._descriptor, size, prot=mmap.PROT_READ)
        return np.frombuffer(self._map, np.uint8, size).reshape(height, width, 3)
