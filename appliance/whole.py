"""Files that are written whole or not at all: a pulled plug leaves the old one or the new one."""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put the bytes into a file, flushed to the disk before they take its place. Raises OSError."""
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
