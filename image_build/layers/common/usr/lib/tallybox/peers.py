"""Prints whom the configuration names, an address and a port a line: cameras on the network, and headquarters.

Runs as the box's user; what it prints is checked again by the firewall script before it becomes a rule.
"""

import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from appliance import config

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


def named(settings: config.Settings) -> set[tuple[str, int]]:
    """Return host and port of every address in the settings."""
    addresses = [camera.source for camera in settings.cameras] + [settings.headquarters.url]
    found = set()
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme in PORTS and parts.hostname:
            found.add((parts.hostname, parts.port or PORTS[parts.scheme]))
    return found


def resolved(peers: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return the addresses behind the names; a name that can't be found is left for the next time."""
    found = set()
    for host, port in peers:
        try:
            found |= {(str(info[4][0]), port) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except OSError:
            print(f"peers: {host} is not found", file=sys.stderr)
    return found


if __name__ == "__main__":
    for address, port in sorted(resolved(named(config.load(Path(sys.argv[1]))))):
        print(address, port)
