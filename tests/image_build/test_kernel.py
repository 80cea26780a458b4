"""Kernel modules: what is kept brings what it needs, and the initramfs loads it in order."""

import lzma
import shutil
import subprocess

import pytest

from image_build import kernel
from image_build.settings import BuildError

pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("depmod", "zstd"))), reason="needs kmod and zstd")


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """A kernel of three modules; depmod finds no symbols in them, so what needs what is said here."""
    folder = tmp_path / "files/usr/lib/modules/6.1"
    needs = {"kernel/fs/ext4/ext4.ko.xz": "kernel/fs/jbd2/jbd2.ko.xz", "kernel/fs/jbd2/jbd2.ko.xz": ""}
    needs["kernel/drivers/net/dummy-net.ko.xz"] = ""
    for path in needs:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(lzma.compress(path.encode()))
    (folder / "modules.builtin").write_text("kernel/drivers/block/virtio_blk.ko\n")
    (folder / "modules.dep").write_text("".join(f"{path}: {need}\n" for path, need in needs.items()))
    monkeypatch.setattr(kernel.Modules, "_depmod", lambda self, name, files: folder)
    return kernel.Modules(tmp_path)


def test_a_module_brings_what_it_needs(modules):
    assert modules.kept(("fs/ext4",)) == ["kernel/fs/ext4/ext4.ko.xz", "kernel/fs/jbd2/jbd2.ko.xz"]


def test_what_is_built_in_need_not_be_kept(modules):
    assert modules.kept(("drivers/block/virtio_blk",)) == []


@pytest.mark.parametrize("want", ["fs/none", "drivers/none"])
def test_a_module_that_is_not_there_is_refused(modules, want):
    with pytest.raises(BuildError, match=f"has no module {want}"):
        modules.kept((want,))


def test_the_initramfs_loads_needs_first_and_unpacked(modules):
    assert modules.early(("virtio_blk", "ext4", "dummy_net")) == [
        ("jbd2.ko", b"kernel/fs/jbd2/jbd2.ko.xz"),
        ("ext4.ko", b"kernel/fs/ext4/ext4.ko.xz"),
        ("dummy_net.ko", b"kernel/drivers/net/dummy-net.ko.xz"),
    ]


@pytest.mark.skipif(not shutil.which("cpio"), reason="needs cpio")
def test_cpio_reads_the_initramfs_back_and_it_is_the_same_each_time(modules, tmp_path):
    made = [kernel.initramfs(modules, ("ext4",), b"busybox") for _ in range(2)]
    assert made[0] == made[1]
    plain = subprocess.run(["zstd", "-dq"], input=made[0], capture_output=True, check=True).stdout
    listed = subprocess.run(["cpio", "-t", "--quiet"], input=plain, capture_output=True, check=True).stdout
    assert listed.decode().split() == [
        "bin",
        "modules",
        "init",
        "bin/busybox",
        "modules/jbd2.ko",
        "modules/ext4.ko",
        "modules/order",
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_a_packed_kernel_is_unpacked(tmp_path, packed):
    import gzip

    (tmp_path / "files/boot").mkdir(parents=True)
    image = b"MZ" + bytes(100)
    (tmp_path / "files/boot/vmlinuz-6.1").write_bytes(gzip.compress(image) if packed else image)
    assert kernel.image(tmp_path) == image
