"""How fast to send so that nobody else on the line feels it. Pure: times and round trips come in, a rate comes out.

In the manner of LEDBAT (RFC 6817), with round trips on a second connection in place of one-way delays: the lowest round
trip of the last minutes is the empty line, what the recent ones are above it is the queue, and the rate rises while the
queue is below the target and falls when it is above. LEDBAT+'s lesson is kept too: a queue that jumps is somebody
else's, so everything but a trickle stops at once and comes back after a pause.
"""

from collections import deque
from dataclasses import dataclass, field

PIECE = 512  # bytes; a full packet alone would hold a line of 1 Mbit/s for 12 ms


@dataclass(frozen=True, slots=True)
class PacerSettings:
    """Seconds and bytes a second."""

    target: float = 0.005  # the queue that our own traffic may cause
    floor: float = 1_500.0  # a trickle, if no deadline asks for more
    start: float = 8_000.0
    ceiling: float = 12_500_000.0
    double_in: float = 1.0  # seconds in which the rate doubles until the first queue is felt
    climb: float = 0.10  # share of the rate added a second afterwards
    creep: float = 0.003  # and of what the line was found to carry, while that is sure: it may have become faster
    sure: float = 120.0  # seconds for which a finding that agrees with the one before is sure
    share: float = 0.85  # of the best rate that the line was seen to carry
    jump: float = 4.0  # a queue of so many targets is somebody else's
    leap: float = 20.0  # and a single round trip so many targets longer is one too
    pause: float = 1.5  # seconds of an empty queue before coming back
    used: float = 0.7  # share of the rate that must have gone out before more is asked for
    recent: int = 3  # round trips of which the lowest counts, against noise
    base_minutes: int = 10  # how long the lowest round trip is remembered


@dataclass(slots=True)
class Pacer:
    """rate: bytes a second allowed now. heard(round_trip, now) after each probe; wait(size, now) before each piece."""

    settings: PacerSettings = field(default_factory=PacerSettings)
    rate: float = 0.0
    trickle: float = 0.0  # bytes a second that a deadline asks for at the least
    queue: float = 0.0
    yielding: bool = False
    _starting: bool = True
    _limit: float = 0.0
    _calm_since: float | None = None
    _heard: float | None = None
    _next: float = 0.0
    _out: int = 0  # bytes since the last probe
    _sure: float = 0.0  # seconds for which the limit still is
    _found: float = 1.0
    _deaf: int = 0  # probes that can't tell of the rate as it is now
    _recent: deque[float] = field(default_factory=deque)
    _bases: deque[tuple[int, float]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.rate, self._limit = self.settings.start, self.settings.ceiling

    def heard(self, round_trip: float, now: float) -> None:
        """Take one round trip, in seconds."""
        s = self.settings
        gap = 0.0 if self._heard is None else min(1.0, now - self._heard)
        wanted = self._out >= s.used * self.rate * gap  # else it is not the rate that holds us back
        self._heard, self._out = now, 0
        self.queue = self._queue(round_trip, now)
        if self._starting and not self.yielding and self.queue > s.target:
            self._full()  # our own doubling went over the line's rate, if the queue goes away again
        elif self.queue > s.jump * s.target or round_trip - self.round_trip > s.leap * s.target:
            self.silent(now)
        elif self.yielding:
            self._come_back(now)
        elif self._starting:
            self.rate *= 2 ** (gap / s.double_in * wanted)
        else:
            self._follow(gap, wanted)
        self.rate = max(self.floor, min(self.rate, self._limit * s.share if self._limit < s.ceiling else s.ceiling))

    @property
    def floor(self) -> float:
        """The least rate: a trickle that still finishes in time."""
        return max(self.settings.floor, self.trickle)

    @property
    def round_trip(self) -> float:
        """The round trip of the empty line, in seconds; 0 before the first probe."""
        return min((base for _, base in self._bases), default=0.0)

    def wait(self, size: int, now: float) -> float:
        """Return the seconds to wait before `size` bytes more may go out."""
        rate = self.floor if self.yielding else self.rate
        self._next = max(self._next, now - PIECE / 2 / rate) + size / rate
        self._out += size
        return max(0.0, self._next - now)

    def silent(self, now: float) -> None:
        """Make way: somebody else fills the line, or a probe got no answer at all."""
        self._heard, self.yielding, self._calm_since = now, True, None

    def starved(self, came: float) -> None:
        """Take it that the line carries no more than so many bytes a second: more was allowed and did not come."""
        self._starting = False
        self._limit = self._found = max(self.floor, min(self.settings.ceiling, came))
        self._sure = self.settings.sure
        self.rate = min(self.rate, self._limit * self.settings.share)

    def _follow(self, gap: float, wanted: bool) -> None:
        off = (self.settings.target - self.queue) / self.settings.target
        self._deaf = max(0, self._deaf - 1)
        if off < 0 and not self._deaf:
            self._full()
        elif off >= 0 and wanted:
            self.rate += self.rate * self.settings.climb * off * gap
            self._sure = max(0.0, self._sure - gap)
            if self.rate > 0.9 * self.settings.share * self._limit:
                self._limit *= 1 + (self.settings.creep if self._sure else self.settings.climb) * gap

    def _full(self) -> None:
        """Remember what the line carries, and go below it."""
        self._starting = False
        found = min(self.settings.ceiling, self.rate)
        self._sure = (
            self.settings.sure if 2 / 3 < found / self._found < 3 / 2 else 0.0
        )  # else it was noise, now or then
        self._limit = self._found = found
        self.rate *= 0.6
        self._deaf = self.settings.recent + 1  # what is heard until then tells of the rate that was

    def _come_back(self, now: float) -> None:
        if self.queue > self.settings.target:
            self._calm_since = None
            return
        if self._calm_since is None:
            self._calm_since = now
        if now - self._calm_since >= self.settings.pause:
            self.yielding, self._calm_since = False, None
            self.rate = max(self.floor, self.rate / 2)

    def _queue(self, round_trip: float, now: float) -> float:
        """Return the queue: the lowest of the recent round trips above the lowest of the last minutes."""
        minute = int(now // 60)
        if not self._bases or self._bases[-1][0] != minute:
            self._bases.append((minute, round_trip))
        elif round_trip < self._bases[-1][1]:
            self._bases[-1] = (minute, round_trip)
        while minute - self._bases[0][0] >= self.settings.base_minutes:
            self._bases.popleft()
        self._recent.append(round_trip)
        while len(self._recent) > self.settings.recent:
            self._recent.popleft()
        return min(self._recent) - min(base for _, base in self._bases)
