"""How the age and gender net errs: what it said, on the average, of people whose truth is known.

`age-gender.csv` beside the net has a row a band of true ages (its middle, then the mean probability of each year from 0
to 100) and two rows for gender (truth "m" or "f", then the mean probability of a man). It was measured on faces that
training never saw, degraded to what a camera gives.
"""

import csv

import numpy as np

from appliance.frame import Floats
from appliance.nets.age_gender import AGES
from appliance.nets.catalogue import Entry

Bands = tuple[tuple[int, int], ...]
Errors = list[tuple[str, str, float]]  # truth, what is said, how often


def errors_of(entry: Entry, bands: Bands) -> Errors:
    """Return how often the net says what of whom, for the shop's own bands. Raises NetError."""
    rows = list(csv.reader(entry.read_beside("answers").decode().splitlines()))
    gender = {row[0]: float(row[1]) for row in rows if row[0] in ("m", "f")}
    middles = np.array([float(row[0]) for row in rows if row[0] not in gender])
    said = np.array([[float(value) for value in row[1:]] for row in rows if row[0] not in gender])
    told: Errors = []
    for (low, high), truth in zip(bands, names(bands), strict=True):
        mean = np.mean([at_year(year, middles, said) for year in range(low, min(high, 80) + 1)], axis=0)
        shares = [float(mean[a : b + 1].sum()) for a, b in bands]
        told += [(truth, name, share / sum(shares)) for name, share in zip(names(bands), shares, strict=True)]
    for truth, man in gender.items():
        told += [(truth, "m", man), (truth, "f", 1 - man)]
    return told


def at_year(year: int, middles: Floats, said: Floats) -> Floats:
    """Return what is said of people of one age: between the two bands whose middles it lies between."""
    return np.array([np.interp(year, middles, said[:, column]) for column in range(AGES)])


def names(bands: Bands) -> list[str]:
    """Return the bands' names: 12-15, 60+."""
    return [f"{low}-{high}" if high < AGES - 1 else f"{low}+" for low, high in bands]
