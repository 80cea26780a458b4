"""The six clips that the repository carries in tests/scenes: varied, and small enough for git."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.synthetic_shop.clips import ClipError, render_clip, smaller
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.studio import Studio

SCENES = Path(__file__).resolve().parents[2] / "tests" / "scenes"
LIMIT = 400_000  # bytes a clip
BUNDLED = {"demo": 31, "eye-level": 30, "tilt-60": 31, "overhead": 31, "morning-sun": 34, "infrared-night": 32}  # crf


def bundle_scene(studio: Studio, scene: Scene, folder: Path, step: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Render one of the bundled scenes. Raises ClipError if the clip is too large for the repository."""
    truth = render_clip(studio, smaller(scene, BUNDLED[scene.name]), folder, step, frames=False)
    size = (folder / truth["clip"]).stat().st_size
    if size > LIMIT:
        raise ClipError(f"{truth['clip']}: has {size} bytes, more than {LIMIT}: raise its crf in bundle.py")
    return truth
