"""How bright what is: radiances of lamps, sky and sun for a scene's light, in units that the exposure makes up for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scripts.synthetic_shop.scene import Light

_PART = 43
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lighting:
    """Colours are RGB radiances. `stops` is how far the camera's exposure is off; `bloom` its glare."""

    lamp: Reals
    ambient: Reals
    sky: Reals
    sun: Reals
    infrared: float
    stops: float
    bloom: float
    balance: tuple[float, float, float]
    vignette: float
    softness: float
    contrast: float


def lighting(light: Light, seed: int) -> Lighting:
    """Draw the lighting of a scene; the same seed and kind give the same."""
    rng = np.random.default_rng([seed, _PART])
    warm = np.array([1, rng.uniform(0.82, 1), rng.uniform(0.62, 1)])
    lamp, ambient = warm * rng.uniform(0.7, 1.5), np.array([1, 0.98, 0.95]) * rng.uniform(0.16, 0.34)
    sky, sun = np.array([0.9, 0.97, 1.03]) * rng.uniform(0.8, 2.0), np.array([1.6, 1.45, 1.2]) * light.sun
    infrared, stops, bloom = 0.0, float(rng.uniform(-0.35, 0.3)), 0.02
    if light.kind == "backlight":
        sky, sun = np.array([1, 1, 1.02]) * rng.uniform(5, 12), sun * 3.5
        lamp, ambient = warm * rng.uniform(0.2, 0.8), ambient * 0.6
        stops, bloom = float(rng.uniform(-1.3, 0.1)), float(rng.uniform(0.015, 0.07))
    elif light.kind == "dusk":
        sky, lamp, sun = np.array([0.16, 0.24, 0.45]) * rng.uniform(0.5, 1.5), warm * rng.uniform(0.4, 1), sun * 0.2
    elif light.kind == "night":
        sky, sun = np.array([0.06, 0.05, 0.04]) * rng.uniform(0.3, 1), sun * 0
    elif light.kind == "ir":
        infrared, stops = float(rng.uniform(9, 16)), float(rng.uniform(-1.3, -0.3))
        lamp, sky, sun, ambient = warm * 0, np.full(3, 0.03 * rng.random()), sun * 0, np.full(3, 0.02)
    tint = (float(rng.uniform(0.93, 1.08)), 1.0, float(rng.uniform(0.9, 1.1)))
    return Lighting(
        lamp, ambient, sky, sun, infrared, stops, bloom, tint, float(rng.uniform(0, 0.7)),
        float(rng.choice([0.5, 0.8, 1.3])), float(rng.uniform(0, 0.6)),
    )  # fmt: skip


def exposure(lights: ArrayLike, stops: float) -> float:
    """Return the factor from radiance to picture for an empty shop (H x W x 3): dark scenes stay darkish."""
    brightness = np.asarray(lights, np.float32).mean(-1)
    key = float(np.mean(np.minimum(brightness, np.percentile(brightness, 88))))
    dim = min(1.0, (key / 0.05) ** 0.35)
    return float(0.23 * dim / max(key, 1e-3) * 2.0**stops)


def flicker(light: Light, seed: int, time: float) -> float:
    """Return the factor by which clouds, lamps and the camera's own exposure change the light at `time`."""
    if not light.flicker:
        return 1.0
    starts = np.random.default_rng([seed, _PART, 1]).uniform(0, 2 * np.pi, 3)
    waves = np.sin(2 * np.pi * np.array([0.07, 0.31, 1.9]) * time + starts) @ [0.5, 0.35, 0.25]
    return float(2.0 ** (light.flicker * waves))
