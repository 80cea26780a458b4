"""What the bench boots: a card with version 1, bundles of later ones, some of them bad on purpose. Built once."""

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

import av

from image_build import __main__ as build
from image_build import bundle as bundles
from image_build import root, settings
from image_build.settings import OUT, Board

CLIP_FRAMES = 130  # of the demo, in which several people cross
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
    folders = {version: OUT / f"{board.name}-{version}" for version in (FIRST, GOOD, BROKEN)}
    for version, folder in folders.items():
        marks: dict[str, root.Entry] = {"usr/bin/tallybox": (root.PROGRAM, _BROKEN_PROGRAM)}
        build.slot(board, version, folder, marks if version == BROKEN else None)
    built = Parts(
        image=folders[FIRST] / f"tallybox-{board.name}-{FIRST}.img",
        stick=OUT / "bundles.vfat",
        good=OUT / f"tallybox-{GOOD}-{board.name}.raucb",
    )
    slots = [(folder / "made-from").read_text() for folder in folders.values()]
    made_from, stamp = settings.fingerprint(slots, Path(__file__).read_bytes()), OUT / "made-from"
    if stamp.exists() and stamp.read_text() == made_from:
        return built
    stamp.unlink(missing_ok=True)
    build.image(board, FIRST)
    build.bundle(board, GOOD)
    broken = bundles.bundle(folders[BROKEN], board.name, BROKEN, OUT / "broken.raucb")
    stranger = bundles.signing_keys(settings.CACHE / "stranger", "stranger")
    foreign = bundles.bundle(folders[GOOD], board.name, "1.0.3", OUT / "foreign.raucb", stranger)
    other = bundles.bundle(folders[GOOD], "toaster", "1.0.4", OUT / "toaster.raucb")
    _stick(built.stick, {"good": built.good, "broken": broken, "foreign": foreign, "toaster": other})
    stamp.write_text(made_from)
    return built


def beginning(clip: Path, target: Path, frames: int) -> Path:
    """Copy the first frames of a clip, without decoding: an emulated processor takes a second for each."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as copy:
        video = copy.add_stream_from_template(source.streams.video[0])
        for packet in itertools.islice(source.demux(video=0), frames):
            packet.stream = video
            copy.mux(packet)
    return target


def _stick(stick: Path, files: dict[str, Path]) -> None:
    """Write a FAT disk with all bundles, and two more that differ from the good one by a bit."""
    size = files["good"].stat().st_size
    for name, at in (("bit-in-data", size // 2), ("bit-in-signature", size - 200)):
        files[name] = OUT / f"{name}.raucb"
        shutil.copy(files["good"], files[name])
        with files[name].open("r+b") as file:
            file.seek(at)
            (byte,) = file.read(1)
            file.seek(at)
            file.write(bytes([byte ^ 1]))
    clip = beginning(settings.REPOSITORY / "tests/scenes/demo.mp4", OUT / "demo.mp4", CLIP_FRAMES)
    stick.unlink(missing_ok=True)
    kilobytes = sum(path.stat().st_size for path in files.values()) // 1024 + 64 * 1024
    settings.run("mkfs.vfat", "-C", "-F", "32", "-n", "BUNDLES", stick, kilobytes)
    for name, path in files.items():
        settings.run("mcopy", "-i", stick, path, f"::{name}.raucb")
    settings.run("mcopy", "-i", stick, clip, "::demo.mp4")
