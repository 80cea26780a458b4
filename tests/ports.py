"""Ports for servers that tests start as processes of their own."""

import os
import socket
from itertools import cycle

# Below what Linux gives to outgoing connections, and a block for each process: between the moment a port is chosen and
# the moment its server listens, nobody else takes it.
_FIRST, _BLOCKS, _BLOCK = 20_000, 120, 100
_start = _FIRST + os.getpid() % _BLOCKS * _BLOCK
_ports = cycle(range(_start, _start + _BLOCK))


def free_port() -> int:
    """Return a port of the loopback that nothing listens on, another one at each call."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("unreachable: the ports go round")
