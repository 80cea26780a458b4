"""How well vectors tell people apart: rank-1, mean average precision, and false matches at a threshold."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Figures:
    """`rank1` and `mean_precision` of searches; `false` and `recall` are shares of pairs above the threshold."""

    searches: int
    rank1: float
    mean_precision: float
    false: float
    recall: float


def figures(
    alike: np.ndarray, same: np.ndarray, counts: np.ndarray, threshold: float, near: np.ndarray | bool = True
) -> Figures:
    """Judge similarities (N x N) with the truth `same` (N x N) on the pairs that count (N x N).

    Everybody is searched for among all that count for them; who has nobody to find is left out. False matches are told
    of the pairs that are `near` each other as well: of one shop.
    """
    ranks, precisions = [], []
    for row, truth, asked in zip(alike, same, counts, strict=True):
        found = truth[asked][np.argsort(-row[asked], kind="stable")]
        if found.any():
            places = np.flatnonzero(found)
            ranks.append(bool(found[0]))
            precisions.append(float(np.mean((np.arange(len(places)) + 1) / (places + 1))))
    right, wrong = alike[same & counts], alike[~same & counts & near]
    return Figures(
        len(ranks), float(np.mean(ranks)), float(np.mean(precisions)),
        float(np.mean(wrong >= threshold)), float(np.mean(right >= threshold)),
    )  # fmt: skip


def threshold_of(alike: np.ndarray, same: np.ndarray, counts: np.ndarray, false: float) -> float:
    """Return the similarity that a share `false` of the pairs of different people reaches."""
    return float(np.quantile(alike[~same & counts], 1 - false))
