"""The one interface of all cameras, and the bell that ends them."""

import os
import select
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator

from appliance.frame import Frame


class CameraError(RuntimeError):
    """The world withholds the picture; the message is one line, and holds no password."""


class Camera(ABC):
    """Gives frames, one after another, until closed.

    `alive`: frames are coming. `problem`: why they are not, in one sentence, or "".
    `skipped`: frames that came and were not handed over since newer ones did. `restarts`: how often it was reopened.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = False
        self.problem = ""
        self.skipped = 0
        self.restarts = 0
        self._bell = Bell()

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """Yield frames; the image of each is lent, and valid until the next one is asked for."""

    def close(self) -> None:
        """End `frames` promptly, for good. May be called from any thread and from a signal handler."""
        self._bell.ring()


class Bell:
    """Wakes whoever waits, and stays rung.

    An eventfd and not a threading.Event, whose lock a signal handler could find taken by the thread it interrupts.
    """

    def __init__(self) -> None:
        self.rung = False
        self._fd = os.eventfd(0)
        weakref.finalize(self, os.close, self._fd)

    def ring(self) -> None:
        """Wake all waits, now and later."""
        self.rung = True
        os.eventfd_write(self._fd, 1)

    def wait(self, seconds: float, *descriptors: int) -> bool:
        """Wait until rung, until a descriptor can be read, or `seconds`; return False where only time passed."""
        poll = select.poll()
        for descriptor in (self._fd, *descriptors):
            poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(max(0.0, seconds) * 1000))
