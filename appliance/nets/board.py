"""The right size for the board: measured once, kept, and said why.

Larger pictures find people farther off and cost more. Measured is one look of one thread at every size that the net's
table lets a board choose; chosen is the largest at which every camera still gets eight looks a second and a third of
the processor stays free.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np

from appliance.clock import stopwatch
from appliance.config import USUAL_SIZE, Settings, parse_size
from appliance.nets.catalogue import Entry
from appliance.nets.detectors import open_detector
from appliance.nets.session import Engine
from appliance.whole import write_whole

LEAST_RATE = 8.0  # looks a second and camera
SPARE = 1 / 3  # of the processor
RUNS = 5

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Board:
    """What was measured: milliseconds of a look by size, of the net with that sha256, run so, on so many cores."""

    sha256: str
    threads: int
    provider: str
    cores: int
    took_ms: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> "Board | None":
        """Return what was kept, or None where nothing good was."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            board = cls(**told)
            for text, took in board.took_ms.items():
                parse_size(text)
                float(took)
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        return board

    def keep(self, path: Path) -> None:
        """Write it down, whole or not at all."""
        write_whole(path, json.dumps(asdict(self)).encode())

    def is_of(self, entry: Entry, engine: Engine) -> bool:
        """Say whether this was measured for that net, run in that way, on a board like this one."""
        told = (self.sha256, self.threads, self.provider, self.cores)
        return told == (entry.sha256, engine.threads, engine.provider, cores())


def cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0))


def measure(entry: Entry, engine: Engine) -> Board:
    """Time one look at every size, smallest first; a look that takes a second ends it. Raises NetError."""
    took: dict[str, float] = {}
    for text in entry.figures.get("chosen", entry.figures["sizes"]):
        size = parse_size(text)
        detector = open_detector(entry, size, engine)
        picture = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
        runs = []
        for _ in range(RUNS + 1):
            started = stopwatch()
            detector.detect(picture)
            runs.append(1000 * (stopwatch() - started))
            if runs[-1] > 1000:
                break
        took[text] = round(median(runs[1:] or runs), 2)  # the first look warms up
        if took[text] > 1000:
            break
    return Board(entry.sha256, engine.threads, engine.provider, cores(), took)


def choose(board: Board, cameras: int) -> tuple[Size, str]:
    """Return the size for so many cameras, and why in one sentence. Where none is fast enough: the smallest."""
    sizes = sorted(board.took_ms, key=lambda text: parse_size(text)[0])
    good = [text for text in sizes if fits(board, board.took_ms[text], cameras)]
    chosen = good[-1] if good else sizes[0]
    why = f"{board.took_ms[chosen]:.0f} ms a picture on this board"
    if not good:
        return parse_size(chosen), f"{why}; even the smallest leaves less than a third of it free"
    larger = [text for text in sizes if text not in good]
    return parse_size(
        chosen
    ), f"{why}; {larger[0]} would be too slow" if larger else f"{why}; there is none larger to choose"


def fits(board: Board, took_ms: float, cameras: int) -> bool:
    """Say whether so slow a look leaves a third of the board free; a camera's looks come one after the other."""
    busy = LEAST_RATE * took_ms / 1000
    together = max(1, cameras) * busy * board.threads
    return busy <= 1 - SPARE and together <= (1 - SPARE) * board.cores


def settle(settings: Settings, entry: Entry, path: Path, *, may_measure: bool = False) -> tuple[Settings, str]:
    """Return the settings with the net's size settled, and why it is that one.

    `path` holds what was measured on this board; only the counter measures, everybody else takes the usual size where
    nothing was. Raises NetError where the net can't be loaded, OSError where the measurement can't be kept.
    """
    if settings.net.size:
        return settings, "set in tallybox.toml"
    board, engine = Board.read(path), Engine.of(settings.net)
    if board is None or not board.is_of(entry, engine):
        if not may_measure:
            return settings.at(USUAL_SIZE), "the usual size; the board was not measured yet"
        board = measure(entry, engine)
        board.keep(path)
    size, why = choose(board, len(settings.cameras))
    return settings.at(size), why
