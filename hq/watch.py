"""Looks after the rings while headquarters serves: once a minute at most, by whichever process takes in a day."""

import threading
import time

from sqlalchemy import Engine

from hq.here import clock
from hq.releases import stop_ill

EVERY = 60.0  # seconds


class Watch:
    """look(engine) after a day was taken in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0

    def look(self, engine: Engine) -> None:
        """Stop rings that are ill, if nobody looked within the last minute."""
        with self._lock:
            now = time.monotonic()
            if now < self._next:
                return
            self._next = now + EVERY
        stop_ill(engine, clock())
