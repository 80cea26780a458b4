"""Bytes in and out through the pacer: small pieces on sockets that never hold much, marked as the least of all traffic.

Uploads (the backlog) and downloads (update bundles) both go this way, and nothing else of the box goes outside.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpcore
import httpx

from appliance.clock import stopwatch
from appliance.nightly.pacer import PIECE, Pacer
from appliance.nightly.small_socket import ONE_READ, SEGMENT, offer

LEAST_WINDOW = 2 * SEGMENT + 80  # bytes; the kernel offers no less
LOOK = 0.5  # seconds after which it is asked who was slower, the pacer or the line


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
    with part.open("ab" if response.status_code == 206 else "wb") as file, _narrow(response, pacer) as narrow:
        for chunk in response.iter_raw(ONE_READ):
            file.write(chunk[: size - file.tell()])
            if file.tell() >= size:
                break
            if not go_on():
                return False
            narrow(len(chunk))
        file.flush()
        os.fsync(file.fileno())
    return True


@contextmanager
def _narrow(response: httpx.Response, pacer: Pacer) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes the size of what came: it waits as the pacer says, and offers the sender a window
    that holds no more than the pacer lets us take in. Where mostly nothing lay there after the wait, the line is the
    limit and not the pacer.
    """
    stream: httpcore.NetworkStream = response.extensions["network_stream"]
    connection = stream.get_extra_info("socket")
    offered, began, came, reads, empty = 0, stopwatch(), 0, 0, 0

    def narrow(size: int) -> None:
        nonlocal offered, began, came, reads, empty
        time.sleep(pacer.wait(size, stopwatch()))
        came, reads, empty = came + size, reads + 1, empty + (not stream.get_extra_info("is_readable"))
        if (took := stopwatch() - began) >= LOOK:
            if empty > reads / 2 and not pacer.yielding:
                pacer.starved(came / took)
            began, came, reads, empty = stopwatch(), 0, 0, 0
        window = int(LEAST_WINDOW + pacer.rate * pacer.round_trip)
        if abs(window - offered) > offered // 8:
            offer(connection, window)
            offered = window

    narrow(0)
    yield narrow
