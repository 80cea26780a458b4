"""The root file system: the base, the kernel's modules, the Python part and our layers, merged as tar streams.

Nothing is unpacked as root: a member is dropped, edited or added on its way from one tarball to the next, so owners,
links and capabilities of Debian's packages stay what they are, and an ordinary user can build.
"""

import io
import stat
import subprocess
import tarfile
import tomllib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from image_build import base as debian
from image_build import kernel, settings, users, wheels
from image_build.settings import EPOCH, HERE, ZSTD, Board, BuildError

# A mode with its type (as in stat), and bytes, a file to read, or a link's target.
Entry = tuple[int, bytes | Path | str]
Edit = Callable[[bytes], bytes]

FILE, PROGRAM, FOLDER, LINK = stat.S_IFREG | 0o644, stat.S_IFREG | 0o755, stat.S_IFDIR | 0o755, stat.S_IFLNK | 0o777
SUBSTITUTED = ("etc/rauc/system.conf",)

_RULES = tomllib.loads((HERE / "root.toml").read_text())


def squashfs(board: Board, version: str, target: Path, marks: dict[str, Entry] | None = None) -> None:
    """Write the root as squashfs. `marks` are further entries: a bench may break a version on purpose."""
    base = debian.base(board)
    packer = ["tar2sqfs", "-q", "-f", "-c", "zstd", "-X", f"level={ZSTD}", "-b", "262144", "-j", "2"]
    process = subprocess.Popen([*packer, "-d", f"mtime={EPOCH}", str(target)], stdin=subprocess.PIPE)
    assert process.stdin
    with process.stdin:
        merge(base / "root.tar", entries(board, base, version) | (marks or {}), edits(version), process.stdin)
    if process.wait():
        raise BuildError(f"tar2sqfs failed ({process.returncode})")


def inputs(board: Board, version: str, marks: dict[str, Entry]) -> str:
    """Return a fingerprint of all that a slot's images are made of."""
    base = debian.base(board)
    ours = [path for name in ("*.py", "*.toml", "initramfs-init", "layers/**/*") for path in sorted(HERE.glob(name))]
    files = [(path.name, path.stat().st_mode, path.read_bytes()) for path in ours if path.is_file()]
    made = [base.name, *(site.parent.name for site in wheels.sites(base))]
    marked = [(name, mode, _bytes(data)) for name, (mode, data) in marks.items()]
    return settings.fingerprint(board, version, ZSTD, EPOCH, files, made, marked)


def entries(board: Board, base: Path, version: str) -> dict[str, Entry]:
    """Return everything that lies over the base: {path: (mode, content)}."""
    added: dict[str, Entry] = dict.fromkeys(("boot", "data", "config", "dev", "proc", "run", "sys"), (FOLDER, b""))
    added |= dict.fromkeys(("tmp", "var/cache", "var/log", "var/lib/tallybox", "var/lib/comitup"), (FOLDER, b""))
    added["tmp"] = (stat.S_IFDIR | 0o1777, b"")
    added["etc/resolv.conf"] = (LINK, "/run/NetworkManager/resolv.conf")
    added |= dict.fromkeys(("etc/machine-id", "etc/hostname"), (FILE, b""))
    added |= _python(base) | _modules(board)
    for layer in board.layers:
        added |= _layer(HERE / "layers" / layer)
    for name in SUBSTITUTED:
        mode, content = added[name]
        assert isinstance(content, Path)
        added[name] = (mode, content.read_bytes().replace(b"@BOARD@", board.name.encode()))
    return added | _enabled(added)


def edits(version: str) -> dict[str, Edit]:
    """Return what is changed in files of the base: our users, and what the system calls itself."""
    release = f"IMAGE_ID=tallybox\nIMAGE_VERSION={version}\n".encode()
    return users.EDITS | {"usr/lib/os-release": lambda old: old + release}


