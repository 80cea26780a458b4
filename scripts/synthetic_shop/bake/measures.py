"""A body at rest, measured as a tailor does: how far down each arm and leg, how high on the head a vertex lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bake.model import BODY_VERTICES, Model, Posed

Reals = NDArray[np.float64]
ADULT_LEG = 0.93


@dataclass(frozen=True, slots=True)
class Measures:
    """By vertex at rest: shares of arm and leg, height and depth on the head (0 chin/face, 1 crown/nape)."""

    rest: Reals
    arm: Reals
    leg: Reals
    head_up: Reals
    head_back: Reals
    on_head: NDArray[np.bool_]
    hip: float
    waist: float
    chin: float
    crown: float
    face: float  # y of the face's front
    nape: float  # y of the head's back
    scale: float


def measure(model: Model, posed: Posed) -> Measures:
    """Measure a body that is posed at rest."""
    rest, bones, limbs = posed.vertices[0], posed.bones[0, :, :3, 3], model.limbs
    hip, ankle = bones[model.bone("upperleg01.L"), 2], bones[model.bone("foot.L"), 2]
    scale = (hip - ankle) / ADULT_LEG
    of_body = np.arange(len(rest)) < BODY_VERTICES
    skull = rest[(limbs["head"] > 0.7) & of_body]
    face, nape, crown = skull[:, 1].min(), skull[:, 1].max(), skull[:, 2].max()
    chin = crown - 0.225 * (crown - ankle) ** 0.5
    return Measures(
        rest, _along_arm(model, rest, bones), (hip - rest[:, 2]) / (hip - ankle), (rest[:, 2] - chin) / (crown - chin),
        (rest[:, 1] - face) / (nape - face), (limbs["head"] > 0.5) & of_body, float(hip), float(hip + 0.13 * scale),
        float(chin), float(crown), float(face), float(nape), float(scale),
    )  # fmt: skip


def _along_arm(model: Model, rest: Reals, bones: Reals) -> Reals:
    """Return the share of the arm from shoulder to wrist at each vertex; 0 off the arm, 1.1 on the hand."""
    shoulder, elbow, wrist = (
        np.array([bones[model.bone(f"{name}.{side}")] for side in "LR"])
        for name in ("upperarm01", "lowerarm01", "wrist")
    )
    side = (rest[:, 0] < 0).astype(int)
    upper, lower = np.linalg.norm(elbow - shoulder, axis=1), np.linalg.norm(wrist - elbow, axis=1)
    on_upper = ((rest - shoulder[side]) * ((elbow - shoulder) / upper[:, None])[side]).sum(1)
    on_lower = ((rest - elbow[side]) * ((wrist - elbow) / lower[:, None])[side]).sum(1)
    along = np.clip(on_upper, 0, upper[side]) + np.clip(on_lower, 0, lower[side])
    arm: Reals = np.where(model.limbs["arm"] > 0.35, along / (upper + lower)[side], 0.0)
    arm[model.limbs["hand"] > 0.5] = 1.1
    return arm
