"""The same input gives the same bytes: everything after the base is made a second time, and compared."""

import hashlib
import shutil
from pathlib import Path

from image_build import __main__ as build
from image_build import base, settings, wheels
from image_build.bench.parts import FIRST, Parts
from image_build.bench.table import Table, need
from image_build.settings import OUT

_COMPARED = ("rootfs.squashfs", "boot.vfat", "card.vfat", "data.ext4", "sbom.cdx.json")


def twice(parts: Parts, table: Table) -> None:
    """Build our own wheel, its byte code and the whole image again."""
    board, again = settings.load_board("bench"), OUT / "again"
    with table.row("the same input gives the same bytes") as row:
        own = wheels.sites(base.base(board))[1].parent
        own.rename(own.with_name("own.first"))
        shutil.rmtree(again, ignore_errors=True)
        second = build.image(board, FIRST, again)
        different = [name for name in _COMPARED if _digest(again / name) != _digest(parts.image.parent / name)]
        shutil.rmtree(own.with_name("own.first"))
        need(not different, f"{', '.join(different)} differ")
        need(_digest(second) == _digest(parts.image), "the cards differ")
        row.says = f"sha256 {_digest(second)[:16]}..., root {(again / _COMPARED[0]).stat().st_size / 1e6:.0f} MB"
        shutil.rmtree(again)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
