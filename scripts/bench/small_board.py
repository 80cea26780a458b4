"""The whole box within the memory of a small board: three services, one camera (the bundled clip at real speed).

    sudo python -m scripts.bench.small_board [--board zero2w|pi4] [--seconds 60]

Prints pictures a second, memory by service, the time to the first count, and whether the kernel had to kill anything.
The memory limit is the board's, by a cgroup; the processor is this machine's, so beside it stands an ESTIMATE of the
board's own speed, from published times of a net that is much like ours.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from appliance.storage.live import ask_state
from scripts.demo import settings

OUR_MACS = 1021e6  # multiply-adds of the person net at 384x224 (every convolution's output times its kernel)
MOBILENET_MACS = 569e6  # of MobileNet v1 at 224x224
CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Board:
    """A board's memory that is left to programs, and what is published of its processor (ncnn's benchmark)."""

    name: str
    megabytes: int
    mobilenet_ms: float
    source: str


BOARDS = {
    "zero2w": Board("Raspberry Pi Zero 2 W", 400, 152.3 * 1.4, "Pi 3 B+ fp32 at 1.4 GHz, scaled to 1.0 GHz, 4 threads"),
    "pi4": Board("Raspberry Pi 4, 2 GB", 1800, 34.4, "int8 at 1.8 GHz, 4 threads"),
}


def make_group(megabytes: int) -> Path:
    """Return a new cgroup with that limit, of version 2 or 1."""
    two = (CGROUPS / "cgroup.controllers").exists()
    group = (CGROUPS if two else CGROUPS / "memory") / f"tallybox-bench-{os.getpid()}"
    try:
        group.mkdir()
        (group / ("memory.max" if two else "memory.limit_in_bytes")).write_text(str(megabytes * 1_000_000))
    except OSError as error:
        raise click.ClickException(
            f"a cgroup with a memory limit is needed (root, and the controller): {error}"
        ) from None
    return group


def killed(group: Path) -> int:
    """Return how often the kernel killed for want of memory."""
    for name in ("memory.events", "memory.oom_control"):
        if (group / name).exists():
            rows = dict(line.split() for line in (group / name).read_text().splitlines())
            return int(rows.get("oom_kill", 0))
    return 0


def peak(group: Path) -> float:
    """Return the most megabytes the group ever held, page cache included."""
    name = next(n for n in ("memory.peak", "memory.max_usage_in_bytes") if (group / n).exists())
    return int((group / name).read_text()) / 1e6


def services(parent: int) -> dict[str, float]:
    """Return each service's own share of memory (PSS, its children included), in megabytes."""
    found: dict[str, float] = {}
    for child in _children(parent):
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found[words[3] if len(words) > 3 else "?"] = sum(map(_pss, [child, *_children(child)]))
    return found


def _children(pid: int) -> list[int]:
    return [
        int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()
    ]


def _pss(pid: int) -> float:
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1000


def first_count(database: Path, started: float, patience: float) -> float | None:
    """Return the seconds until the first crossing stood in the database."""
    while time.monotonic() - started < patience:
        try:
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
                if db.execute("SELECT count(*) FROM crossing").fetchone()[0]:
                    return time.monotonic() - started
        except sqlite3.Error:
            pass
        time.sleep(0.2)
    return None


@click.command(help=__doc__)
@click.option("--board", "name", type=click.Choice(list(BOARDS)), default="zero2w", show_default=True)
@click.option("--seconds", default=60, show_default=True, help="How long to look after the first count.")
def bench(name: str, seconds: int) -> None:
    board = BOARDS[name]
    group = make_group(board.megabytes)
    with tempfile.TemporaryDirectory() as folder:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (Path(folder) / "tallybox.toml").write_text(settings(port))
        started = time.monotonic()
        command = [sys.executable, "-m", "appliance.cli", "run", "--data", folder]
        box = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: _enter(group)
        )
        try:
            counted = first_count(Path(folder) / "tallybox.db", started, 180)
            time.sleep(seconds)
            state, memory = ask_state(Path(folder) / "live.sock"), services(box.pid)
        finally:
            box.send_signal(signal.SIGTERM)
            box.wait(30)
        report(board, counted, state, memory, group)
    group.rmdir()


def _enter(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))


def report(board: Board, counted: float | None, state: dict | None, memory: dict[str, float], group: Path) -> None:
    rate = state["cameras"]["door"]["per_second"] if state else 0.0
    click.echo(f"{board.name}: within {board.megabytes} MB, on this machine's processor")
    click.echo(f"  first count        {'none' if counted is None else f'{counted:.1f} s after the start'}")
    click.echo(f"  pictures a second  {rate} (the clip has 10)")
    for service, megabytes in memory.items():
        click.echo(f"  memory {service:11s} {megabytes:.0f} MB")
    click.echo(f"  memory in all      {sum(memory.values()):.0f} MB; at most {peak(group):.0f} MB with the page cache")
    click.echo(f"  killed for memory  {killed(group)} times")
    took = board.mobilenet_ms * OUR_MACS / MOBILENET_MACS
    click.echo(
        f"  ESTIMATE for the board, not measured: {took:.0f} ms a picture, {1000 / took:.1f} a second with all cores"
    )
    click.echo(
        f"    (MobileNet v1 there takes {board.mobilenet_ms:.0f} ms: {board.source}; ours has {OUR_MACS / 1e6:.0f} M"
    )
    click.echo(
        f"    multiply-adds to its {MOBILENET_MACS / 1e6:.0f} M; another library's kernels, so take it as an order)"
    )


if __name__ == "__main__":
    bench()
