"""The shares of ages and genders among those who came in and whose face was seen well enough, corrected for how often
the net takes one for another. Somebody whose face was not seen is unknown and is in no share. The interval holds 95 %
of what chance alone would give; it knows nothing of faces that are harder than those on which the net was measured.
Children are those under twelve, by their face, or by their stature where no face was seen and the camera's height, tilt
and field are known: the sum of the probabilities over all who could be told, as they were said, without a correction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from appliance.metrics.shop_day import ShopDay
from appliance.storage import queries

VERSION, TITLE = 2, "Who came in"

ROUNDS, DRAWS = 20, 200  # more rounds fit the noise: of resampled faces, 20 erred least
Numbers = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Share:
    """One band of ages or one gender: its share, corrected, and the ends of its 95 % interval."""

    name: str
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mix:
    """A day's mix. `known` of the `visitors` that crossed inwards had a face that was seen well enough.

    `children` are expected among the `told_young` who could be told from others; None where nobody could be.
    """

    visitors: float
    known: float
    ages: Sequence[Share]
    genders: Sequence[Share]
    children: float | None = None
    told_young: float = 0.0


def mix_of_day(database: Database, day: ShopDay, background: Mapping[str, float] | None = None) -> Mix | None:
    """Return the mix of a business day so far, or None where the box was not asked to guess.

    `background` are the shares of bands that were counted by eye in this shop, and count like a hundred visitors.
    """
    persons = queries.visitor_mix(database, day.start, day.until)
    if not persons:
        return None
    errors = queries.mix_errors(database)
    known = persons.get("m", 0.0) + persons.get("f", 0.0)
    traits = {truth for truth, _, _ in errors}
    ages = sorted(
        (name for name in traits if name not in ("m", "f")), key=lambda name: int(name.rstrip("+").split("-")[0])
    )
    return Mix(
        visitors=persons.get("visitors", 0.0),
        known=known,
        ages=shares(ages, persons, errors, background or {}),
        genders=shares(["f", "m"], persons, errors, {}),
        children=persons.get("child"),
        told_young=persons.get("told-young", 0.0),
    )


def shares(
    names: Sequence[str],
    persons: Mapping[str, float],
    errors: Sequence[tuple[str, str, float]],
    background: Mapping[str, float],
) -> list[Share]:
    """Return the corrected shares of what was said, with intervals; none where nothing was said."""
    said = np.array([persons.get(name, 0.0) for name in names])
    if not said.sum():
        return []
    told = {(truth, name): share for truth, name, share in errors}
    confusion = np.array([[told.get((truth, name), float(truth == name)) for name in names] for truth in names])
    prior = np.array([background.get(name, 0.0) for name in names])
    found = corrected(said, confusion, prior)
    rng = np.random.default_rng(1)
    whole = max(1, round(said.sum()))
    draws = [corrected(rng.multinomial(whole, said / said.sum()) + 1e-9, confusion, prior) for _ in range(DRAWS)]
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return [Share(*row) for row in zip(names, found.tolist(), low.tolist(), high.tolist(), strict=True)]


def corrected(said: Numbers, confusion: Numbers, background: Numbers, weight: float = 100.0) -> Numbers:
    """Return the true shares that explain best what was said: prior-shift EM (Saerens, Latinne and Decaestecker 2002).

    `said` counts the answers (N), `confusion` is the probability of each answer (columns) for each truth (rows), and
    `background` shares that are known from elsewhere, worth `weight` persons; all nought where nothing is.
    """
    shares = np.full(len(said), 1 / len(said))
    known = weight * background / background.sum() if background.sum() else np.zeros(len(said))
    for _ in range(ROUNDS):
        joint = shares[:, None] * confusion
        belongs = joint / np.maximum(joint.sum(0), 1e-12)
        persons = belongs @ said + known
        shares = persons / persons.sum()
    return shares
