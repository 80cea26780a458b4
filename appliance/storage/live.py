"""The counter's newest picture and state, asked for over a Unix socket in the data folder. Nothing of it is stored.

One question a connection, one line of text; the answer is its bytes, then the end. Only the box's own user may ask.
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

LONGEST_QUESTION = 200


class LiveServer:
    """Answers questions in a thread of its own until it is closed. `answer` turns a question into bytes."""

    def __init__(self, path: Path, answer: Callable[[str], bytes]) -> None:
        self._path, self._answer = path, answer
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX)
        with _short_path(path) as name:
            self._socket.bind(name)
        path.chmod(0o600)
        self._socket.listen(8)
        threading.Thread(target=self._serve, name="live", daemon=True).start()

    def close(self) -> None:
        """Stop answering and take the socket away."""
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.settimeout(5)
                    question = connection.makefile().readline(LONGEST_QUESTION).strip()
                    connection.sendall(self._answer(question))
                except Exception as error:  # whoever asked badly or went away must not end the answering
                    log.debug("a question about the live picture failed: %s", error)


def ask(path: Path, question: str, patience: float = 4.0) -> bytes:
    """Ask the counter; empty where it is not running or has no answer within `patience` seconds."""
    try:
        with socket.socket(socket.AF_UNIX) as connection, _short_path(path) as name:
            connection.settimeout(patience)
            connection.connect(name)
            connection.sendall(question.encode() + b"\n")
            return b"".join(iter(lambda: connection.recv(65536), b""))
    except OSError:
        return b""


def ask_picture(path: Path, camera: str) -> bytes:
    """Return a camera's newest picture as JPEG with boxes and lines drawn and heads blurred, or nothing."""
    return ask(path, f"picture {camera}")


def confirm_hanging(path: Path, camera: str) -> bool:
    """Tell the counter that a camera hangs right as it does now; return whether it heard."""
    return ask(path, f"hangs-right {camera}") == b"heard"


def ask_state(path: Path) -> dict[str, Any] | None:
    """Return the counter's state, or None where it is not running.

    {"cameras": {name: {"alive", "problem", "per_second", "skipped", "restarts", "last"}},
     "problem", "net", "size_because", "since"}
    """
    answer = ask(path, "state")
    return json.loads(answer) if answer else None


class _short_path:  # noqa: N801 - reads as a function
    """A Unix socket's name may have 107 bytes; a longer path is named through its folder's file descriptor."""

    def __init__(self, path: Path) -> None:
        self._path, self._folder = path, -1

    def __enter__(self) -> str:
        if len(os.fsencode(self._path)) < 100:
            return str(self._path)
        self._folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{self._path.name}"

    def __exit__(self, *_: object) -> None:
        if self._folder >= 0:
            os.close(self._folder)
