"""First boot and second, what runs and listens, the clip that is counted, memory, and what an idle box writes."""

import json
import subprocess
import sys
import time
from typing import Any

from image_build.bench.common import DATA, machine, memory, with_bundles
from image_build.bench.machine import Machine
from image_build.bench.parts import CLIP_FRAMES, Parts
from image_build.bench.table import Table, need
from image_build.settings import OUT, REPOSITORY

CLIP = REPOSITORY / "tests/scenes/demo.mp4"
_MAY_LISTEN = {"tcp 0.0.0.0:8080", "udp 0.0.0.0:5353", "udp [::]:5353"}


def boot(parts: Parts, table: Table) -> None:
    """First boot, growth, what runs and listens; the second boot."""
    with machine("boot", parts) as box:
        with table.row("first boot: the page answers") as row:
            box.start()
            row.says = f"after {box.page()} s"
        with table.row("the gate finds the box well") as row:
            row.says = box.verdict()
            need("NOT" not in row.says, box.sh("cat /run/tallybox/health"))
        with table.row("the data partition has grown to the card's end") as row:
            size = int(box.sh("df -m --output=size /data | tail -1"))
            row.says = f"{size} MB; {box.written() / 1e6:.1f} MB written so far"
            need(size > 2000, "too small")
        with table.row("no unit has failed, and only the page and mDNS listen") as row:
            failed = box.sh("systemctl --failed --no-legend --plain")
            need(not failed, failed)
            listens = set(box.sh("ss -Htuln | awk '{print $1, $5}' | grep -v 127.0.0 | sort -u").splitlines())
            row.says = ", ".join(sorted(listens))
            need(listens <= _MAY_LISTEN, "something else listens")
        with table.row("keys and code are the box's own, and the label lies on the card") as row:
            code = box.sh(f"cat {DATA}/keys/page.code")
            need(f"{code[:4]}-{code[4:]}" in box.sh("cat /config/tallybox-label.html"), "no label, or another code")
            row.says = ", ".join(box.sh(f"stat -c '%U %a %n' {DATA}/keys/*").splitlines())
            need(row.says.count("tallybox 600") == 3, "keys are missing or too open")
        with table.row("the root can't be written") as row:
            status, row.says = box.ask("touch /usr/bin/x")
            need(status, "it was written")
        machine_id, name = box.sh("cat /etc/machine-id"), box.sh("hostname")
        with table.row("the second boot keeps the box's name, and is no trial") as row:
            box.reset()
            need(not box.tryboot, "the one-shot flag was given")
            box.start()
            row.says = f"page after {box.page()} s; {name}"
            need([box.sh("cat /etc/machine-id"), box.sh("hostname")] == [machine_id, name], "another name")


def counting(parts: Parts, table: Table) -> None:
    """The same clip, the same crossings as here; and the counter itself, with the clip as its camera."""
    line = json.loads(CLIP.with_suffix(".truth.json").read_text())["lines"][0]
    ends, inside = (",".join(map(str, numbers)) for numbers in ([*line["a"], *line["b"]], line["inside"]))
    replay = ["--line", f"{line['name']}:{ends}:{inside}", "--json"]
    with machine("counting", parts) as box:
        box.start().page()
        with_bundles(box)
        with table.row("a bundled clip: the same crossings as on this machine") as row:
            here = [sys.executable, "-m", "appliance.cli", "replay", str(OUT / "demo.mp4"), *replay]
            wanted = _crossings(subprocess.run(here, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout)
            box.sh("install -D -m 644 /run/bundles/demo.mp4 /run/clip/demo.mp4")
            started = time.monotonic()
            there = f"/usr/lib/tallybox/as-tallybox tallybox replay /run/clip/demo.mp4 {' '.join(replay)} 2>/dev/null"
            found = _crossings(box.sh(there, timeout=1200))
            row.says = f"{len(found)} crossings, {CLIP_FRAMES / (time.monotonic() - started):.1f} frames/s emulated"
            need(found and found == wanted, f"{found} and here {wanted}")
        with table.row("the counter service sees the clip as its camera, and writes what it saw") as row:
            box.sh(f"install -o tallybox -g tallybox -m 644 /run/bundles/demo.mp4 {DATA}/demo.mp4")
            box.sh(f"cat >{DATA}/tallybox.toml <<'END'\n{_configuration(line)}\nEND")
            for _ in range(120):  # real speed is beyond an emulated processor, so it need not count here
                if (minutes := _query(box, "SELECT count(*) FROM coverage_minute WHERE frames > 0")) != "0":
                    break
                time.sleep(3)
            health = box.sh("/usr/lib/tallybox/as-tallybox tallybox health | grep counter", check=False)
            row.says = f"{minutes} minutes seen; {memory(box)[1]}"
            need(minutes != "0" and "camera door sees" in health, health)
        _firewall(box, table)


def _firewall(box: Machine, table: Table) -> None:
    """What becomes of packets outward: the counter sends none, and one that is sent on purpose is refused."""
    refused = "nft list counter inet tallybox refused_out_tallybox | grep packets"
    with table.row("nothing of ours has tried to reach anything outside") as row:
        row.says = box.sh(refused).strip()
        need("packets 0 " in row.says, "packets were refused")
    with table.row("a packet to an address that the settings do not name is refused and counted") as row:
        call = 'import socket; socket.create_connection(("198.51.100.7", 443), 5)'
        code, text = box.ask(f"/usr/lib/tallybox/as-tallybox python3 -c '{call}'")
        row.says = f"{text.splitlines()[-1]}; {box.sh(refused).strip()}"
        need(code and "packets 0 " not in row.says, "it went out")


def _crossings(text: str) -> list[tuple[int, str, str]]:
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [(row["frame"], row["line"], row["direction"]) for row in rows if row["kind"] == "crossing"]


def _configuration(line: dict[str, Any]) -> str:
    rows = ["[camera.door]", f'source = "{DATA}/demo.mp4"', "rate = 4", f"[camera.door.line.{line['name']}]"]
    return "\n".join([*rows, f"start = {line['a']}", f"end = {line['b']}", f"inside = {line['inside']}"])


def _query(box: Machine, query: str) -> str:
    opened = f"sqlite3.connect('file:{DATA}/tallybox.db?mode=ro', uri=True)"
    return box.sh(f"python3 -c \"import sqlite3; print({opened}.execute('{query}').fetchone()[0])\"")


def small(parts: Parts, table: Table) -> None:
    """A board with 512 MB of memory."""
    with machine("small", parts, megabytes=512) as box, table.row("a board with 512 MB is within 400 MB") as row:
        box.start()
        row.says = f"page after {box.page()} s"
        box.verdict()
        used, told = memory(box)
        row.says += f"; {told}"
        need(used <= 400, "more than 400 MB")


def idle(parts: Parts, table: Table) -> None:
    """A box with nothing to see: what it writes, and what it uses."""
    with machine("idle", parts) as box:
        box.start().page()
        box.verdict()
        time.sleep(90)
        with table.row("an idle box writes at most 1 MB an hour") as row:
            before = box.written()
            time.sleep(600)
            hourly = 6 * (box.written() - before)
            row.says = f"{hourly / 1e6:.2f} MB an hour (10 minutes measured); {memory(box)[1]}"
            need(hourly <= 1_000_000, "more")
