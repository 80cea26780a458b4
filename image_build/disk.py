"""The card: an MBR with a fixed disk id, two slots, and the data partition last, where the first boot lets it grow."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from image_build import settings
from image_build.settings import BuildError

DISK_ID = 0x7A11B0C5
SECTOR, MEGABYTE = 512, 2048  # bytes; sectors
ALIGNED = 4 * MEGABYTE  # an erase block of most cards
DATA_UUID = "7a11b0c5-0000-4000-8000-000000000007"

# Partition: megabytes. 1 settings, 2 and 3 boot A and B, 5 and 6 root A and B, 7 data
MEGABYTES = {1: 64, 2: 128, 3: 128, 5: 384, 6: 384, 7: 128}
ROOT_LIMIT = 350 * 10**6  # bytes


@dataclass(frozen=True, slots=True)
class Partition:
    """Where a partition lies, in sectors, and its MBR type."""

    start: int
    size: int
    kind: str


def partitions() -> dict[int, Partition]:
    """Return the layout; 4 is the extended partition around 5, 6 and 7."""
    at, found = ALIGNED, {}
    for number in (1, 2, 3):
        found[number] = Partition(at, MEGABYTES[number] * MEGABYTE, "c")
        at += MEGABYTES[number] * MEGABYTE
    extended = at
    for number in (5, 6, 7):
        at += ALIGNED  # room for the logical partition's own table
        found[number] = Partition(at, MEGABYTES[number] * MEGABYTE, "83")
        at += MEGABYTES[number] * MEGABYTE
    found[4] = Partition(extended, at - extended, "f")
    return dict(sorted(found.items()))


def table() -> str:
    """Return the layout as sfdisk reads it."""
    rows = [f"{n}: start={p.start}, size={p.size}, type={p.kind}" for n, p in partitions().items()]
    return "\n".join(["label: dos", f"label-id: {DISK_ID:#x}", "unit: sectors", *rows, ""])


def data_partition(target: Path) -> Path:
    """Write the empty data partition.

    Blocks of 4 KiB and few inodes: a small file system's own defaults make its first growth write 178 MB.
    """
    target.unlink(missing_ok=True)
    seed = f"hash_seed={DATA_UUID},lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0"
    shape = ["-b", "4096", "-i", "65536", "-L", "data", "-U", DATA_UUID, "-E", seed, "-O", "^metadata_csum_seed"]
    settings.run("mke2fs", "-q", "-t", "ext4", *shape, target, f"{MEGABYTES[7]}M")
    return target


def assemble(target: Path, contents: dict[int, Path]) -> Path:
    """Write the image of a whole card, sparse. Raises BuildError where a content is larger than its partition."""
    layout = partitions()
    target.unlink(missing_ok=True)
    with target.open("wb") as card:
        card.truncate((layout[4].start + layout[4].size) * SECTOR)
    settings.run("sfdisk", "--quiet", target, text_in=table())
    with target.open("r+b") as card:
        for number, source in contents.items():
            if source.stat().st_size > layout[number].size * SECTOR:
                raise BuildError(f"{source.name} is larger than partition {number}: {source.stat().st_size} bytes")
            card.seek(layout[number].start * SECTOR)
            _copy_sparse(source, card)
    return target


def _copy_sparse(source: Path, card: BinaryIO) -> None:
    with source.open("rb") as file:
        while block := file.read(1 << 20):
            if block.count(0) == len(block):
                card.seek(len(block), 1)
            else:
                card.write(block)
