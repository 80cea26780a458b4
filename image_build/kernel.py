"""The kernel: its package is unpacked beside the root and never installed, so nothing runs update-initramfs.

From it come the plain Image, the modules that the board file names (with what these need), and an initramfs of our own:
busybox, a handful of modules and one shell program.
"""

import gzip
import lzma
import shutil
import struct
import subprocess
from pathlib import Path, PurePosixPath

from image_build import base as debian
from image_build import settings
from image_build.settings import CACHE, EPOCH, HERE, Board, BuildError


def package(board: Board, name: str, follow: str = "linux-image-") -> Path:
    """Return the folder that holds a package's files, unpacked. A kernel's meta-package is followed to the kernel."""
    folder = CACHE / f"deb-{name}-{settings.fingerprint(name, board.archive, settings.SUITE)}"
    if folder.exists():
        return folder
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    for inner in ("state/lists/partial", "cache/archives/partial", "etc", "files"):
        (part / inner).mkdir(parents=True)
    (part / "etc/sources.list").write_text(debian.sources(board))
    (part / "status").touch()
    options = ["APT::Architecture=arm64", "APT::Architectures::=arm64", f"Dir::State={part / 'state'}"]
    options += [f"Dir::State::status={part / 'status'}", f"Dir::Cache={part / 'cache'}", "Dir::Etc::sourceparts=-"]
    options += [f"Dir::Etc::sourcelist={part / 'etc/sources.list'}", "Acquire::Languages=none"]
    options += ["Acquire::Check-Valid-Until=false", "APT::Sandbox::User="]
    apt = [word for option in options for word in ("-o", option)]
    settings.run("apt-get", *apt, "-qq", "update")
    depends = settings.run("apt-cache", *apt, "depends", name).splitlines()
    needed = [line.split()[1] for line in depends if line.strip().startswith(f"Depends: {follow}")]
    settings.run("apt-get", *apt, "-qq", "download", needed[0] if needed else name, cwd=part)
    settings.run("dpkg-deb", "-x", next(part.glob("*.deb")), part / "files")
    for rest in ("state", "cache", "etc"):
        shutil.rmtree(part / rest)
    part.rename(folder)
    return folder


def image(unpacked: Path) -> bytes:
    """Return the plain Image. Debian's may be packed (EFI zboot or gzip), which neither the Pi nor QEMU 7 loads."""
    data = next((unpacked / "files/boot").glob("vmlinuz-*")).read_bytes()
    if data[4:8] == b"zimg":
        offset, size = struct.unpack("<II", data[8:16])
        packed, kind = data[offset : offset + size], data[24:28]
        if kind == b"gzip":
            return gzip.decompress(packed)
        return subprocess.run(["zstd", "-dq"], input=packed, stdout=subprocess.PIPE, check=True).stdout
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


class Modules:
    """The modules of one kernel package."""

    def __init__(self, unpacked: Path) -> None:
        folders = [*unpacked.glob("files/usr/lib/modules/*"), *unpacked.glob("files/lib/modules/*")]
        if len(folders) != 1:
            raise BuildError(f"{unpacked.name}: {len(folders)} kernels in one package")
        self.folder, self.version = folders[0], folders[0].name
        self._unpacked = unpacked
        lines = (self._depmod("all", sorted(self.folder.rglob("*.ko*"))) / "modules.dep").read_text().splitlines()
        self._needs = {path: needs.split() for path, _, needs in (line.partition(":") for line in lines)}
        self._builtin = {_name(line) for line in (self.folder / "modules.builtin").read_text().splitlines()}

    def kept(self, wanted: tuple[str, ...]) -> list[str]:
        """Return the paths of the modules named or below a folder named, and of all that these need."""
        kept: set[str] = set()
        for want in wanted:
            found = {path for path in self._needs if _below(path, want)}
            if not found and _name(want) not in self._builtin and not self._builtin_folder(want):
                raise BuildError(f"kernel {self.version} has no module {want}")
            for path in found:
                kept |= {path, *self._needs[path]}
        return sorted(kept)

    def early(self, names: tuple[str, ...]) -> list[tuple[str, bytes]]:
        """Return name and bytes of the modules that the initramfs loads, in the order in which they must be loaded.

        They are unpacked, so that neither the kernel nor busybox has to.
        """
        by_name = {_name(path): path for path in self._needs}
        order: list[str] = []
        for name in names:
            if name in self._builtin:
                continue
            if name not in by_name:
                raise BuildError(f"kernel {self.version} has no module {name}")
            path = by_name[name]
            order += [each for each in reversed([path, *self._needs[path]]) if each not in order]
        return [(f"{_name(path)}.ko", self._plain(path)) for path in order]

    def index(self, kept: list[str]) -> Path:
        """Return the folder with what depmod writes about the modules kept."""
        return self._depmod(settings.fingerprint(kept), [self.folder / path for path in kept])

    def _depmod(self, name: str, files: list[Path]) -> Path:
        target = self._unpacked / f"depmod-{name}"
        if not target.exists():
            tree = self._unpacked / "depmod.part"
            shutil.rmtree(tree, ignore_errors=True)
            for file in [*files, *self.folder.glob("modules.*")]:
                copy = tree / "lib/modules" / self.version / file.relative_to(self.folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.hardlink_to(file)
            settings.run("depmod", "-b", tree, self.version)
            shutil.rmtree(tree / "lib/modules" / self.version / "kernel")
            (tree / "lib/modules" / self.version).rename(target)
            shutil.rmtree(tree)
        return target

    def _plain(self, path: str) -> bytes:
        data = (self.folder / path).read_bytes()
        return lzma.decompress(data) if path.endswith(".xz") else data

    def _builtin_folder(self, want: str) -> bool:
        return f"kernel/{want}/" in (self.folder / "modules.builtin").read_text()


def initramfs(modules: Modules, early: tuple[str, ...], busybox: bytes) -> bytes:
    """Return the initramfs as zstd-packed cpio. Same input, same bytes."""
    entries = [("bin", 0o40755, b""), ("modules", 0o40755, b"")]
    entries += [("init", 0o100755, (HERE / "initramfs-init").read_bytes()), ("bin/busybox", 0o100755, busybox)]
    loaded = modules.early(early)
    entries += [(f"modules/{name}", 0o100644, data) for name, data in loaded]
    entries += [("modules/order", 0o100644, "".join(f"{name}\n" for name, _ in loaded).encode())]
    entries += [("TRAILER!!!", 0, b"")]
    archive = bytearray()
    for number, (name, mode, data) in enumerate(entries):
        fields = (number, mode, 0, 0, 1, EPOCH, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b"070701" + "".join(f"{value:08X}" for value in fields).encode() + name.encode() + b"\0"
        archive += b"\0" * (-len(archive) % 4) + data
        archive += b"\0" * (-len(archive) % 4)
    packer = ["zstd", "-q", "-19", "--single-thread"]
    return subprocess.run(packer, input=bytes(archive), stdout=subprocess.PIPE, check=True).stdout


def _name(path: str) -> str:
    return PurePosixPath(path).name.partition(".")[0].replace("-", "_")


def _below(path: str, want: str) -> bool:
    inner = path.removeprefix("kernel/")
    return inner.startswith(f"{want}/") or inner.partition(".ko")[0] == want
