"""Heads: face, hair, beard, headscarf, cap. Skin is thinned, and the face is drawn by shades of its vertices."""

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bake.measures import Measures
from scripts.synthetic_shop.bake.model import Model, Posed
from scripts.synthetic_shop.bake.outfit import Outfit
from scripts.synthetic_shop.bake.tailor import HAIR, PROP, SKIN, Part, by_quad
from scripts.synthetic_shop.bodies import EYES, LIPS

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
PLAIN = 128.0  # shade 1
HATS = ("cap", "beanie")


def shades(model: Model, size: Measures, posed: Posed) -> Reals:
    """Return the brightness of each vertex, 128 is 1: eyes, brows and lips are darker."""
    shade = np.full(len(size.rest), PLAIN)
    marks = []
    for side in "LR":
        eye = posed.bones[0, model.bone(f"eye.{side}"), :3, 3]
        marks += [(eye, (0.016, 0.03, 0.009), EYES), (eye + np.array([0, -0.01, 0.021]), (0.02, 0.03, 0.006), 70)]
    lips = eye[2] - 0.068 * min(1, 0.55 + 0.45 * size.scale)
    marks.append((np.array([0, size.face + 0.03, lips]), (0.024, 0.03, 0.009), LIPS))
    for centre, radii, value in marks:
        near = (((size.rest - centre) / radii) ** 2).sum(1) < 1.2
        shade[size.on_head & near] = value
    return shade


def head_parts(model: Model, size: Measures, outfit: Outfit, shade: Reals) -> list[Part]:
    """Return hair, hats, face, neck, hands and bare arms."""
    body = model.faces["body"]
    flat = np.ones(len(size.rest))
    on_head = by_quad(model.limbs["head"], body) > 0.5
    neck = (by_quad(model.limbs["neck"], body) > 0.15) & ~on_head & (by_quad(size.head_up, body) > -0.5)
    beard = by_quad(_beard(size, shade), body) > 0.6 if outfit.beard else np.zeros(len(body), bool)
    covered, parts = _hair(model, size, outfit, on_head, neck)
    arm = by_quad(size.arm, body)
    parts += [
        Part(body[beard & ~covered], HAIR, 0.006 * flat, 0.012),
        Part(body[(on_head | neck) & ~covered & ~beard], SKIN, 0 * flat, 0.011),
        Part(body[arm > 1.0], SKIN, 0 * flat, 0.017),
        Part(body[(arm > outfit.sleeve - 0.06) & (arm <= 1.0)], SKIN, 0 * flat, 0.03),
    ]
    return parts


def _hair(model: Model, size: Measures, outfit: Outfit, on_head: Flags, neck: Flags) -> tuple[Flags, list[Part]]:
    """Return the faces of the body that hair or a scarf covers, and its parts."""
    body = model.faces["body"]
    flat = np.ones(len(size.rest))
    if outfit.hair == "scarf":
        up, back = by_quad(size.head_up, body), by_quad(size.head_back, body)
        covered = on_head & ((back > 0.22) | (up > 0.84)) & (up > -0.3) | neck
        return covered, [Part(body[covered], PROP, 0.016 * flat, 0.014)]
    covered = (by_quad(_scalp(size, outfit), body) > 0.6) & on_head
    lumps = 1 + 0.25 * np.sin(size.rest[:, 0] * 90) * np.sin(size.rest[:, 2] * 80)
    parts = [Part(body[covered], HAIR, outfit.hair_thick * lumps, 0.013)]
    if outfit.hair in HATS:
        hat = size.on_head & (size.head_up > 0.7 - 0.06 * size.head_back)
        parts.append(Part(body[by_quad(hat, body) > 0.6], PROP, (outfit.hair_thick + 0.008) * flat, 0.013))
    if outfit.hair in ("long", "bob", "tail"):
        parts.append(_falling_hair(model, size, outfit))
    return covered, parts


def _scalp(size: Measures, outfit: Outfit) -> Flags:
    up, back = size.head_up, size.head_back
    if outfit.hair == "bald":  # a wreath from ear to ear, or nothing
        return size.on_head & (back > 0.42) & (up > 0.25) & (up < 0.62) & (outfit.hair_length > 0.1)
    forehead = (up > 0.66 - 0.10 * back) & ((back > 0.2) | (up > 0.86)) & (up > 1.02 - 1.2 * back * (back < 0.42))
    crown = (back > 0.42) & (up > 0.56)
    return size.on_head & (forehead | crown | (back > 0.66) & (up > 0.22))


def _beard(size: Measures, shade: Reals) -> Flags:
    return size.on_head & (size.head_up < 0.33) & (size.head_back < 0.45) & (size.head_up > 0.02) & (shade > 100)


def _falling_hair(model: Model, size: Measures, outfit: Outfit) -> Part:
    """Hair to the shoulders, without the strands that would hide the face; a tail keeps only the middle of the back."""
    hair = model.faces["helper-hair"]
    height, across = by_quad(size.rest[:, 2], hair), by_quad(size.rest[:, 0], hair)
    up, back = by_quad(size.head_up, hair), by_quad(size.head_back, hair)
    grown = 0.5 + 0.5 * size.scale
    face = (up < 0.80) & (back < 0.40) & (np.abs(across) < 0.075 * grown)
    chosen = (height > size.chin - outfit.hair_length * size.scale) & ~face
    if outfit.hair == "tail":
        chosen &= (back > 0.55) & (np.abs(across) < 0.045 * grown)
    return Part(hair[chosen], HAIR, np.full(len(size.rest), 0.012), 0.0)
