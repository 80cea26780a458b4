"""Coverage: how much of each minute a camera saw, whoever walks by.

The time between two frames was seen if it is at most `GAP` seconds; a longer gap was not seen at all. So ten empty
minutes are ten minutes of full coverage, and a dead camera leaves no row.
"""

from appliance.clock import minute_of
from appliance.frame import Coverage

GAP = 1.0


class CoverageMeter:
    """Adds up what one camera saw. Rows are increments: whoever stores them adds them to what is there."""

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._last: float | None = None
        self._seen: dict[int, tuple[float, int]] = {}

    def see(self, time: float) -> None:
        """Take the time of a frame, later than that of the frame before."""
        minute = minute_of(time)
        if self._last is not None and time - self._last <= GAP:
            start = self._last
            if minute_of(start) < minute:
                self._add(minute_of(start), minute - start, 0)
                start = float(minute)
            self._add(minute, time - start, 1)
        else:
            self._add(minute, 0.0, 1)
        self._last = time

    def minute_is_over(self) -> bool:
        """Say whether rows of a minute wait that is over."""
        return len(self._seen) > 1

    def take(self) -> list[Coverage]:
        """Return what was seen since it was last taken."""
        rows = [Coverage(self._camera, minute, seen, frames) for minute, (seen, frames) in sorted(self._seen.items())]
        self._seen.clear()
        return rows

    def _add(self, minute: int, seconds: float, frames: int) -> None:
        seen, count = self._seen.get(minute, (0.0, 0))
        self._seen[minute] = (seen + seconds, count + frames)
