"""Is the shop's line idle, and is it our time? Pure: round trips, counters and times come in, a decision comes out.

A night has a window (the closed hours), a start inside it that differs from box to box, and a deadline before opening.
The line is idle if round trips to headquarters are near what this hour of the night is like (a sketch of many nights,
forgotten by half-life) and the router, where it can be believed, moves next to nothing.
"""

import hashlib
import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

EDGES = tuple(0.001 * 1.3**k for k in range(31))  # seconds: 1 ms to 2.6 s
QUIET = 0.2  # quantile of other nights that counts as an empty line
SLACK, SHARE = 0.004, 0.25  # how much longer a round trip may be: 4 ms and a quarter
HALF_LIFE = 14  # nights
ENOUGH = 3.0  # nights' worth of samples before the sketch is believed
ROUTER_IDLE = 4_000.0  # bytes a second that a quiet shop's devices move all the same
SPREAD = 0.5  # of the window, in which starts lie
HURRY = 0.15  # of the window before its end: then a trickle, whoever uses the line


class Verdict(Enum):
    """What to do now."""

    NOT_YET = "not yet"
    BUSY = "busy"
    IDLE = "idle"
    TRICKLE = "trickle"
    OVER = "over"
    UPDATE = "update"  # of notes alone: what came of fetching one


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and why, as the page shows it."""

    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Window:
    """The closed hours of one night in UTC seconds, and this box's start within them."""

    opens: float
    closes: float
    start: float

    @classmethod
    def of(cls, opens: float, closes: float, box: str) -> "Window":
        """Spread the boxes of a chain over the first half of the window by a hash of the box's name."""
        number = int.from_bytes(hashlib.sha256(box.encode()).digest()[:8], "big") / 2**64
        return cls(opens, closes, opens + SPREAD * number * (closes - opens))

    @property
    def hurry(self) -> float:
        """From here on a trickle goes out even on a busy line."""
        return self.closes - HURRY * (self.closes - self.opens)


@dataclass(slots=True)
class Sketch:
    """Round trips of one hour of the night over many nights: a histogram of 32 counts, 128 bytes, which fades."""

    counts: list[float] = field(default_factory=lambda: [0.0] * (len(EDGES) + 1))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Sketch":
        """Read what to_bytes wrote; anything else is an empty sketch."""
        size = len(EDGES) + 1
        return cls(list(struct.unpack(f"<{size}f", data))) if len(data) == 4 * size else cls()

    def to_bytes(self) -> bytes:
        """Return the sketch as 128 bytes."""
        return struct.pack(f"<{len(self.counts)}f", *self.counts)

    def fade(self, nights: float) -> None:
        """Forget by half-life."""
        self.counts = [count * 0.5 ** (nights / HALF_LIFE) for count in self.counts]

    def add(self, round_trip: float) -> None:
        """Take one round trip, in seconds."""
        self.counts[sum(edge <= round_trip for edge in EDGES)] += 1.0

    def quantile(self, share: float) -> float | None:
        """Return the upper edge of the bucket in which that share lies, or None of too few samples."""
        total = sum(self.counts)
        if total < ENOUGH:
            return None
        reached = 0.0
        for count, edge in zip(self.counts, (*EDGES, 2 * EDGES[-1]), strict=True):
            reached += count
            if reached > 0 and reached >= share * total:
                return edge
        return 2 * EDGES[-1]


def router_rate(readings: Sequence[tuple[float, int]]) -> float | None:
    """Return bytes a second by the router's counter (time, bytes), or None where it can't be believed.

    Many routers' counters stick, wrap at 32 bits, or never move; one that has not moved at all while we looked is not
    taken for a line without traffic.
    """
    if len(readings) < 2:
        return None
    steps = []
    for (t0, b0), (t1, b1) in itertools.pairwise(readings):
        moved = b1 - b0
        if moved < 0 and b0 < 2**32 <= b0 + 2**31:
            moved += 2**32  # a 32-bit counter has wrapped
        if t1 <= t0 or moved < 0 or moved > 1.25e9 * (t1 - t0):
            return None
        steps.append(moved)
    if not any(steps):
        return None
    return sum(steps) / (readings[-1][0] - readings[0][0])


def decide(
    now: float, window: Window, round_trips: Sequence[float], usual: Sketch, router: float | None = None
) -> Decision:
    """Decide what a box with something to send does now. `round_trips` in seconds; `router` from router_rate."""
    if now < window.start:
        return Decision(Verdict.NOT_YET, "it is not this box's time yet")
    if now >= window.closes:
        return Decision(Verdict.OVER, "the night is over")
    late = now >= window.hurry
    if not round_trips:
        return Decision(Verdict.BUSY, "headquarters does not answer")
    busy = _busy(median(round_trips), usual.quantile(QUIET), router)
    if not busy:
        return Decision(Verdict.IDLE, "line idle")
    return Decision(Verdict.TRICKLE, f"little time left, {busy}") if late else Decision(Verdict.BUSY, busy)


def _busy(round_trip: float, quiet: float | None, router: float | None) -> str:
    """Say why the line is not idle, or nothing."""
    if quiet is not None and round_trip > quiet * (1 + SHARE) + SLACK:
        return f"line busy: {1000 * round_trip:.0f} ms to headquarters, {1000 * quiet:.0f} on quiet nights"
    if router is not None and router > ROUTER_IDLE:
        return f"line busy: the router moves {router / 1000:.0f} kB a second"
    return ""
