"""How close two files of one net answer: int8 beside its fp32 twin, on the same pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from appliance.clock import stopwatch
from appliance.frame import Detections, Floats, Pixels
from appliance.nets.age_gender import AGES, AgeGender, Guess
from appliance.nets.appearance import AppearanceReader
from appliance.nets.catalogue import Entry
from appliance.nets.person import PersonDetector
from appliance.nets.session import USUAL, Engine

SURE, SAME = 0.5, 0.5  # probability from which something is found, and overlap from which two boxes are one
ALIKE = 0.95  # cosine from which two vectors of one look are the same
YEARS = 2.0  # by which two guesses of an age may differ and still be the same


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a file of a net answers beside its fp32 twin.

    `apart` is the mean distance of an answer, 0 for the same: by how much the probabilities differ, and for boxes the
    part that does not overlap, by their probability. `same` is the share of the twin's sure answers that are given as
    well, and no others (F1). `ms` is the median time of a look.
    """

    apart: float
    same: float
    ms: float


Look = Callable[[Pixels], Any]


def look_of(entry: Entry, size: tuple[int, int], data: bytes | None = None, engine: Engine = USUAL) -> Look:
    """Return what looks at a picture as the net takes it: with the net's own file, or with another of the same net."""
    if entry.kind == "age-gender":
        return AgeGender(entry, engine, twin=data).look
    if entry.kind == "appearance":
        return AppearanceReader(entry, engine, twin=data).look
    return PersonDetector(entry, size, engine, twin=data).detect


def agreements(
    entry: Entry,
    size: tuple[int, int],
    twin: bytes,
    files: Sequence[bytes],
    pictures: Sequence[Pixels],
    engine: Engine = USUAL,
) -> list[Agreement]:
    """Return how each file, and last the twin itself, answers beside the twin; all look in turn, so noise meets all."""
    looks = [look_of(entry, size, data, engine) for data in (*files, twin)]
    compare = _COMPARE.get(entry.kind, _detections)
    took: list[list[float]] = [[] for _ in looks]
    rows: list[list[tuple[float, float, float]]] = [[] for _ in looks]
    for picture in pictures:
        answers = []
        for look, times in zip(looks, took, strict=True):
            started = stopwatch()
            answers.append(look(picture))
            times.append(1000 * (stopwatch() - started))
        for answer, row in zip(answers, rows, strict=True):
            row.append(compare(answers[-1], answer))
    return [_summed(row, median(times)) for row, times in zip(rows, took, strict=True)]


def _summed(rows: list[tuple[float, float, float]], ms: float) -> Agreement:
    apart, same, total = np.mean(rows, axis=0)
    return Agreement(float(apart), float(same / total) if total else 1.0, ms)


def _detections(twin: Detections, other: Detections) -> tuple[float, float, float]:
    """Return the mean distance, twice the sure ones that are in both, and the sure ones of each."""
    shared = overlaps(twin.boxes, other.boxes)
    apart, pairs = 0.0, []
    for i in range(len(twin.boxes)):  # strongest first
        j = int(np.argmax(shared[i])) if shared.size else -1
        if j < 0 or shared[i, j] < SAME:
            apart += float(twin.scores[i])
            continue
        apart += float(abs(twin.scores[i] - other.scores[j]) + twin.scores[i] * (1 - shared[i, j]))
        pairs.append((i, j))
        shared[:, j] = 0
    alone = np.delete(other.scores, [j for _, j in pairs])
    everybody = len(twin.boxes) + len(alone)
    both = sum(twin.scores[i] >= SURE and other.scores[j] >= SURE for i, j in pairs)
    sure = int((twin.scores >= SURE).sum() + (other.scores >= SURE).sum())
    return (apart + float(alone.sum())) / max(1, everybody), 2.0 * both, sure


def _guesses(twin: Guess, other: Guess) -> tuple[float, float, float]:
    years = np.arange(AGES)
    same = (twin.man >= SURE) == (other.man >= SURE) and abs(years @ (twin.ages - other.ages)) <= YEARS
    return float(np.abs(twin.ages - other.ages).sum() / 2 + abs(twin.man - other.man)), float(same), 1.0


def _vectors(twin: Floats, other: Floats) -> tuple[float, float, float]:
    return float(1 - twin @ other), float(twin @ other >= ALIKE), 1.0


_COMPARE: dict[str, Callable[[Any, Any], tuple[float, float, float]]] = {
    "age-gender": _guesses, "appearance": _vectors,
}  # fmt: skip


def overlaps(a: Floats, b: Floats) -> Floats:
    """Return the intersection over union of boxes N x 4 and M x 4, N x M."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (a, b)]
    return np.asarray(shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9), np.float32)
