"""The boot partition of a slot, and the settings partition: FAT images made by mtools, the same bytes each time."""

import os
import shutil
import tarfile
import zlib
from pathlib import Path

from image_build import base as debian
from image_build import kernel, settings
from image_build.settings import EPOCH, HERE, Board, BuildError

MEGABYTE = 1 << 20
AUTOBOOT = "[all]\ntryboot_a_b=1\nboot_partition={}\n[tryboot]\nboot_partition={}\n"


def slot_files(board: Board, version: str) -> dict[str, bytes | Path]:
    """Return what lies on the boot partition of a slot: {name: content}. The same serves slot A and slot B."""
    files: dict[str, bytes | Path] = {
        "cmdline.txt": f"{board.cmdline}\n".encode(),
        "version.txt": f"{version}\n".encode(),
    }
    files["config.txt"] = board.config.encode()
    busybox = _from_base(board, "usr/bin/busybox")
    for image, name in board.kernels.items():
        unpacked = kernel.package(board, name)
        files[image] = kernel.image(unpacked)
        ramdisk = image.replace("kernel", "initramfs").removesuffix(".img")
        files[ramdisk] = kernel.initramfs(kernel.Modules(unpacked), board.early, busybox)
        if board.device_trees:
            files |= _device_trees(unpacked, board.device_trees)
    for pattern in board.firmware:
        files |= _firmware(board, pattern)
    return files


def settings_files(board: Board) -> dict[str, bytes | Path]:
    """Return what lies on the settings partition of a fresh card: slot A is committed, B is what is tried."""
    files: dict[str, bytes | Path] = {"autoboot.txt": AUTOBOOT.format(2, 3).encode()}
    files |= {path.name: path for path in sorted((HERE / "card").iterdir())}
    if "bootcode.bin" in board.firmware:  # older boards' first stage lies here, and asks for a config.txt beside it
        files |= {"config.txt": b"", **_firmware(board, "bootcode.bin")}
    return files


def fat(target: Path, megabytes: int, label: str, files: dict[str, bytes | Path]) -> Path:
    """Write a FAT32 image with the files named; folders in names are made."""
    target.unlink(missing_ok=True)
    number = f"{zlib.crc32(label.encode()):08x}"
    form = ["-F", "32", "-s", "1", "--invariant", "-i", number, "-n", label]
    settings.run("mkfs.vfat", "-C", *form, target, megabytes * 1024)
    staged = target.with_suffix(".files")
    shutil.rmtree(staged, ignore_errors=True)
    for name, content in sorted(files.items()):
        path = staged / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read_bytes() if isinstance(content, Path) else content)
    for path in sorted(staged.rglob("*"), reverse=True):
        os.utime(path, (EPOCH, EPOCH))
    for path in sorted(staged.iterdir()):
        settings.run("mcopy", "-s", "-m", "-i", target, path, "::")
    shutil.rmtree(staged)
    return target


def _from_base(board: Board, name: str) -> bytes:
    with tarfile.open(debian.base(board) / "root.tar", "r|") as packed:
        for member in packed:
            if member.name.removeprefix("./") == name and (file := packed.extractfile(member)):
                return file.read()
    raise BuildError(f"the base has no {name}")


def _device_trees(unpacked: Path, pattern: str) -> dict[str, bytes | Path]:
    """Return device trees at the top, where the Pi's firmware looks, and overlays below overlays/."""
    folder = next(unpacked.glob("files/usr/lib/linux-image-*"))
    trees: dict[str, bytes | Path] = {path.name: path for path in sorted(folder.glob(pattern))}
    if not trees:
        raise BuildError(f"{unpacked.name}: no device tree {pattern}")
    return trees | {f"overlays/{path.name}": path for path in sorted(folder.glob("overlays/*"))}


def _firmware(board: Board, pattern: str) -> dict[str, bytes | Path]:
    unpacked = kernel.package(board, "raspi-firmware")
    found = [
        *unpacked.glob(f"files/usr/lib/raspi-firmware/{pattern}"),
        *unpacked.glob(f"files/boot/firmware/{pattern}"),
    ]
    if not found:
        raise BuildError(f"raspi-firmware has no {pattern}")
    return {path.name: path for path in sorted(found)}
