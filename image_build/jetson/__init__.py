"""The application bundle for a Jetson with stock JetPack: our root as a folder, units that run in it, an installer."""

import io
import subprocess
import tarfile
from pathlib import Path

from image_build import base as debian
from image_build import root
from image_build.settings import EPOCH, HERE, Board, BuildError

SERVICES = ("count", "web", "nightly")
_UNITS = HERE / "layers/common/etc/systemd/system"
# In front of what each unit says: where it runs, and what of the machine it sees there.
_INSIDE = """RootDirectory=/opt/tallybox/current
MountAPIVFS=yes
BindPaths=/var/lib/tallybox
BindReadOnlyPaths=-/etc/resolv.conf -/etc/localtime
Environment=TALLYBOX_DATA=/var/lib/tallybox
"""


def unit(service: str) -> str:
    """Return a service's unit as the image has it, run inside our root."""
    text = (_UNITS / f"tallybox-{service}.service").read_text()
    return text.replace("[Service]\n", f"[Service]\n{_INSIDE}") + "\n[Install]\nWantedBy=multi-user.target\n"


def bundle(board: Board, version: str, target: Path) -> Path:
    """Write the bundle: a tarball with root/, units/ and the installer."""
    packer = subprocess.Popen(["zstd", "-q", "-6", "-T2", "-f", "-o", str(target)], stdin=subprocess.PIPE)
    assert packer.stdin
    base = debian.base(board)
    with packer.stdin, tarfile.open(fileobj=packer.stdin, mode="w|", format=tarfile.PAX_FORMAT) as whole:
        _add(whole, "tallybox/version", f"{version}\n".encode(), 0o644)
        _add(whole, "tallybox/install", (HERE / "jetson/install").read_bytes(), 0o755)
        for service in SERVICES:
            _add(whole, f"tallybox/units/tallybox-{service}.service", unit(service).encode(), 0o644)
        with (target.parent / "jetson-root.tar").open("w+b") as inner:
            root.merge(base / "root.tar", root.entries(board, base, version), root.edits(version), inner)
            inner.seek(0)
            with tarfile.open(fileobj=inner, mode="r|") as members:
                for member in members:
                    content = members.extractfile(member) if member.isreg() else None
                    member.name = f"tallybox/root/{member.name}"
                    member.pax_headers = root.without_names(member)
                    if member.islnk():
                        member.linkname = f"tallybox/root/{member.linkname.removeprefix('./')}"
                    whole.addfile(member, content)
        (target.parent / "jetson-root.tar").unlink()
    if packer.wait():
        raise BuildError(f"zstd failed ({packer.returncode})")
    return target


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), mode, EPOCH
    archive.addfile(member, io.BytesIO(content))
