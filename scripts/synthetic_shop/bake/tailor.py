"""Cuts clothes out of the helper meshes: which faces a garment takes, and how far it stands off the body.

Faces are chosen by quad, never by triangle, or every hem is saw-toothed. Where trousers and shirt meet, the shirt hangs
over; it never hangs over a skirt, which would fight with it for depth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bake.measures import Measures
from scripts.synthetic_shop.bake.model import Indices, Model
from scripts.synthetic_shop.bake.outfit import OVER, Outfit
from scripts.synthetic_shop.bodies import REGIONS

Reals = NDArray[np.float64]
SKIN, HAIR, TOP, BOTTOM, SHOES, OUTER, PROP, INNER, SOLE = range(len(REGIONS))


@dataclass(frozen=True, slots=True)
class Part:
    """Faces of one region, how far each of the model's vertices is pushed out, and the cell for thinning (0: none)."""

    faces: Indices
    region: int
    push: Reals
    cell: float = 0.0


def by_quad(values: NDArray[np.generic], faces: Indices) -> Reals:
    """Return the mean of a vertex value over the quad that each triangle belongs to."""
    of_triangles = np.asarray(values, float)[faces].mean(1)
    half = len(faces) // 2
    of_quads = (of_triangles[:half] + of_triangles[half:]) / 2
    return np.concatenate([of_quads, of_quads])


def clothes(model: Model, size: Measures, outfit: Outfit) -> list[Part]:
    """Return the garments from the neck down."""
    return [
        *_upper(model, size, outfit),
        *_lower(model, size, outfit),
        *_shoes(model, size),
        *_skirts(model, size, outfit),
    ]


def torso_faces(model: Model, size: Measures, outfit: Outfit) -> Indices:
    """Return the faces of the tights that the upper garment covers above the waist."""
    tights = model.faces["helper-tights"]
    return tights[_is_upper(model, size, outfit)]


def _is_upper(model: Model, size: Measures, outfit: Outfit) -> NDArray[np.bool_]:
    tights = model.faces["helper-tights"]
    arm, height = by_quad(size.arm, tights), by_quad(size.rest[:, 2], tights)
    below = (height < size.waist) & (arm < 0.05)
    return ~below & (arm < outfit.sleeve) & ~_is_foot(model)


def _is_foot(model: Model) -> NDArray[np.bool_]:
    return by_quad(model.limbs["foot"], model.faces["helper-tights"]) > 0.45


def _upper(model: Model, size: Measures, outfit: Outfit) -> list[Part]:
    tights = model.faces["helper-tights"]
    chosen = _is_upper(model, size, outfit)
    region = _region_above(outfit)
    across, depth = by_quad(size.rest[:, 0], tights), by_quad(size.rest[:, 1], tights)
    middle = depth[chosen & (np.abs(across) < 0.05)].mean()
    inside = chosen & (depth < middle) & (np.abs(across) < outfit.open_front) & (by_quad(size.arm, tights) < 0.02)
    height = np.clip((size.rest[:, 2] - size.waist) / (0.45 * size.scale), 0, 1)
    quilted = 0.25 * np.sin(size.rest[:, 2] * 75) if outfit.upper == "puffer" else 0.0
    push = outfit.upper_thick * (1.25 - 0.5 * height + quilted)
    parts = [Part(tights[chosen & ~inside], region, push)]
    if inside.any():
        parts.append(Part(tights[inside], INNER, np.full(len(size.rest), outfit.upper_thick * 0.6)))
    if outfit.upper == "hoodie":
        parts.append(_lowered_hood(model, size, outfit, region))
    return parts


def _lowered_hood(model: Model, size: Measures, outfit: Outfit, region: int) -> Part:
    """A roll of cloth around the neck, thick at the back."""
    tights = model.faces["helper-tights"]
    height, depth = by_quad(size.rest[:, 2], tights), by_quad(size.head_back, tights)
    low = size.chin - 0.1 * size.scale
    chosen = (height > low) & (by_quad(size.arm, tights) < 0.01) & (depth > 0.45)
    return Part(tights[chosen], region, np.full(len(size.rest), outfit.upper_thick + 0.035 * size.scale))


def _lower(model: Model, size: Measures, outfit: Outfit) -> list[Part]:
    tights = model.faces["helper-tights"]
    height, leg = by_quad(size.rest[:, 2], tights), by_quad(size.leg, tights)
    grown = 0.6 + 0.4 * size.scale
    is_leg = (height < size.waist) & (by_quad(size.arm, tights) < 0.05) & ~_is_foot(model)
    region, parts = _region_above(outfit), list[Part]()
    if outfit.upper != "coat" and outfit.lower not in ("dress", "skirt"):
        hem = size.hip - (0.2 if outfit.upper in OVER else 0.1) * size.scale
        push = max(outfit.upper_thick, outfit.lower_thick) + 0.014 * grown
        band = (height < size.waist + 0.05 * size.scale) & (by_quad(size.arm, tights) < 0.05)  # reaches under the torso
        parts.append(Part(tights[band & (height > hem) & ~_is_foot(model)], region, np.full(len(size.rest), push)))
    wide = outfit.leg_width * np.clip(size.leg - 0.25, 0, 1) if outfit.lower == "trousers" else 0.0
    below = SKIN if outfit.lower == "dress" else BOTTOM
    parts.append(
        Part(tights[is_leg & (leg < outfit.trouser_hem)], below, outfit.lower_thick * 0.8 + wide + 0 * size.leg)
    )
    if outfit.trouser_hem < 1 or outfit.lower in ("dress", "skirt"):
        parts.append(_bare_legs(model, size, outfit))
    return parts


def _bare_legs(model: Model, size: Measures, outfit: Outfit) -> Part:
    body = model.faces["body"]
    leg = by_quad(size.leg, body)
    is_leg = (by_quad(model.limbs["leg"], body) > 0.5) & (by_quad(model.limbs["foot"], body) < 0.5)
    region = INNER if outfit.stockings else SKIN
    return Part(body[is_leg & (leg > 0.3) & (leg < 1.02)], region, np.full(len(size.rest), 0.001), 0.035)


def _shoes(model: Model, size: Measures) -> list[Part]:
    shoe = model.faces["helper-tights"][_is_foot(model)]
    floor = size.rest[shoe.ravel(), 2].min() + 0.022 * size.scale
    sole = shoe[by_quad(size.rest[:, 2], shoe) < floor] if len(shoe) % 2 == 0 else shoe[:0]
    flat = np.ones(len(size.rest))
    return [Part(shoe, SHOES, 0.006 * flat), Part(sole, SOLE, 0.0075 * flat)]


def _skirts(model: Model, size: Measures, outfit: Outfit) -> list[Part]:
    skirt = model.faces["helper-skirt"]
    leg = by_quad(size.leg, skirt)
    parts = []
    if outfit.lower in ("skirt", "dress"):
        push = outfit.lower_thick + 0.012 + 0.01 * np.clip(size.leg, 0, 1)
        parts.append(Part(skirt[leg < outfit.skirt_hem], BOTTOM, push))
    if outfit.upper == "coat":
        parts.append(Part(skirt[leg < outfit.coat_hem], OUTER, np.full(len(size.rest), outfit.upper_thick + 0.014)))
    return parts


def _region_above(outfit: Outfit) -> int:
    if outfit.lower == "dress" and outfit.upper not in OVER:
        return BOTTOM
    return OUTER if outfit.upper in OVER else TOP
