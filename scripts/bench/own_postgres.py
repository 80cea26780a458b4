"""A PostgreSQL of one's own in a temporary folder, with its default durability, gone when the block ends."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoPostgresError(RuntimeError):
    """PostgreSQL can't be started here; the message is the one line to show."""


@contextmanager
def postgres() -> Iterator[str]:
    """Start a cluster as the user postgres and yield its SQLAlchemy address. Raises NoPostgresError."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    if binaries is None or shutil.which("runuser") is None:
        raise NoPostgresError("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="hq-load-"))
    shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, tools = folder / "data", binaries.parent
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=512MB -c max_wal_size=4GB"
    try:
        _run(tools / "initdb", "-D", data, "-A", "trust", "-E", "UTF8")
        _run(tools / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(_as_postgres(tools / "pg_ctl", "-D", data, "-m", "immediate", "stop"), capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words: object) -> None:
    done = subprocess.run(_as_postgres(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise NoPostgresError(f"PostgreSQL can't be started: {done.stderr.strip().splitlines()[-1:]}")


def _as_postgres(*words: object) -> list[str]:
    return ["runuser", "-u", "postgres", "--", *map(str, words)]
