"""What the bench boots: a card with version 1, bundles of later ones, some of them bad on purpose. Built once."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from image_build import __main__ as build
from image_build import bundle as bundles
from image_build import root, settings
from image_build.settings import OUT, Board

FIRST, GOOD, BROKEN = "1.0.0", "1.0.1", "1.0.2"

# A counter that writes what the older program does not know, and then can't go on.
_BROKEN_PROGRAM = b"""#!/bin/sh
export TALLYBOX_DATA=/var/lib/tallybox PYTHONDONTWRITEBYTECODE=1
case $1 in
  count)
    /usr/bin/python3 -c '
import sqlite3
with sqlite3.connect("/var/lib/tallybox/tallybox.db") as db:
    db.execute("CREATE TABLE IF NOT EXISTS from_the_future (a)")
    db.execute("UPDATE crossing SET direction = direction || \\"?\\"")
'
    echo "broken on purpose" >&2
    exit 1 ;;
esac
exec /usr/lib/tallybox/bin/python3 -m appliance.cli "$@"
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The card's image, and the disk with bundles that is put beside it."""

    image: Path
    stick: Path
    good: Path


def parts(board: Board) -> Parts:
    """Build what is not there yet."""
    image = build.image(board, FIRST)
    good = build.bundle(board, GOOD)
    broken = OUT / f"{board.name}-{BROKEN}"
    build.slot(board, BROKEN, broken, {"usr/bin/tallybox": (root.PROGRAM, _BROKEN_PROGRAM)})
    bad = bundles.bundle(broken, board.name, BROKEN, OUT / "broken.raucb")
    stranger = bundles.signing_keys(settings.CACHE / "stranger", "stranger")
    folder = OUT / f"{board.name}-{GOOD}"
    foreign = bundles.bundle(folder, board.name, "1.0.3", OUT / "foreign.raucb", stranger)
    other = bundles.bundle(folder, "toaster", "1.0.4", OUT / "toaster.raucb")
    return Parts(image, _stick(good, bad, foreign, other), good)


def _stick(good: Path, broken: Path, foreign: Path, other: Path) -> Path:
    """A FAT disk with all bundles, and two that differ from the good one by a bit."""
    turned = {}
    size = good.stat().st_size
    for name, at in (("bit-in-data", size // 2), ("bit-in-signature", size - 200)):
        turned[name] = OUT / f"{name}.raucb"
        shutil.copy(good, turned[name])
        with turned[name].open("r+b") as file:
            file.seek(at)
            (byte,) = file.read(1)
            file.seek(at)
            file.write(bytes([byte ^ 1]))
    files = {"good": good, "broken": broken, "foreign": foreign, "toaster": other, **turned}
    stick = OUT / "bundles.vfat"
    stick.unlink(missing_ok=True)
    kilobytes = sum(path.stat().st_size for path in files.values()) // 1024 + 64 * 1024
    settings.run("mkfs.vfat", "-C", "-F", "32", "-n", "BUNDLES", stick, kilobytes)
    for name, path in files.items():
        subprocess.run(["mcopy", "-i", stick, path, f"::{name}.raucb"], check=True, env=os.environ | settings.FIXED)
    clip = settings.REPOSITORY / "tests/scenes/demo.mp4"
    subprocess.run(["mcopy", "-i", stick, clip, "::demo.mp4"], check=True, env=os.environ | settings.FIXED)
    return stick
