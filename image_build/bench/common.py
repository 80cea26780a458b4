"""What the parts of the bench share: a box with a fresh card and bundles beside it, an installation, a trial."""

import time
from collections.abc import Callable

from image_build.bench.machine import MEMORY, Machine
from image_build.bench.parts import Parts
from image_build.bench.table import Table, need
from image_build.settings import OUT

CARD = 4 << 30  # bytes
SLOTS = "/usr/lib/tallybox/slots"
DATA = "/var/lib/tallybox"
DAMAGE = "dd if=/dev/zero bs=64k count=1 conv=notrunc,fsync status=none of="
Check = Callable[[Parts, Table], None]


def machine(name: str, parts: Parts, megabytes: int = MEMORY) -> Machine:
    """Return a box with a fresh card of 4 GiB, and the bundles on a second disk."""
    box = Machine(OUT / "run" / name, parts.image, size=CARD, memory=megabytes)
    box.devices += ["-drive", f"if=none,id=bundles,file={parts.stick},format=raw,readonly=on"]
    box.devices += ["-device", "virtio-blk-pci,drive=bundles"]
    return box


def with_bundles(box: Machine) -> None:
    """Mount the second disk in the guest."""
    box.sh("mkdir -p /run/bundles; mountpoint -q /run/bundles || mount -o ro /dev/vdb /run/bundles")


def install(box: Machine, name: str) -> float:
    """Install a bundle and arm it; return the seconds."""
    with_bundles(box)
    started = time.monotonic()
    box.sh(f"TALLYBOX_NO_REBOOT=1 tallybox update --force /run/bundles/{name}.raucb", 900)
    return time.monotonic() - started


def trial(box: Machine) -> str:
    """Restart into what is armed, and return the gate's verdict."""
    before = box.card.committed()
    box.reset("/usr/lib/tallybox/try")
    need(box.card.committed() == before, "committed before it was tried")
    need(box.tryboot, "the one-shot flag was not given")
    box.start()
    return box.verdict()


def memory(box: Machine) -> tuple[int, str]:
    """Return the megabytes in use (all that could not be given back), and a sentence with the services' own."""
    used = int(box.sh("awk '/MemTotal/{t=$2} /MemAvailable/{a=$2} END {print int((t-a)/1000)}' /proc/meminfo"))
    told = []
    for unit in ("count", "web", "nightly"):
        stat = f"/sys/fs/cgroup/system.slice/tallybox-{unit}.service/memory.stat"
        told.append(f"{unit} {int(box.sh(f'grep ^anon {stat}').split()[1]) / 1e6:.0f}")
    return used, f"{used} MB in use, of it {', '.join(told)}"
