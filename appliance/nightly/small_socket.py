"""Sockets that never hold much, on either side: made small before they connect, since a peer hears of it only then.

Segments of 536 bytes hold a line of 1 Mbit/s for 4.5 ms, where a full packet holds it for 12. The receive window has
no scale, so it can be offered to the byte, and it opens by a piece at a time.
"""

import select
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

SEGMENT = 536
ONE_READ = 2 * SEGMENT
WINDOW = 4096  # until the pacer knows better
_LEAST_OF_ALL = 0x04  # DSCP LE (RFC 8622) in the byte of IPv4's TOS and IPv6's traffic class
_OPTIONS = (
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT),
    (socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, WINDOW),
    (socket.SOL_SOCKET, socket.SO_SNDBUF, 4096),
    (socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536),
)
_CLASS = {
    socket.AF_INET: (socket.IPPROTO_IP, socket.IP_TOS, _LEAST_OF_ALL),
    socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _LEAST_OF_ALL),
}

Known = Callable[[ssl.SSLSocket], None]


def open_socket(host: str, port: int, timeout: float | None) -> socket.socket:
    """Connect to the first of the host's addresses that answers. Raises OSError."""
    reason = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        opened = socket.socket(family, kind, protocol)
        try:
            for option in (*_OPTIONS, _CLASS[socket.AddressFamily(family)]):
                opened.setsockopt(*option)
            opened.settimeout(timeout)
            opened.connect(address)
        except OSError as error:
            opened.close()
            reason = error
        else:
            return opened
    raise reason


def offer(opened: socket.socket, window: int) -> None:
    """Let the other side have at most so many bytes under way."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, min(65_535, window))


class SmallBackend(httpcore.NetworkBackend):
    """For httpcore's pool. `known` looks at a server after its TLS handshake, before anything is sent."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; the options are this module's own."""
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError):
            return _Stream(open_socket(host, port, timeout), self._known)


class _Stream(httpcore.NetworkStream):
    """A socket as httpcore uses it, read in small pieces."""

    def __init__(self, opened: socket.socket, known: Known) -> None:
        self._socket, self._known = opened, known

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _told(httpcore.ReadTimeout, httpcore.ReadError):
            self._socket.settimeout(timeout)
            return self._socket.recv(min(max_bytes, ONE_READ))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _told(httpcore.WriteTimeout, httpcore.WriteError):
            self._socket.settimeout(timeout)
            self._socket.sendall(buffer)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with _told(httpcore.ConnectTimeout, httpcore.ConnectError):
            self._socket.settimeout(timeout)
            opened = self._socket
            try:
                opened = secured = ssl_context.wrap_socket(opened, server_hostname=server_hostname)
                self._known(secured)
            except OSError:
                opened.close()
                raise
        return _Stream(secured, self._known)

    def get_extra_info(self, info: str) -> Any:
        if info == "socket":
            return self._socket
        if info == "is_readable":  # asked of a connection that was idle: it can be read only where it was closed
            return bool(select.select([self._socket], [], [], 0)[0])
        return None


@contextmanager
def _told(late: type[Exception], failed: type[Exception]) -> Iterator[None]:
    """Turn the system's errors into httpcore's."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise failed(str(error)) from error
