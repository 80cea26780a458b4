"""Round trips to headquarters on a connection of their own, in a thread, for as long as something is being sent."""

import logging
import threading

import httpx

from appliance.clock import stopwatch
from appliance.nightly.pacer import Pacer

log = logging.getLogger(__name__)

EVERY = 0.1  # seconds
PATIENCE = 1.0  # a line that answers later than this is full, whoever fills it


class Probe:
    """A context manager: while it is open, the pacer hears a round trip ten times a second."""

    def __init__(self, http: httpx.Client, pacer: Pacer, path: str = "/v1/echo") -> None:
        self._http, self._pacer, self._path = http, pacer, path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="probe", daemon=True)

    def __enter__(self) -> "Probe":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(2 * PATIENCE)

    def _run(self) -> None:
        while not self._stop.is_set():
            started = stopwatch()
            try:
                self._http.get(self._path, timeout=PATIENCE)
                self._pacer.heard(stopwatch() - started, stopwatch())
            except httpx.HTTPError:
                self._pacer.silent(stopwatch())
            self._stop.wait(max(0.0, EVERY - (stopwatch() - started)))
