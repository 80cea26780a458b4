"""The base: Debian's packages unpacked and set up as one tarball, by mmdebstrap, kept by the hash of what went in.

It takes 7 to 17 minutes under emulation, nearly all of it in packages' own scripts, so nothing of ours is in it.
"""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from image_build import settings
from image_build.settings import CACHE, EPOCH, SUITE, Board, BuildError

# What no box reads: manuals, translations (licences stay)
_EXCLUDED = [f"path-exclude=/usr/share/{name}/*" for name in ("man", "locale", "info", "lintian", "bash-completion")]
_EXCLUDED += [
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/fonts/*",
]
_NAMES_THE_ARCHIVE = "etc/apt/sources.list"


def base(board: Board) -> Path:
    """Return the folder with root.tar, packages (installed size, name, version) of a board's Debian packages."""
    packages = settings.package_list(board)
    folder = CACHE / f"base-{settings.fingerprint(packages, SUITE, EPOCH, board.archive, _EXCLUDED)}"
    if (folder / "root.tar").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unfiltered = folder / "unfiltered.tar"
    _mmdebstrap(board, packages, folder, unfiltered)
    _leave_out(unfiltered, folder / "root.tar.part", _NAMES_THE_ARCHIVE)
    unfiltered.unlink()
    (folder / "root.tar.part").rename(folder / "root.tar")
    return folder


def sources(board: Board) -> str:
    """Return apt's list of sources for a board."""
    archive = board.archive
    parts = "main non-free-firmware"
    lines = [f"deb {archive.debian} {SUITE} {parts}", f"deb {archive.debian} {SUITE}-updates {parts}"]
    if archive.security:
        lines.append(f"deb {archive.security} {SUITE}-security {parts}")
    if archive.raspberry:
        key = "/usr/share/keyrings/raspberrypi-archive-keyring.gpg"
        lines.append(f"deb [signed-by={key}] {archive.raspberry} {SUITE} main")
    return "\n".join(lines) + "\n"


def _mmdebstrap(board: Board, packages: list[str], folder: Path, target: Path) -> None:
    query = "dpkg-query --admindir=\"$1/var/lib/dpkg\" -W -f '${Installed-Size} ${Package} ${Version}\\n'"
    command = ["mmdebstrap", "--architectures=arm64", "--variant=essential", "--format=tar"]
    command += [f"--include={','.join(packages)}", '--aptopt=Acquire::Languages "none"']
    command += ['--aptopt=Acquire::Check-Valid-Until "false"', *(f"--dpkgopt={rule}" for rule in _EXCLUDED)]
    command += [f"--customize-hook={query} | sort -rn >'{folder}/packages'", SUITE, str(target), "-"]
    with open(folder / "log", "w") as log:
        done = subprocess.run(
            command,
            input=sources(board),
            text=True,
            stdout=log,
            stderr=log,
            env=os.environ | settings.FIXED,
            check=False,
        )
    if done.returncode:
        errors = [line for line in (folder / "log").read_text().splitlines() if line.startswith(("E:", "dpkg: error"))]
        raise BuildError(f"mmdebstrap failed: {errors[0] if errors else 'see the log'} ({folder / 'log'})")


def _leave_out(source: Path, target: Path, name: str) -> None:
    """Copy a tarball without one member. (GNU tar's --delete takes others along.)"""
    with tarfile.open(source, "r|") as old, tarfile.open(target, "w|", format=tarfile.PAX_FORMAT) as new:
        for member in old:
            if member.name.removeprefix("./") != name:
                new.addfile(member, old.extractfile(member) if member.isreg() else None)
