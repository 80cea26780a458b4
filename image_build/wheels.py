"""The Python part: tallybox's own wheel and the wheels it stands on, unpacked for the box and byte-compiled.

One lock serves the developers' machines and the box: locks/product.txt names every wheel by hash for all platforms.
Its markers are judged for the box here, since pip judges them by the machine it runs on.
"""

import os
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from image_build import settings
from image_build.settings import CACHE, REPOSITORY, BuildError

PYTHON = "3.13"
SITE = f"usr/lib/tallybox/lib/python{PYTHON}/site-packages"
_TARGET = {
    "implementation_name": "cpython",
    "implementation_version": f"{PYTHON}.0",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{PYTHON}.0",
    "python_version": PYTHON,
    "sys_platform": "linux",
}
_PLATFORMS = [f"manylinux_2_{minor}_aarch64" for minor in range(41, 16, -1)] + ["manylinux2014_aarch64"]
# Headquarters' packages: no box needs them (and it leaves hq/ out too).
_HEADQUARTERS = {"alembic", "argon2-cffi", "argon2-cffi-bindings", "mako", "pip", "sqlalchemy"}
# What the box never imports: tests, converters, C headers.
_PRUNED = ["hq", "numpy/**/tests", "numpy/f2py", "numpy/_core/include", "numpy/_core/lib", "numpy/random/lib"]
_PRUNED += [f"onnxruntime/{name}" for name in ("transformers", "tools", "quantization", "datasets")]
_SYSROOT = ("usr/bin/python3", f"usr/lib/python{PYTHON}/", "usr/lib/aarch64-linux-gnu/", "usr/lib/ld-linux")


def requirements(lock: str) -> dict[str, str]:
    """Return {name: its line with version and hashes} of what the box installs from a lock's text."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", lock.strip()):
        line = " ".join(part.strip() for part in block.replace("\\\n", "\n").splitlines())
        requirement, *hashes = line.split(" --hash=")
        specifier, _, marker = requirement.partition(";")
        name, _, version = specifier.strip().partition("==")
        if canonicalize_name(name) in _HEADQUARTERS or (marker and not Marker(marker).evaluate(_TARGET)):
            continue
        if not version or not hashes:
            raise BuildError(f"locks/product.txt: {name} has no exact version or no hash")
        found[canonicalize_name(name)] = " ".join([specifier.strip(), *(f"--hash={each.strip()}" for each in hashes)])
    return found


def locked() -> dict[str, str]:
    """Return the requirements of the tree that is built."""
    return requirements((source() / "locks/product.txt").read_text())


def sites(base: Path) -> list[Path]:
    """Return two folders that lie over each other: what we stand on, and our own, compiled by the base's python.

    They are kept apart since ours changes daily, and compiling the rest under emulation takes minutes.
    """
    wanted = locked()
    third = _site(f"site-{settings.fingerprint(base.name, wanted, _PRUNED)}", base, lambda _: _third_party(wanted))
    ours = _site(f"own-{settings.fingerprint(base.name, _sources(), _PRUNED)}", base, _own_wheel)
    return [third, ours]


def _site(name: str, base: Path, wheels: Callable[[Path], Path]) -> Path:
    folder = CACHE / name
    if (folder / "done").exists():
        return folder / "site"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for wheel in sorted(wheels(folder).glob("*.whl")):
        with zipfile.ZipFile(wheel) as packed:  # pip's --target would judge by this machine's python
            packed.extractall(folder / "site")  # noqa: S202 - by hash or our own
    for data in (folder / "site").glob("*.data"):  # programs and manuals, unless modules are among them
        if any((data / part).exists() for part in ("purelib", "platlib")):
            raise BuildError(f"{data.name}: modules in a .data folder, which would have to be moved")
        shutil.rmtree(data)
    for pattern in _PRUNED:
        for path in sorted((folder / "site").glob(pattern)):
            shutil.rmtree(path)
    _compile(base, folder)
    (folder / "done").touch()
    return folder / "site"


def source() -> Path:
    """Return the tree that our wheel is built from: the working tree, or the revision that TALLYBOX_REVISION names."""
    if not settings.REVISION:
        return REPOSITORY
    commit = settings.run("git", "-C", REPOSITORY, "rev-parse", "--verify", f"{settings.REVISION}^{{commit}}").strip()
    folder = CACHE / f"source-{commit[:12]}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        parts = [
            "appliance",
            "web_ui",
            "hq",
            "models",
            "locks/product.txt",
            "pyproject.toml",
            "README.md",
            "LICENSE",
            "NOTICE",
        ]
        settings.run("git", "-C", REPOSITORY, "archive", "--format=tar", "-o", part / "tree.tar", commit, *parts)
        with tarfile.open(part / "tree.tar") as packed:
            packed.extractall(part, filter="data")
        (part / "tree.tar").unlink()
        part.rename(folder)
    return folder


def _sources() -> list[tuple[str, str]]:
    """Return name and hash of every file that our own wheel is made of."""
    tree = source()
    parts = [tree / name for name in ("appliance", "web_ui", "models/models.toml", "pyproject.toml")]
    parts += sorted((tree / "models").glob("*.onnx"))
    files = [file for part in parts for file in ([part] if part.is_file() else sorted(part.rglob("*")))]
    kept = [file for file in files if file.is_file() and file.suffix != ".pyc"]
    return [(str(file.relative_to(tree)), settings.fingerprint(file.read_bytes())) for file in kept]


def _third_party(wanted: dict[str, str]) -> Path:
    """Return a folder with the wheels of the lock, each checked against its hash by pip."""
    folder = CACHE / f"wheels-{settings.fingerprint(wanted)}"
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        (part / "lock.txt").write_text("\n".join(wanted.values()) + "\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}"]
        command += ["--abi=cp313", "--abi=abi3", "--abi=none", *(f"--platform={name}" for name in _PLATFORMS)]
        settings.run(*command, "-r", part / "lock.txt", "-d", part)
        part.rename(folder)
    return folder


def _own_wheel(folder: Path) -> Path:
    """Build our wheel into the folder. Its bytes depend on the tree and SOURCE_DATE_EPOCH alone."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    settings.run(*command, "--no-build-isolation", "-w", folder, source())
    return folder


def _compile(base: Path, folder: Path) -> None:
    """Write byte code with the box's own python under qemu-user: nothing is set up, chrooted or owned by root.

    unchecked-hash holds no times and is never checked again: right for a root that can't be written.
    """
    sysroot = folder / "sysroot"
    with tarfile.open(base / "root.tar", "r|") as packed:
        for member in packed:
            member.name = member.name.removeprefix("./")
            if member.name.startswith(_SYSROOT) and (member.isreg() or member.issym() or member.islnk()):
                packed.extract(member, sysroot, set_attrs=True, filter="tar")
    (sysroot / "lib").symlink_to("usr/lib")
    os.environ.pop("PYTHONPATH", None)
    emulator = ["qemu-aarch64-static", "-L", sysroot, sysroot / f"usr/bin/python{PYTHON}", "-E", "-s"]
    compiler = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    settings.run(*emulator, *compiler, "-s", folder / "site", "-p", f"/{SITE}", folder / "site")
    shutil.rmtree(sysroot)
    if not next((folder / "site").rglob("*.cpython-313.pyc"), None):
        raise BuildError("compileall compiled nothing")
