"""A shop's line as network namespaces: box and till behind a router whose uplink and downlink the kernel shapes.

    box 10.77.1.2 --\\
                     router == 1 Mbit/s up, 8 down, 500 ms of buffer == headquarters 10.77.9.2
    till 10.77.2.2 -/
"""

import shutil
import subprocess
import sys
from pathlib import Path

HQ = "10.77.9.2"
UP, DOWN = 1_000_000, 8_000_000  # bits a second
NAMES = ("tb-box", "tb-till", "tb-router", "tb-hq")
WIRES = (  # end, interface, address; router's interface, address
    ("tb-box", "e0", "10.77.1.2/24", "b0", "10.77.1.1/24"),
    ("tb-till", "e0", "10.77.2.2/24", "t0", "10.77.2.1/24"),
    ("tb-hq", "e0", "10.77.9.2/24", "w0", "10.77.9.1/24"),
)


class LineError(RuntimeError):
    """The namespaces can't be had; the message is one line."""


def run(*command: str) -> str:
    """Run a command; return what it printed. Raises LineError."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LineError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def lay() -> None:
    """Make the namespaces, wire and shape them."""
    for tool in ("ip", "tc", "ethtool", "ping"):
        if not shutil.which(tool):
            raise LineError(f"{tool} is missing: apt-get install iproute2 ethtool iputils-ping")
    take_away()
    for name in NAMES:
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    for end, near, address, far, gateway in WIRES:
        run("ip", "link", "add", near, "netns", end, "type", "veth", "peer", "name", far, "netns", "tb-router")
        for name, interface, its in ((end, near, address), ("tb-router", far, gateway)):
            run("ip", "-n", name, "addr", "add", its, "dev", interface)
            run("ip", "-n", name, "link", "set", interface, "up")
            # else the queue would see packets of 64 KB that no real line carries
            run("ip", "netns", "exec", name, "ethtool", "-K", interface, "tso", "off", "gso", "off", "gro", "off")
        run("ip", "-n", end, "route", "add", "default", "via", gateway.split("/")[0])
    run("ip", "netns", "exec", "tb-router", "sysctl", "-qw", "net.ipv4.ip_forward=1")
    # the uplink's queue is the router's, the downlink's the provider's, and both are everybody's in the shop
    for name, interface, rate in (("tb-router", "w0", UP), ("tb-hq", "e0", DOWN)):
        shape = ["rate", f"{rate}bit", "burst", "2000", "latency", "500ms"]
        run("ip", "netns", "exec", name, "tc", "qdisc", "add", "dev", interface, "root", "tbf", *shape)


def take_away() -> None:
    """Remove the namespaces."""
    for name in NAMES:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def inside(name: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start this bench's python in a namespace."""
    command = ["ip", "netns", "exec", name, sys.executable, "-m", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def pings(seconds: float) -> list[float]:
    """Return the till's round trips to headquarters in milliseconds, ten a second; a lost one counts as a second."""
    count = int(seconds * 10)
    command = ["ip", "netns", "exec", "tb-till", "ping", "-n", "-i", "0.1", "-c", str(count), "-W", "1", HQ]
    out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    times = [float(line.split("time=")[1].split()[0]) for line in out.splitlines() if "time=" in line]
    return sorted([*times, *[1000.0] * (count - len(times))])


def bytes_from_box() -> int:
    """Return how many bytes the router has taken in from the box so far."""
    return _counter("rx_bytes")


def bytes_to_box() -> int:
    """Return how many bytes the router has handed to the box so far."""
    return _counter("tx_bytes")


def _counter(name: str) -> int:
    return int(run("ip", "netns", "exec", "tb-router", "cat", f"/sys/class/net/b0/statistics/{name}"))


def allowed() -> bool:
    """Say whether namespaces can be made here."""
    try:
        run("ip", "netns", "add", "tb-try")
        run("ip", "netns", "del", "tb-try")
    except (LineError, OSError):
        return False
    return Path("/proc/self/ns/net").exists()
