"""A scene -> a clip and its truth, in two files: NAME.mp4 and NAME.truth.json."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from scripts.synthetic_shop.agents import simulate
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.studio import Studio
from scripts.synthetic_shop.truth import as_json, clip_truth
from scripts.synthetic_shop.video import VideoWriter


class ClipError(RuntimeError):
    """A scene can't be made into a clip; the message says why."""


def render_clip(
    studio: Studio, scene: Scene, folder: Path, step: Callable[[], None] = lambda: None, frames: bool = True
) -> dict[str, Any]:
    """Render a scene into the folder and return its truth; `step` is called after each picture.

    `frames`: whether the truth holds everybody's boxes in each picture. Raises ClipError.
    """
    walks = simulate(scene, studio.infos)
    name = f"{scene.name}.mp4"
    try:
        truth = clip_truth(scene, walks, studio.infos, Lens(scene.camera, scene), name)
    except ValueError as error:
        raise ClipError(f"{scene.name}: {error}") from None
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    studio.enter(scene)
    with VideoWriter(folder / name, scene.camera) as video:
        for i in range(scene.frames):
            shot = studio.shoot(walks.poses(i), walks.doors(i), i)
            video.write(shot.image)
            rows.append(
                {"i": i, "t": round(i / scene.camera.fps, 3), "people": [seen.as_row() for seen in shot.labels]}
            )
            step()
    (folder / f"{scene.name}.truth.json").write_text(as_json(truth | {"frames": rows} if frames else truth))
    return truth


def smaller(scene: Scene, crf: int) -> Scene:
    """Return the scene with a video of that quality."""
    return replace(scene, camera=replace(scene.camera, crf=crf))
