"""The parent's handle on the decoder of one camera: start, ask, kill. Whatever the child does, no call hangs."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

import appliance
from appliance.cameras.camera import Bell, CameraError
from appliance.cameras.protocol import MESSAGE, Header, Order
from appliance.cameras.shared_memory import Reader, create
from appliance.frame import Pixels


class Decoder:
    """A running child process. As a context manager: leaving it kills the child and gives all back.

    The kernel kills the child when the thread that made this ends, so use it in that thread.
    """

    def __init__(self, order: Order) -> None:
        """Start it. Raises CameraError where the system has no room for another process."""
        try:
            self._start(order)
        except OSError as error:
            raise CameraError(f"its decoder can't be started: {error.strerror}") from None

    def _start(self, order: Order) -> None:
        with ExitStack() as held:
            memory = create()
            held.callback(os.close, memory)
            self._reader = Reader(memory)
            self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            held.enter_context(self._link)
            with theirs:
                lent = (theirs.fileno(), memory)
                words = [str(word) for word in (*lent, os.getpid())]
                command = [sys.executable, "-P", "-m", "appliance.cameras.decoder", *words]
                self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=lent, env=_environment())
            held.callback(self._end)
            self._link.send(json.dumps(asdict(order)).encode())
            self._held = held.pop_all()

    def next(self, bell: Bell, patience: float) -> tuple[Header, Pixels] | None:
        """Return the next picture; None once `bell` rang or (of a recording) all were shown. Raises CameraError.

        The pixels are lent: they are valid until `next` is called again.
        """
        try:
            self._link.send(b"want")
            if not bell.wait(patience, self._link.fileno()):
                raise CameraError(f"no picture for {patience:g} seconds")
            if bell.rung:
                return None
            message = self._link.recv(MESSAGE)
        except OSError:
            message = b""
        if not message:
            raise CameraError(f"its decoder died ({self._obituary()})")
        answer = json.loads(message)
        if "end" not in answer:
            header = Header(**answer)
            return header, self._reader.view(header.width, header.height)
        if answer["end"]:
            raise CameraError(answer["end"])
        return None

    def _obituary(self) -> str:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "hung up"
        return f"signal {-status}" if status < 0 else f"exit status {status}"

    def kill(self) -> None:
        """End the child at once and give all back."""
        self._held.close()

    def _end(self) -> None:
        self._process.kill()
        # One that is stuck in a driver dies when that lets go: nobody may wait for it.
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()


def _environment() -> dict[str, str]:
    """Return the child's environment: it finds this package, and its arithmetic starts no idle threads."""
    root = str(Path(appliance.__file__).parents[1])
    inherited = os.environ.get("PYTHONPATH")
    paths = [root, inherited] if inherited else [root]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"}
