"""Bytes in and out through the pacer: small pieces on sockets that never hold much, marked as the least of all traffic.

Uploads (the backlog) and downloads (update bundles) both go this way, and nothing else of the box goes outside.
"""

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from appliance.clock import stopwatch
from appliance.nightly.pacer import PIECE, Pacer

LEAST_OF_ALL = 0x04  # DSCP LE (RFC 8622) in the TOS byte
SMALL_SEGMENT = 536  # bytes: 4.5 ms of a line of 1 Mbit/s, where a full packet is 12 ms
SMALL_BUFFER = 4096

SOCKET_OPTIONS = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.IPPROTO_IP, socket.IP_TOS, LEAST_OF_ALL),
    (socket.IPPROTO_TCP, socket.TCP_MAXSEG, SMALL_SEGMENT),
    (socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER),
    (socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER),
]


class TransferError(RuntimeError):
    """A transfer can't be finished; the message is one line."""


def pieces(body: bytes, pacer: Pacer) -> Iterator[bytes]:
    """Yield a body in pieces, as fast as the pacer allows. For httpx's `content`."""
    for start in range(0, len(body), PIECE):
        piece = body[start : start + PIECE]
        time.sleep(pacer.wait(len(piece), stopwatch()))
        yield piece


def fetch(http: httpx.Client, url: str, target: Path, sha256: str, pacer: Pacer) -> Path:
    """Download a file, going on where an earlier try ended; return it once its sha256 is right.

    It lies in `target` only when whole and right. Raises TransferError, and httpx.HTTPError where the line breaks: then
    what came is kept beside it for the next try.
    """
    part = target.with_name(target.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    with http.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as response:
        if response.status_code == 416:  # nothing is left to ask for
            pass
        elif response.status_code not in (200, 206):
            raise TransferError(f"{url}: answered {response.status_code}")
        else:
            with part.open("ab" if response.status_code == 206 else "wb") as file, _narrow(response, pacer) as narrow:
                for chunk in response.iter_raw(PIECE):
                    file.write(chunk)
                    time.sleep(pacer.wait(len(chunk), stopwatch()))
                    narrow()
    found = hashlib.sha256(part.read_bytes()).hexdigest()
    if found != sha256:
        part.unlink()
        raise TransferError(f"{url}: is not what was announced (sha256 {found[:12]}…, not {sha256[:12]}…)")
    return part.rename(target)


@contextmanager
def _narrow(response: httpx.Response, pacer: Pacer) -> Iterator[Callable[[], None]]:
    """Yield a function that keeps the window which we offer the sender near what the pacer lets us take in."""
    stream = response.extensions.get("network_stream")
    connection: socket.socket | None = stream.get_extra_info("socket") if stream else None
    last = [0]

    def narrow() -> None:
        window = int(min(65_536.0, PIECE + SMALL_SEGMENT + pacer.rate * pacer.round_trip))
        if connection is not None and abs(window - last[0]) > last[0] // 4:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, window)
            last[0] = window

    narrow()
    yield narrow