def merge(source: Path, added: dict[str, Entry], edited: dict[str, Edit], target: IO[bytes]) -> None:
    """Stream the base's tarball with members dropped, edited, added. Raises BuildError where an edit finds no file."""
    have, missing = set(), set(edited)
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as new:
        with tarfile.open(source, "r|") as old:
            for member in old:
                name = member.name = member.name.removeprefix("./").strip("/") or "."
                if name == "." or name in added or _is_dropped(name):
                    continue
                member.pax_headers = without_names(member)
                have.add(name)
                data = old.extractfile(member) if member.isreg() else None
                if data and name in edited:
                    content = edited[name](data.read())
                    member.size, data = len(content), io.BytesIO(content)
                    missing.discard(name)
                new.addfile(member, data)
        for name, entry in sorted(added.items()):
            for parent in reversed(PurePosixPath(name).parents):
                if str(parent) not in have | {"."} and str(parent) not in added:
                    _add(new, str(parent), (FOLDER, b""))
                    have.add(str(parent))
            _add(new, name, entry)
    if missing:
        raise BuildError(f"the base has no {', '.join(sorted(missing))}")


def _add(archive: tarfile.TarFile, name: str, entry: Entry) -> None:
    mode, content = entry
    member = tarfile.TarInfo(name)
    member.mode, member.mtime = stat.S_IMODE(mode), EPOCH
    if stat.S_ISDIR(mode):
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
    elif isinstance(content, str):
        member.type, member.linkname = tarfile.SYMTYPE, content
        archive.addfile(member)
    else:
        data = _bytes(content)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))


def without_names(member: tarfile.TarInfo) -> dict[str, str]:
    """Return a member's further headers without a long name or link, which would win over what is set here."""
    return {key: value for key, value in member.pax_headers.items() if key not in ("path", "linkpath")}


def _bytes(content: bytes | Path | str) -> bytes:
    return (
        content.read_bytes() if isinstance(content, Path) else content.encode() if isinstance(content, str) else content
    )


def _is_dropped(name: str) -> bool:
    if name.endswith("/copyright"):
        return False
    wanted = {f"etc/systemd/system/multi-user.target.wants/{unit}" for unit in _RULES["not_by_itself"]}
    return name in wanted or any(name.startswith(each) or f"{name}/" == each for each in _RULES["dropped"])


def _layer(folder: Path) -> dict[str, Entry]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): (PROGRAM if path.stat().st_mode & 0o100 else FILE, path) for path in files}


def _python(base: Path) -> dict[str, Entry]:
    """The wheels in a venv that sees Debian's packages behind its own (libcamera): one path for every child process."""
    added: dict[str, Entry] = {}
    for site in wheels.sites(base):
        files = [path for path in sorted(site.rglob("*")) if path.is_file()]
        added |= {f"{wheels.SITE}/{path.relative_to(site)}": (FILE, path) for path in files}
    told = f"home = /usr/bin\ninclude-system-site-packages = true\nversion = {wheels.PYTHON}\n"
    added["usr/lib/tallybox/pyvenv.cfg"] = (FILE, told.encode())
    added["usr/lib/tallybox/bin/python3"] = (LINK, "/usr/bin/python3")
    return added


def _modules(board: Board) -> dict[str, Entry]:
    added: dict[str, Entry] = {}
    for name in board.kernels.values():
        modules = kernel.Modules(kernel.package(board, name))
        kept = modules.kept(board.modules)
        top = f"usr/lib/modules/{modules.version}"
        added |= {f"{top}/{path}": (FILE, modules.folder / path) for path in kept}
        added |= {f"{top}/{path.name}": (FILE, path) for path in sorted(modules.index(kept).iterdir())}
    return added


def _enabled(added: dict[str, Entry]) -> dict[str, Entry]:
    ours, theirs = "etc/systemd/system", "usr/lib/systemd/system"
    links: dict[str, Entry] = {f"{ours}/{unit}": (LINK, "/dev/null") for unit in _RULES["masked"]}
    for target, units in _RULES["enabled"].items():
        for unit in units:
            path = f"/{ours}/{unit}" if f"{ours}/{unit}" in added else f"/{theirs}/{unit}"
            links[f"{ours}/{target}.wants/{unit}"] = (LINK, path)
    return links
