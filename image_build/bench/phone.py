"""What a phone or a PC does in a network, run in the guest beside the box, in a network namespace of its own.

phone.py lease INTERFACE | names NAME SERVER | resolve NAME ADDRESS | get URL | post URL KEY=VALUE ...

Uses nothing but the standard library: the guest has no other tools.
"""

import socket
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

MDNS = ("224.0.0.251", 5353)
_TAKE = '#!/bin/sh\n[ "$1" != bound ] || { ip addr flush dev $interface; ip addr add $ip/24 dev $interface; }\n'


def lease(interface: str) -> str:
    """Take an address by DHCP and return it."""
    script = Path("/run/take-lease")
    script.write_text(_TAKE)
    script.chmod(0o755)
    subprocess.run(["busybox", "udhcpc", "-i", interface, "-n", "-q", "-t", "10", "-s", script], check=True)
    told = subprocess.run(["ip", "-4", "-o", "addr", "show", interface], capture_output=True, text=True, check=True)
    return told.stdout.split()[3].split("/")[0]


def question(name: str) -> bytes:
    """Return a DNS question for the IPv4 address of a name."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">6H", 0, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


def addresses(answer: bytes) -> list[str]:
    """Return the IPv4 addresses in a DNS answer; none in a question."""
    _, flags, questions, *counts = struct.unpack(">6H", answer[:12])
    if not flags & 0x8000:
        return []
    at, found = 12, []
    for _ in range(questions):
        at = _behind_name(answer, at) + 4
    for _ in range(sum(counts)):
        at = _behind_name(answer, at)
        kind, _, _, length = struct.unpack(">2HIH", answer[at : at + 10])
        at += 10 + length
        if kind == 1:
            found.append(socket.inet_ntoa(answer[at - 4 : at]))
    return found


def _behind_name(answer: bytes, at: int) -> int:
    while length := answer[at]:
        if length >= 0xC0:
            return at + 2
        at += 1 + length
    return at + 1


def ask(sock: socket.socket, name: str, whom: tuple[str, int], timeout: float = 40) -> str:
    """Ask until there is an answer with an address; raises TimeoutError."""
    sock.settimeout(2)
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        sock.sendto(question(name), whom)
        try:
            while not (found := addresses(sock.recv(4096))):
                pass
        except TimeoutError:
            continue
        return found[0]
    raise TimeoutError(f"nobody answers for {name}")


def names(name: str, server: str) -> str:
    """Return the address that a name server gives for a name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return ask(sock, name, (server, 53))


def resolve(name: str, own: str) -> str:
    """Return the address of a .local name, asked for as resolvers do: by multicast, from port 5353."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("", MDNS[1]))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        group = socket.inet_aton(MDNS[0]) + socket.inet_aton(own)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        return ask(sock, name, MDNS)


def get(url: str, *fields: str) -> str:
    """Return a page; with fields a form is sent."""
    body = urllib.parse.urlencode(dict(field.split("=", 1) for field in fields)).encode() if fields else None
    with urllib.request.urlopen(url, body, 30) as answer:  # noqa: S310 - the bench says which
        return str(answer.read().decode())


if __name__ == "__main__":
    commands: dict[str, Callable[..., str]] = {
        "lease": lease, "names": names, "resolve": resolve, "get": get, "post": get,
    }  # fmt: skip
    print(commands[sys.argv[1]](*sys.argv[2:]))
