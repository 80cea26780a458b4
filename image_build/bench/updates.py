"""Updates: kept when good, refused when wrong, taken back with the database when the program is broken."""

import subprocess

from image_build.bench.common import DAMAGE, DATA, SLOTS, install, machine, trial, with_bundles
from image_build.bench.firmware import GuestError
from image_build.bench.machine import Machine
from image_build.bench.parts import GOOD, Parts
from image_build.bench.table import Table, need
from image_build.settings import OUT

_WRONG = {
    "bit-in-data": "a bundle with one bit of its data turned",
    "bit-in-signature": "a bundle with one bit of its signature turned",
    "foreign": "a bundle signed by a stranger",
    "toaster": "a bundle for another board",
}
_DUMP = """python3 -c 'import sqlite3
for row in sqlite3.connect("/var/lib/tallybox/tallybox.db").iterdump(): print(row)'"""
_ADD = """/usr/lib/tallybox/as-tallybox python3 -c 'import sqlite3
with sqlite3.connect("/var/lib/tallybox/tallybox.db") as db:
    db.execute("INSERT INTO crossing (time, camera, line, direction) VALUES (1.0, ?, ?, ?)", ("door", "way", "in"))'"""


def update(parts: Parts, table: Table) -> None:
    """Good bundles are kept, bad ones refused, a broken program and its database taken back."""
    with machine("update", parts) as box:
        box.start().page()
        box.verdict()
        with_bundles(box)
        _refused(box, table)
        with table.row("a fetched bundle, asked for as the page does it, is committed in slot B") as row:
            box.sh(f"install -o tallybox -g tallybox -m 600 /run/bundles/good.raucb {DATA}/updates/good.raucb")
            box.sh("/usr/lib/tallybox/as-tallybox tallybox update")
            box.wait_reset(900)
            need(box.tryboot and box.card.committed() == "A", "no trial, or committed before it")
            row.says = box.start().verdict()
            need("committed" in row.says and box.card.committed() == "B", "not committed")
            need(box.sh("sed -n s/IMAGE_VERSION=//p /etc/os-release") == GOOD, "another version runs")
        with table.row("it stays after a plain restart") as row:
            box.reset()
            box.start().page()
            row.says = box.verdict()
            need("slot B well" in row.says, "another slot, or ill")
        _broken(box, table)


def _refused(box: Machine, table: Table) -> None:
    """Bundles that must not be installed, on a box that runs."""
    for name, what in _WRONG.items():
        with table.row(f"{what} is refused") as row:
            code, text = box.ask(f"TALLYBOX_NO_REBOOT=1 tallybox update /run/bundles/{name}.raucb")
            row.says = text.splitlines()[-1] if text else ""
            need(code, "it was installed")
            need(box.sh(f"{SLOTS} armed") == "", "and it is armed")
    with table.row("a revoked version is refused") as row:
        box.sh(f"echo {GOOD} >{DATA}/updates/revoked")
        code, row.says = box.ask("tallybox update /run/bundles/good.raucb")
        need(code and box.sh(f"{SLOTS} armed") == "", "it was installed")
        box.sh(f"rm {DATA}/updates/revoked")


def _broken(box: Machine, table: Table) -> None:
    """From a committed B: a broken version in A goes back, and so does what it did to the database."""
    box.sh(_ADD)
    before = _crossings(box)
    with table.row("a version whose counter is broken goes back") as row:
        install(box, "broken")
        box.extra, autoboot = "tallybox.gate=90", box.card.autoboot()
        row.says = trial(box)
        need("failed" in row.says, "it was kept")
        box.extra = ""
        box.wait_reset()
        need(not box.tryboot and box.card.autoboot() == autoboot, "autoboot.txt was touched")
        box.start().page()
        row.says += f"; then {box.verdict()}"
        need(box.sh("cat /run/tallybox/slot") == "B", "another slot")
        need(box.sh(f"{SLOTS} get-state A") == "bad", "the slot is not marked")
    with table.row("the database is what it was before the trial") as row:
        row.says = f"{len(before)} rows kept, none changed"
        need(before and _crossings(box) == before, f"{_crossings(box)} was {before}")
        need("from_the_future" not in box.sh(_DUMP), "a table of the trial is left")
    with table.row("a version that failed here is not tried again by itself") as row:
        with_bundles(box)
        code, row.says = box.ask("tallybox update /run/bundles/broken.raucb")
        need(code and box.sh(f"{SLOTS} armed") == "", "it was installed")


def _crossings(box: Machine) -> list[str]:
    return [line for line in box.sh(_DUMP).splitlines() if line.startswith('INSERT INTO "crossing"')]


def roots(parts: Parts, table: Table) -> None:
    """Slots that are empty or whose root does not mount: on trial, and committed."""
    with machine("roots", parts) as box:
        box.start().page()
        box.verdict()
        _empty(box, table)
        with table.row("a trial whose root is damaged falls back") as row:
            install(box, "good")
            box.sh(f"{DAMAGE}/dev/vda6")
            box.reset("/usr/lib/tallybox/try")
            box.start().wait_reset()
            box.start()
            row.says = f"page after {box.page()} s; {box.verdict()}"
            need("slot A well" in row.says and box.sh(f"{SLOTS} get-state B") == "bad", "not fallen back")
        with table.row("a committed slot whose root does not mount: the other one runs") as row:
            install(box, "good")
            need("committed" in trial(box), "not committed")
            box.sh(f"{DAMAGE}/dev/vda6")
            box.cut()
            box.start().wait_reset()
            need(box.tryboot, "the other slot was not asked for")
            box.start()
            row.says = f"page after {box.page()} s; {box.verdict()}"
            need(box.card.committed() == "A", "the slot that works is not committed")
            box.reset()
            box.start()
            need("slot A well" in box.verdict(), "not the slot that works")


def _empty(box: Machine, table: Table) -> None:
    """Slot B as it is flashed: nothing was ever written to it."""
    with table.row("an empty slot, armed and tried, falls back") as row:
        box.sh(f"{SLOTS} set-primary B")
        box.reset("/usr/lib/tallybox/try")
        need(box.tryboot, "the one-shot flag was not given")
        try:
            box.start()
        except GuestError as nothing_starts:
            row.says = str(nothing_starts)
        need(row.says, "something started")
        box.start()
        row.says += f"; then page after {box.page()} s; {box.verdict()}"
        need("slot A well" in row.says and box.sh(f"{SLOTS} get-state B") == "bad", "not fallen back")


def stick(parts: Parts, table: Table) -> None:
    """A stick with the good bundle is plugged into a box that runs."""
    image = OUT / "stick.vfat"
    image.unlink(missing_ok=True)
    size = parts.good.stat().st_size // 1024 + 32 * 1024
    subprocess.run(["mkfs.vfat", "-C", "-F", "32", image, str(size)], check=True, capture_output=True)
    subprocess.run(["mcopy", "-i", image, parts.good, "::"], check=True)
    with machine("stick", parts) as box:
        box.start().page()
        box.verdict()
        with table.row("a USB stick with an update: plugged in, installed, tried, committed") as row:
            box.qmp("blockdev-add", driver="file", filename=str(image), **{"node-name": "stick"})
            box.qmp("device_add", driver="usb-storage", drive="stick", bus="usb.0")
            box.wait_reset(900)
            need(box.tryboot, "the one-shot flag was not given")
            box.start()
            row.says = box.verdict()
            need("committed" in row.says and box.card.committed() == "B", "not committed")
