"""When a frame was taken: the box's clock decides the minute, the stream's clock only the spacing.

A frame's arrival jitters with the network, its stream time (pts) doesn't; but a camera's clock may be a minute late,
drift or jump. So time = pts + offset, where the offset follows (received - pts): slowly when a frame is late, which
most often is the network's doing, and quickly when one is early, which can't be. Pure: no clock inside.
"""

import math

FOLLOW = 10.0
FALL = 0.5
JUMP = 2.0


class StreamClock:
    """Turns (received, pts) of each frame into its time.

    The result increases strictly and is never later than `received`, as long as `received` increases; where the box's
    own clock is set back it creeps on until that has caught up, since time that runs backwards would count twice.
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._received = -math.inf
        self._last = -math.inf

    def reconnect(self) -> None:
        """Forget the offset: a new connection begins a new stream time."""
        self._offset = None

    def time(self, received: float, pts: float | None) -> float:
        """Return the time of a frame that was decoded at `received` (UTC seconds); pts None: it has no stream time."""
        wanted = received if pts is None else min(received, pts + self._follow(received, pts))
        self._received = received
        if wanted <= self._last:
            wanted = self._just_after(self._last, received)
        self._last = wanted
        return wanted

    def _follow(self, received: float, pts: float) -> float:
        apart = received - pts
        if self._offset is None or abs(apart - self._offset) > JUMP:
            self._offset = apart
        else:
            passed = max(0.0, received - self._received)
            constant = FOLLOW if apart > self._offset else FALL
            self._offset += (apart - self._offset) * -math.expm1(-passed / constant)
        return self._offset

    @staticmethod
    def _just_after(last: float, received: float) -> float:
        step = min(1e-3, (received - last) / 2) if received > last else 0.0
        return max(last + step, math.nextafter(last, math.inf))
