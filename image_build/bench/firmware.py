"""The part of the Raspberry Pi's firmware that the bench plays: which boot partition of the card starts, what is on it.

The firmware reads autoboot.txt from the first partition and takes kernel, initramfs and command line from the boot
partition named there. The one-shot tryboot flag picks the other name.
"""

import os
import re
import subprocess
from pathlib import Path

from image_build.disk import SECTOR, partitions

_STARTS = ("kernel8.img", "initramfs8", "cmdline.txt")


class GuestError(RuntimeError):
    """The guest did not do what it must; the message is one line, the console's file says more."""


class Card:
    """A card's image, read while the guest is off or beside it."""

    def __init__(self, image: Path) -> None:
        self.image = image

    def autoboot(self) -> str:
        """Return autoboot.txt as it stands on the card."""
        return self.mtools(1, "mtype", "::autoboot.txt").decode()

    def committed(self) -> str:
        """Return the slot that a plain boot takes."""
        return {2: "A", 3: "B"}[boot_partition(self.autoboot(), tryboot=False)]

    def take_start_files(self, partition: int, folder: Path) -> None:
        """Copy what starts from a boot partition. Raises GuestError where the partition holds nothing that starts."""
        for name in _STARTS:
            try:
                (folder / name).write_bytes(self.mtools(partition, "mtype", f"::{name}"))
            except subprocess.CalledProcessError:
                raise GuestError(f"partition {partition} of the card has no {name}: nothing starts") from None

    def mtools(self, partition: int, tool: str, *words: object) -> bytes:
        """Run one of the mtools on a FAT partition, while the guest is off."""
        place = f"{self.image}@@{partitions()[partition].start * SECTOR}"
        environment = os.environ | {"MTOOLS_SKIP_CHECK": "1"}
        command = [tool, *(["-o"] if tool == "mcopy" else []), "-i", place, *map(str, words)]
        return subprocess.run(command, check=True, capture_output=True, env=environment).stdout


def boot_partition(autoboot: str, tryboot: bool) -> int:
    """Return the partition that the firmware boots from, as autoboot.txt tells it."""
    section = "tryboot" if tryboot and "tryboot_a_b=1" in autoboot else "all"
    match = re.search(rf"\[{section}\][^\[]*boot_partition=(\d)", autoboot)
    if not match:
        raise GuestError(f"autoboot.txt has no boot_partition in [{section}]")
    return int(match[1])
