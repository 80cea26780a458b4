"""From the decoding thread to the one that hands over: room for a single picture, and who waits for whom."""

import threading

from appliance.cameras.libav import Picture


class Thinning:
    """Keeps at most `rate` pictures a second, by their stream time, evenly.

    A picture may come a quarter of an interval early, and makes none of the later ones due sooner: so a stream that
    has just that rate, but jitters, is kept whole.
    """

    def __init__(self, rate: float | None) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._slack = self._interval / 4
        self._due: float | None = None

    def keeps(self, picture: Picture) -> bool:
        """Tell whether this picture is wanted; one without stream time goes by when it was received."""
        if not self._interval:
            return True
        time = picture.received if picture.pts is None else picture.pts
        late = float("inf") if self._due is None else time - self._due
        if -self._interval - self._slack <= late < -self._slack:
            return False
        on = -self._slack <= late < self._interval - self._slack  # not the first, nor after a gap or a jump
        self._due = (time - late if on else time) + self._interval
        return True


class Slot:
    """Holds one picture. Newest: a later one replaces it. Lossless: a later one waits until it was taken."""

    def __init__(self, lossless: bool) -> None:
        self._lossless = lossless
        self._changed = threading.Condition()
        self._picture: Picture | None = None
        self._skipped = 0
        self._ending: str | None = None

    def put(self, picture: Picture) -> None:
        """Store a picture, at once or (lossless) as soon as there is room."""
        with self._changed:
            if self._lossless:
                self._changed.wait_for(lambda: self._picture is None)
            self._skipped += self._picture is not None
            self._picture = picture
            self._changed.notify_all()

    def end(self, problem: str) -> None:
        """Say that no more pictures come, and why ("": all were shown)."""
        with self._changed:
            self._ending = problem
            self._changed.notify_all()

    def take(self, seconds: float) -> tuple[Picture, int] | str | None:
        """Return (picture, how many it replaced); how it ended, where no picture is left; None where none came yet."""
        with self._changed:
            self._changed.wait_for(lambda: self._picture is not None or self._ending is not None, seconds)
            picture, skipped = self._picture, self._skipped
            if picture is None:
                return self._ending
            self._picture, self._skipped = None, 0
            self._changed.notify_all()
            return picture, skipped
