"""Bakes dressed people, walking and standing, out of the anny body model. Needs torch and anny; run once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from scripts.synthetic_shop.bodies import FOLDER

_PART = 91
AGES = (
    (4, 7),
    (7, 12),
    (13, 16),
    (16, 19),
    (18, 30),
    (20, 35),
    (30, 50),
    (30, 50),
    (45, 64),
    (50, 64),
    (66, 80),
    (18, 40),
)


class MissingModelError(RuntimeError):
    """anny or torch isn't installed; the message says how."""


def bake(
    count: int = 72, seed: int = 1, folder: Path = FOLDER, done: Callable[[int], None] = lambda number: None
) -> None:
    """Write `count` people to `folder` as p000.npz and on, calling `done` with how many there are after each.

    The same seed gives the same people, whatever their number. Raises MissingModelError.
    """
    try:
        from scripts.synthetic_shop.bake.model import Model
        from scripts.synthetic_shop.bake.person import make_person

        model = Model()
    except ModuleNotFoundError as error:
        raise MissingModelError(
            f"{error.name} is missing: pip install --no-deps torch==2.13.0 anny==0.6.2 warp-lang roma, and then"
            " pyyaml safetensors trimesh pillow"
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        rng = np.random.default_rng([seed, _PART, number])
        female = bool((number // len(AGES) + number) % 2)
        person = make_person(model, rng, AGES[number % len(AGES)], female)
        partial = folder / f".p{number:03d}.npz"
        np.savez_compressed(partial, **person)
        partial.replace(folder / f"p{number:03d}.npz")
        done(number + 1)
