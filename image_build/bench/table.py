"""The table that the bench prints: one row a rule, with what was seen and how long it took."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from image_build.bench.firmware import GuestError


@dataclass
class Row:
    """One rule; `says` is what was seen."""

    rule: str
    says: str = ""
    held: bool = False
    seconds: float = 0.0


@dataclass
class Table:
    """All rows so far."""

    rows: list[Row] = field(default_factory=list)

    @contextmanager
    def row(self, rule: str) -> Iterator[Row]:
        """Check one rule: it holds unless the block fails. A failure is a row too, and the bench goes on."""
        row, started = Row(rule), time.monotonic()
        self.rows.append(row)
        try:
            yield row
            row.held = True
        except (AssertionError, GuestError, OSError, subprocess.SubprocessError) as error:
            row.says = " ".join(f"{row.says} {type(error).__name__}: {error}".split())
        row.seconds = time.monotonic() - started
        print(_line(row), flush=True)

    def skip(self, rule: str, why: str) -> None:
        """Say what was not checked, and why."""
        self.rows.append(Row(rule, f"skipped: {why}", held=True))
        print(_line(self.rows[-1]), flush=True)

    @property
    def failed(self) -> int:
        """How many rules did not hold."""
        return sum(not row.held for row in self.rows)


def _line(row: Row) -> str:
    mark = "skip" if row.says.startswith("skipped: ") else "ok  " if row.held else "FAIL"
    return f"{mark} {row.seconds:6.0f} s  {row.rule:64s} {row.says}"


def need(what: object, otherwise: str) -> None:
    """Raise AssertionError with a sentence unless `what` is true."""
    if not what:
        raise AssertionError(otherwise)
