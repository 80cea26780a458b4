"""Bytes in and out through the pacer: small pieces on sockets that never hold much, marked as the least of all traffic.

Uploads (the backlog) and downloads (update bundles) both go this way, and nothing else of the box goes outside.
"""

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpcore
import httpx

from appliance.clock import stopwatch
from appliance.nightly.pacer import PIECE, Pacer
from appliance.nightly.small_socket import ONE_READ, SEGMENT, offer

LEAST_WINDOW = 2 * SEGMENT + 80  # bytes; the kernel offers no less
LOOK, LOOKS = 0.5, 10  # seconds after which it is asked who was slower, the pacer or the line; and how many are kept
WAITED = 0.08  # share of the time that went by in waiting for bytes, from which on it was the line


class TransferError(RuntimeError):
    """A transfer can't be finished; the message is one line."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a file must be: its size in bytes and its sha256 in hex."""

    size: int
    sha256: str


def pieces(body: bytes, pacer: Pacer) -> Iterator[bytes]:
    """Yield a body in pieces, as fast as the pacer allows. For httpx's `content`."""
    for start in range(0, len(body), PIECE):
        piece = body[start : start + PIECE]
        time.sleep(pacer.wait(len(piece), stopwatch()))
        yield piece


def fetch(
    http: httpx.Client, url: str, target: Path, told: Announced, pacer: Pacer, go_on: Callable[[], bool] = lambda: True
) -> bool:
    """Download a file, going on where an earlier try ended; return whether it is whole, or `go_on` said to stop.

    It lies in `target` only when whole and right. Raises TransferError, and httpx.HTTPError where the line breaks: then
    what came is kept beside it for the next try.
    """
    part = target.with_name(target.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    if have < told.size:
        with http.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as response:
            if response.status_code not in (200, 206):
                raise TransferError(f"{url}: answered {response.status_code}")
            if not _keep(response, part, told.size, pacer, go_on):
                return False
    with part.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != told.sha256:
        part.unlink()
        raise TransferError(f"{url}: is not what was announced (sha256 {found[:12]}…, not {told.sha256[:12]}…)")
    part.rename(target)
    return True


def _keep(response: httpx.Response, part: Path, size: int, pacer: Pacer, go_on: Callable[[], bool]) -> bool:
    """Write what comes, never more than `size` in all; return whether the end was reached."""
    with part.open("ab" if response.status_code == 206 else "wb") as file:
        for chunk in _incoming(response, pacer):
            file.write(chunk[: size - file.tell()])
            if file.tell() >= size:
                break
            if not go_on():
                return False
        file.flush()
        os.fsync(file.fileno())
    return True


def _incoming(response: httpx.Response, pacer: Pacer) -> Iterator[bytes]:
    """Yield what comes, as fast as the pacer says; offer a window that holds no more than it lets us take in."""
    stream: httpcore.NetworkStream = response.extensions["network_stream"]
    chunks, intake, offered = response.iter_raw(ONE_READ), Intake(pacer), 0
    while True:
        window = int(LEAST_WINDOW + pacer.rate * pacer.round_trip)
        if abs(window - offered) > offered // 8:
            offer(stream.get_extra_info("socket"), window)
            offered = window
        asked = stopwatch()
        chunk = next(chunks, b"")
        if not chunk:
            return
        intake.add(len(chunk), stopwatch() - asked, stopwatch())
        yield chunk
        time.sleep(pacer.wait(len(chunk), stopwatch()))


class Intake:
    """Tells the pacer where the line is the limit and not it: where much of the time went by in waiting for bytes.

    What the line carries is the best of the last looks: a busy machine takes in less than came.
    """

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._began: float | None = None
        self._came, self._blocked = 0, 0.0
        self._rates: deque[float] = deque(maxlen=LOOKS)

    def add(self, size: int, blocked: float, now: float) -> None:
        """Take it that so many bytes came after so many seconds of waiting for them."""
        if self._began is None:
            self._began = now
            return
        self._came, self._blocked = self._came + size, self._blocked + blocked
        if (took := now - self._began) < LOOK:
            return
        self._rates.append(self._came / took)
        if self._blocked > WAITED * took and not self._pacer.yielding:
            self._pacer.starved(max(self._rates))
        self._began, self._came, self._blocked = now, 0, 0.0
