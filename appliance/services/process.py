"""What all services share: how they log, how they are told to stop, and how one process minds the others."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from appliance import lifeline
from appliance.clock import stopwatch

log = logging.getLogger(__name__)


def log_to_stderr() -> None:
    """The one way to log: a line a happening, on stderr, where the journal or the terminal takes it."""
    level = os.environ.get("TALLYBOX_LOG", "INFO").upper()
    logging.basicConfig(stream=sys.stderr, format="%(levelname)-7s %(message)s", level=level, force=True)
    for noisy in ("httpx", "httpcore", "waitress.queue"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def port_must_be_free(host: str, port: int) -> None:
    """Raise RuntimeError with one line where somebody else listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RuntimeError(
                f"port {port} on {host} can't be used: {(error.strerror or str(error)).lower()}"
            ) from None


class Minder:
    """Keeps child processes running: one that ends is started again, later each time it ends soon."""

    FIRST_WAIT, LONGEST_WAIT, GOOD_RUN = 1.0, 60.0, 60.0

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name, self._arguments = name, arguments
        self._wait = self.FIRST_WAIT
        self._ended: float | None = None
        self._start()

    def mind(self) -> None:
        """Start the child again if it has ended and has waited long enough. Called about once a second."""
        code = self._child.poll()
        if code is None:
            if stopwatch() - self._started > self.GOOD_RUN:
                self._wait = self.FIRST_WAIT
            return
        if self._ended is None:
            self._ended = stopwatch()
            log.error("%s ended with %s; it starts again in %.0f s", self.name, code, self._wait)
        if stopwatch() - self._ended >= self._wait:
            self._wait = min(self.LONGEST_WAIT, 2 * self._wait)
            self._start()

    @property
    def exit_code(self) -> int | None:
        """The code with which the child ended, or None while it runs."""
        return self._child.poll()

    def stop(self) -> None:
        """End the child."""
        self._child.terminate()
        try:
            self._child.wait(15)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _start(self) -> None:
        self._started, self._ended = stopwatch(), None
        environment = os.environ | {lifeline.VARIABLE: str(os.getpid())}
        self._child = subprocess.Popen([sys.executable, "-m", "appliance.cli", *self._arguments], env=environment)


def run_box(folder: Path, stop: threading.Event) -> None:
    """Run the three services until `stop` is set."""
    minders = [Minder(name, [name, "--data", str(folder)]) for name in ("count", "web", "nightly")]
    try:
        while not stop.wait(1.0):
            for minder in minders:
                minder.mind()
    finally:
        for minder in minders:
            minder.stop()
