"""How often somebody may try the code. In memory: a restart forgets, and takes longer than what it would win.

Five tries of one address are free, then each waits twice as long as the one before, up to a quarter of an hour. All
addresses together have forty an hour, then wait up to half a minute: whoever has many addresses is slow too.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

ADDRESSES = 1000  # remembered at most; the one that tried longest ago is forgotten first
FORGET = 3600.0  # seconds after the last failure


@dataclass(slots=True)
class _Tries:
    """The failures of one address, or of all, with the moment of the last."""

    free: int
    longest: float
    count: int = 0
    last: float = 0.0

    def wait(self, now: float) -> float:
        if now - self.last > FORGET:
            self.count = 0
        if self.count < self.free:
            return 0.0
        return max(0.0, self.last + min(self.longest, 5.0 * 2.0 ** min(self.count - self.free, 20)) - now)

    def fail(self, now: float) -> None:
        self.count, self.last = self.count + 1, now


class Throttle:
    """may_try(address, now) before each try; succeeded(address) after a right one."""

    def __init__(self) -> None:
        self._all = _Tries(free=40, longest=30.0)
        self._by_address: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def may_try(self, address: str, now: float) -> float:
        """Return 0 and count the try as a failure until it succeeds, or return the seconds that it must wait."""
        with self._lock:
            own = self._by_address.setdefault(address, _Tries(free=5, longest=900.0))
            self._by_address.move_to_end(address)
            if len(self._by_address) > ADDRESSES:
                self._by_address.popitem(last=False)
            wait = max(own.wait(now), self._all.wait(now))
            if not wait:
                own.fail(now)
                self._all.fail(now)
            return wait

    def succeeded(self, address: str) -> None:
        """Forget the failures of an address that knew the code; its try was no failure."""
        with self._lock:
            self._by_address.pop(address, None)
            self._all.count = max(0, self._all.count - 1)
