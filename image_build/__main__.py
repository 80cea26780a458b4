"""image_build/build image|bundle|imager|application: the command line of the build."""

import argparse
import sys
import time
from pathlib import Path

from image_build import base, boot, disk, jetson, manifest, root, settings
from image_build import bundle as bundles
from image_build.settings import OUT, BuildError


def slot(board: settings.Board, version: str, folder: Path, marks: dict[str, root.Entry] | None = None) -> None:
    """Write the two images of a slot, rootfs.squashfs and boot.vfat: the same bytes serve slot A and slot B.

    What was made from the same input before is left as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keys = bundles.signing_keys()
    trusted: dict[str, root.Entry] = {
        "etc/rauc/ca.pem": (root.FILE, keys / "ca.pem"),
        "etc/tallybox/release.pub": (root.FILE, keys / "release.pub"),
    }
    trusted |= marks or {}
    made_from, stamp = root.inputs(board, version, trusted), folder / "made-from"
    if stamp.exists() and stamp.read_text() == made_from:
        return
    stamp.unlink(missing_ok=True)
    rootfs = folder / "rootfs.squashfs"
    with _timed(f"root {version}"):
        root.squashfs(board, version, rootfs, trusted)
    if rootfs.stat().st_size > disk.ROOT_LIMIT:
        raise BuildError(f"the root has {rootfs.stat().st_size} bytes; at most {disk.ROOT_LIMIT}")
    with _timed(f"boot partition {version}"):
        boot.fat(folder / "boot.vfat", disk.MEGABYTES[2], "TB-BOOT", boot.slot_files(board, version))
    stamp.write_text(made_from)


def image(board: settings.Board, version: str, folder: Path | None = None) -> Path:
    """Write the image of a whole card, with its list of parts beside it."""
    folder = folder or OUT / f"{board.name}-{version}"
    slot(board, version, folder)
    card = boot.fat(folder / "card.vfat", disk.MEGABYTES[1], "TALLYBOX", boot.settings_files(board))
    data = disk.data_partition(folder / "data.ext4")
    contents = {1: card, 2: folder / "boot.vfat", 5: folder / "rootfs.squashfs", 7: data}
    target = disk.assemble(folder / f"tallybox-{board.name}-{version}.img", contents)
    manifest.write_sbom(board, version, folder / "sbom.cdx.json")
    return target


def bundle(board: settings.Board, version: str) -> Path:
    """Write the update bundle of a version."""
    folder = OUT / f"{board.name}-{version}"
    slot(board, version, folder)
    return bundles.bundle(folder, board.name, version, OUT / f"tallybox-{version}-{board.name}.raucb")


def imager(board: settings.Board, version: str) -> Path:
    """Pack the card's image and write Raspberry Pi Imager's list of it."""
    card = image(board, version)
    return manifest.write_imager_list(board, version, card)


def application(board: settings.Board, version: str) -> Path:
    """Write the application bundle for a Jetson."""
    OUT.mkdir(parents=True, exist_ok=True)
    return jetson.bundle(board, version, OUT / f"tallybox-{version}-{board.name}.tar.zst")


def main() -> None:
    """Parse and build; a failure is one line and exit 1."""
    parser = argparse.ArgumentParser(prog="image_build/build", description=settings.__doc__)
    parser.add_argument("what", choices=["base", "image", "bundle", "imager", "application"])
    parser.add_argument("--board", default="bench", choices=settings.boards())
    parser.add_argument("--version", default=settings.version(), help="image version (default: that of the tree)")
    told = parser.parse_args()
    work = {
        "base": lambda board, _: base.base(board),
        "image": image,
        "bundle": bundle,
        "imager": imager,
        "application": application,
    }
    try:
        print(work[told.what](settings.load_board(told.board), told.version))
    except BuildError as error:
        print(f"build: {error}", file=sys.stderr)
        sys.exit(1)


class _timed:  # noqa: N801 - reads as a function
    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        self._start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        print(f"[{time.monotonic() - self._start:6.1f} s] {self._what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
