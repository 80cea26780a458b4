"""The card's layout, as sfdisk and the mtools read it back. No root, no loop device."""

import json
import os
import shutil
import subprocess
from itertools import pairwise

import pytest

from image_build import boot, disk
from image_build.settings import BuildError

needs = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("sfdisk", "mkfs.vfat", "mcopy", "mke2fs")),
    reason="needs fdisk, dosfstools, mtools and e2fsprogs",
)


@pytest.fixture
def card(tmp_path):
    settings = boot.fat(tmp_path / "card.vfat", disk.MEGABYTES[1], "TALLYBOX", {"autoboot.txt": b"[all]\n"})
    root = tmp_path / "root"
    root.write_bytes(b"hsqs" + bytes(5000))
    return disk.assemble(tmp_path / "card.img", {1: settings, 5: root, 7: disk.data_partition(tmp_path / "data")})


@needs
def test_sfdisk_reads_back_what_was_laid_out(card):
    told = json.loads(subprocess.check_output(["sfdisk", "--json", card]))["partitiontable"]
    found = {int(p["node"].removeprefix(str(card))): (p["start"], p["size"], p["type"]) for p in told["partitions"]}
    assert (told["label"], told["id"]) == ("dos", "0x7a11b0c5")
    assert found == {number: (p.start, p.size, p.kind) for number, p in disk.partitions().items()}


def test_no_two_partitions_share_a_sector_and_each_begins_on_an_erase_block():
    layout = disk.partitions()
    apart = sorted((layout[number] for number in (1, 2, 3, 5, 6, 7)), key=lambda part: part.start)
    assert all(one.start + one.size <= next_.start for one, next_ in pairwise(apart))
    assert all(part.start % disk.ALIGNED == 0 for part in apart)


def test_the_data_partition_is_last_so_that_it_can_grow():
    layout = disk.partitions()
    assert layout[7].start + layout[7].size == layout[4].start + layout[4].size
    assert layout[7].start == max(part.start for part in layout.values())


def test_a_slot_s_root_fits_into_both_slots():
    assert disk.MEGABYTES[5] == disk.MEGABYTES[6]
    assert disk.MEGABYTES[5] << 20 >= disk.ROOT_LIMIT


@needs
def test_files_of_the_settings_partition_are_read_from_the_card(card):
    place = f"{card}@@{disk.partitions()[1].start * disk.SECTOR}"
    told = subprocess.check_output(
        ["mtype", "-i", place, "::autoboot.txt"], env=os.environ | {"MTOOLS_SKIP_CHECK": "1"}
    )
    assert told == b"[all]\n"


@needs
def test_the_data_partition_has_big_blocks_and_few_inodes_so_that_growing_it_writes_little(tmp_path):
    told = subprocess.check_output(["dumpe2fs", "-h", disk.data_partition(tmp_path / "data")], text=True, stderr=-3)
    lines = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    assert lines["Block size"].strip() == "4096"
    assert int(lines["Inode count"]) <= 2048
    assert lines["Filesystem UUID"].strip() == disk.DATA_UUID


@needs
def test_the_same_input_gives_the_same_bytes(tmp_path):
    files = {"autoboot.txt": b"[all]\n", "overlays/a.dtbo": b"x" * 4000, "config.txt": b""}
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(boot.fat(tmp_path / name / "p.vfat", 64, "TB-BOOT", files).read_bytes())
        made.append(disk.data_partition(tmp_path / name / "data").read_bytes())
    assert made[0] == made[2]
    assert made[1] == made[3]


@needs
def test_a_content_larger_than_its_partition_is_refused(tmp_path):
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate((disk.MEGABYTES[2] << 20) + 1)
    with pytest.raises(BuildError, match="larger than partition 2"):
        disk.assemble(tmp_path / "card.img", {2: large})


def test_autoboot_keeps_its_length_whichever_slot_is_committed():
    assert len(boot.AUTOBOOT.format(2, 3)) == len(boot.AUTOBOOT.format(3, 2)) < disk.SECTOR
