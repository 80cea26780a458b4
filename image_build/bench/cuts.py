"""The plug pulled while the card is written to, and PID 1 or a service that stops answering."""

import time

from image_build.bench.common import SLOTS, install, machine, trial, with_bundles
from image_build.bench.firmware import GuestError
from image_build.bench.machine import Machine
from image_build.bench.parts import Parts
from image_build.bench.table import Table, need

_SCRIBBLE = "while :; do dd if=/dev/urandom of=/data/scratch bs=64k count=16 conv=fsync; done"


def cuts(parts: Parts, table: Table) -> None:
    """The plug pulled while the card is written: by an installation, a trial, a commit."""
    with machine("cuts", parts) as box:
        box.start().page()
        box.verdict()
        for image, delay in (("rootfs.1", 1.0), ("rootfs.1", 6.0), ("boot.1", 1.0)):
            _cut_in_install(box, table, image, delay)
        _cuts_around_a_commit(box, table)


def quick(parts: Parts, table: Table) -> None:
    """One cut and one update: what must hold before any change lands."""
    with machine("quick", parts) as box:
        box.start().page()
        box.verdict()
        _cut_in_install(box, table, "rootfs.1", 3.0)
        with table.row("a good update is committed in slot B") as row:
            row.says = f"installed in {install(box, 'good'):.0f} s; {trial(box)}"
            need("committed" in row.says and box.card.committed() == "B", "not committed")


def growth(parts: Parts, table: Table) -> None:
    """The plug pulled in the first boot: before, right after and a while after the data partition was stretched."""
    with machine("growth", parts) as box, table.row("power cuts in the first boot, around the growth") as row:
        box.extra = "loglevel=7"  # or the console would not show what the initramfs says
        for moment, delay in (("slot A tryboot", 0.0), ("data partition grown", 0.0), ("slot A tryboot", 3.0)):
            box.start().wait_for(moment, 300)
            time.sleep(delay)
            box.cut()
        box.start()
        row.says = f"page after {box.page()} s; {box.verdict()}"
        need(int(box.sh("df -m --output=size /data | tail -1")) > 2000, "not grown")


def _cut_in_install(box: Machine, table: Table, image: str, delay: float) -> None:
    with table.row(f"power cut {delay:.0f} s into writing {image}, data written beside it") as row:
        with_bundles(box)
        box.sh(f"({_SCRIBBLE}) >/dev/null 2>&1 &")
        box.sh("(rauc install /run/bundles/good.raucb >/run/install.log 2>&1; sync) >/dev/null 2>&1 &")
        copying = f"until grep -q 'Copying image to {image}' /run/install.log; do sleep 0.2; done"
        box.sh(f'timeout 280 sh -c "{copying}" || {{ tail -n 4 /run/install.log; exit 1; }}')
        time.sleep(delay)
        box.cut()
        box.start()
        row.says = f"page after {box.page()} s; {box.verdict()}"
        need("slot A well" in row.says and box.card.committed() == "A", "another slot, or ill")
        need(box.sh(f"{SLOTS} get-state B; {SLOTS} armed") == "bad", "the half-written slot is not marked")


def _cuts_around_a_commit(box: Machine, table: Table) -> None:
    with table.row("power cut right after arming: the old slot, still armed") as row:
        install(box, "good")
        box.cut()
        box.start().page()
        row.says = box.verdict()
        need(box.sh(f"{SLOTS} armed") == "B" and "slot A well" in row.says, "not the old slot, or not armed")
    with table.row("power cut in the trial: the old slot, and the new one is bad") as row:
        box.reset("/usr/lib/tallybox/try")
        box.start()
        time.sleep(15)
        box.cut()
        box.start().page()
        row.says = box.verdict()
        need("slot A well" in row.says and box.sh(f"{SLOTS} get-state B") == "bad", "not fallen back")
    with table.row("power cut at the commit: the slot that autoboot.txt names, in order") as row:
        install(box, "good")
        box.reset("/usr/lib/tallybox/try")
        _cut_at_the_commit(box)
        slot = box.card.committed()
        box.start().page()
        row.says = box.verdict()
        need(f"slot {slot} well" in row.says and box.sh(f"{SLOTS} get-state {slot}") == "good", "not in order")
        code, text = box.ask("umount /config; fsck.vfat -n /dev/vda1")
        need(code == 0, f"the settings partition is still dirty: {text}")


def _cut_at_the_commit(box: Machine) -> None:
    box.start()
    was, until = box.card.autoboot(), time.monotonic() + 900
    while box.card.autoboot() == was:
        if time.monotonic() > until or not box.runs:
            raise GuestError("nothing was committed")
        time.sleep(0.05)
    box.cut()


def crashes(parts: Parts, table: Table) -> None:
    """A service that hangs, and PID 1 that crashes: systemd then freezes, and the board's watchdog resets it."""
    with machine("crashes", parts) as box:
        box.start().page()
        box.verdict()
        with table.row("a service that hangs is started again by its watchdog") as row:
            pid = "systemctl show -P MainPID tallybox-count"
            before = after = box.sh(pid)
            box.sh(f"kill -STOP {before}")
            for _ in range(100):
                if (after := box.sh(pid)) not in (before, "0"):
                    break
                time.sleep(3)
            row.says = f"process {before} became {after}"
            need(after not in (before, "0"), "it still hangs")
        with table.row("PID 1 crashes: the watchdog resets the box, and the same slot comes back") as row:
            started = time.monotonic()
            box.ask("kill -SEGV 1", 20, patient=False)
            box.wait_reset(300)
            row.says = f"reset after {time.monotonic() - started:.0f} s"
            box.start()
            row.says += f", page after {box.page()} s; {box.verdict()}"
            need("slot A well" in row.says and not box.tryboot, "another slot, or ill")
