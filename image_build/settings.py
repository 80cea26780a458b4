"""What a build is made of: one board file, the environment's few settings, and where things lie.

The environment may set SOURCE_DATE_EPOCH, TALLYBOX_ARCHIVE and TALLYBOX_SECURITY (Debian's archive or a mirror of it;
`host`: what this machine's apt uses), TALLYBOX_ZSTD (3 while developing), TALLYBOX_CACHE, TALLYBOX_OUT, TALLYBOX_KEYS.
"""

import hashlib
import os
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
SUITE = "trixie"
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1790000000"))
ZSTD = int(os.environ.get("TALLYBOX_ZSTD", "15"))
CACHE = Path(os.environ.get("TALLYBOX_CACHE", REPOSITORY / ".cache/image"))
OUT = Path(os.environ.get("TALLYBOX_OUT", CACHE / "out"))
KEYS = Path(os.environ.get("TALLYBOX_KEYS", CACHE / "keys"))
RELEASES = os.environ.get("TALLYBOX_RELEASES", "")  # where images are published, ending in /
REVISION = os.environ.get("TALLYBOX_REVISION", "")  # of git, from which our wheel is built; empty: the working tree

# What the programs that we run take times from, so that the same input gives the same bytes.
FIXED = {
    "SOURCE_DATE_EPOCH": str(EPOCH),
    "E2FSPROGS_FAKE_TIME": str(EPOCH),
    "MTOOLS_SKIP_CHECK": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}


class BuildError(RuntimeError):
    """The build can't go on; the message is one line that says why."""


@dataclass(frozen=True)
class Archive:
    """Where Debian's packages come from, and Raspberry Pi's where the board needs them."""

    debian: str
    security: str
    raspberry: str = ""


@dataclass(frozen=True)
class Board:
    """One board file, checked.

    `kernels` are packages whose kernel is unpacked, `modules` what the kernel keeps of its modules (folders or names
    below its kernel/ folder), `early` what the initramfs loads, `files` what lies on the boot partition beside them.
    """

    name: str
    archive: Archive
    kernels: dict[str, str]
    modules: tuple[str, ...]
    early: tuple[str, ...]
    cmdline: str
    packages: tuple[str, ...] = ()
    firmware: tuple[str, ...] = ()
    layers: tuple[str, ...] = ("common",)
    config: str = ""
    device_trees: str = ""
    machine: dict[str, str] = field(default_factory=dict)


def boards() -> list[str]:
    """Return the names of all boards."""
    return sorted(path.stem for path in (HERE / "boards").glob("*.toml"))


def load_board(name: str) -> Board:
    """Read boards/NAME.toml. Raises BuildError for an unknown board or key."""
    if name not in boards():
        raise BuildError(f"board {name!r} is not known: {', '.join(boards())}")
    table = tomllib.loads((HERE / "boards" / f"{name}.toml").read_text())
    archive = Archive(**table.pop("archive"))
    lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
    try:
        return Board(name=name, archive=_chosen(archive), **(table | lists))
    except TypeError as error:
        raise BuildError(f"boards/{name}.toml: {str(error).removeprefix('Board.__init__() ')}") from None


def _chosen(archive: Archive) -> Archive:
    """Return the archive with what the environment says put in its place."""
    debian = os.environ.get("TALLYBOX_ARCHIVE", archive.debian).rstrip("/")
    security = os.environ.get("TALLYBOX_SECURITY", archive.security).rstrip("/")
    raspberry = os.environ.get("TALLYBOX_RASPBERRY", archive.raspberry).rstrip("/")
    if debian == "host":
        debian, security = _hosts_archive()
    return Archive(debian, security, raspberry)


def _hosts_archive() -> tuple[str, str]:
    """Return where this machine's apt gets Debian and its security updates from ("" without)."""
    told = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    # no trailing slash: some mirrors refuse the doubled one
    addresses = [address.rstrip("/") for address in sorted(set(told.split()))]
    main = [address for address in addresses if address.endswith("/debian")]
    security = [address for address in addresses if address.endswith("/debian-security")]
    if not main:
        raise BuildError("this machine's apt knows no Debian archive: set TALLYBOX_ARCHIVE")
    return main[0], security[0] if security else ""


def package_list(board: Board) -> list[str]:
    """Return the Debian packages of a board's root, sorted."""
    lines = (line.split("#")[0].strip() for line in (HERE / "packages.txt").read_text().splitlines())
    return sorted({line for line in lines if line} | set(board.packages))


def version() -> str:
    """Return the version of the tree."""
    told = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    return str(told["project"]["version"])


def fingerprint(*inputs: object) -> str:
    """Return a short hash of what goes in: the name of a cache folder."""
    total = hashlib.sha256()
    for part in inputs:
        total.update(part if isinstance(part, bytes) else repr(part).encode())
        total.update(b"\0")
    return total.hexdigest()[:12]


def run(*command: object, text_in: str | None = None, cwd: Path | None = None) -> str:
    """Run a program and return what it says. Raises BuildError with its last line when it fails."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, input=text_in, cwd=cwd, capture_output=True, text=True, env=os.environ | FIXED, check=False
        )
    except FileNotFoundError:
        raise BuildError(f"{words[0]} is missing: docs/image.md names the packages that a build needs") from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word"]
        raise BuildError(f"{Path(words[0]).name} {' '.join(words[1:3])} failed ({done.returncode}): {last[0]}")
    return done.stdout
