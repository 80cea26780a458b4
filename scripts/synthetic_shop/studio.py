"""Renderer, camera faults and labels in one: a scene is entered, then shot moment by moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import REGIONS, BodyInfo, load_bodies
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.labels import Label, label
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.sensor import Sensor


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture as the camera gives it (H x W x 3, BGR) and who is in it."""

    image: NDArray[np.uint8]
    labels: list[Label]


class StudioError(RuntimeError):
    """Pictures can't be drawn here; the message says what is missing."""


class Studio:
    """The baked people and the renderer. Raises NotBakedError, or StudioError where there is no OpenGL."""

    def __init__(self) -> None:
        bodies = load_bodies()
        try:
            from scripts.synthetic_shop.render import Renderer  # OpenGL is needed here only
        except ImportError as error:
            raise StudioError(f"no renderer ({error}): pip install --require-hashes -r locks/synth.txt") from None
        self.infos: list[BodyInfo] = [body.info for body in bodies]
        self._renderer = Renderer(bodies)

    def enter(self, scene: Scene, wardrobe: int | None = None) -> "Studio":
        """Build a scene; what is shot from now on is shot there. Scenes of one wardrobe dress people alike."""
        self._renderer.scene(scene, wardrobe)
        self._sensor = Sensor(scene)
        return self

    @property
    def lens(self) -> Lens:
        """The lens of the scene's camera."""
        return self._renderer.lens

    def shoot(self, poses: Sequence[Pose], doors: Sequence[float], frame: int, still: bool = False) -> Shot:
        """Take the picture of one moment. `still`: it stands alone, so it gets the marks that a video codec leaves."""
        rendered = self._renderer.picture(poses, doors, frame)
        outlines = [self._renderer.people.outline(pose) for pose in poses]
        labels = [
            label(pose, outline, self.lens, frame, rendered.ids, number + 1, float(rendered.areas[number]))
            for number, (pose, outline) in enumerate(zip(poses, outlines, strict=True))
        ]
        image = self._sensor.take(rendered.image, frame, still=still)
        return Shot(image, [found for found in labels if found is not None])

    def skin(self, pose: Pose) -> float:
        """Return how light a person's skin is: CIE lightness (L*, 0 to 100) of its albedo by day."""
        red, green, blue = self._renderer.people.look(pose).colours[REGIONS.index("skin")]
        return float(116 * (0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / 3) - 16)
