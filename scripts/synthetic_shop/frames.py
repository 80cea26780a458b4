"""Labelled pictures to train nets on: JPEG files, frames.csv in the trainers' columns, frames_extra.csv beside.

A picture without labels gets one row of kind "none". Boxes are the whole body's, clipped to the picture. faces.csv
holds the faces of the same pictures in the same columns, each as the kind "person": a net knows one kind of thing.
"""

import csv
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from math import degrees
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scripts.synthetic_shop.labels import Box, Label
from scripts.synthetic_shop.placing import Placer
from scripts.synthetic_shop.random_scene import Wanted, random_scene
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.studio import Studio

COLUMNS = (
    *("file", "width", "height", "source", "licence", "group", "split", "x1", "y1", "x2", "y2", "kind"),
    *("label_source", "ground_x", "ground_y"),
)
EXTRA = (
    *("file", "light", "tilt", "camera_height", "fov", "lens", "k1", "x1", "y1", "x2", "y2", "kind"),
    *("visible_x1", "visible_y1", "visible_x2", "visible_y2", "share", "head_x", "head_y", "body", "age"),
    "skin",  # CIE lightness of its albedo, 0 to 100; empty in infrared
)
FACES = (*COLUMNS[:-2], "light", "tilt", "turned", "age", "skin")  # turned: degrees that a face looks past the lens
A_SCENE = 8  # pictures of each scene
_PART = 71
_SPLITS = ("train",) * 8 + ("val", "test")  # by scene, never by picture
_SMALLEST = 3  # pixels: the sides of a box, clipped


def write_frames(
    studio: Studio, folder: Path, count: int, seed: int, wanted: Wanted, step: Callable[[], None] = lambda: None
) -> Counter[str]:
    """Write `count` pictures of scenes drawn from `seed` on; return how many rows of each kind there are."""
    folder.mkdir(parents=True, exist_ok=True)
    totals: Counter[str] = Counter()
    with ExitStack() as stack:
        rows, extra, faces = (
            csv.DictWriter(stack.enter_context((folder / name).open("w", newline="")), columns)
            for name, columns in (("frames.csv", COLUMNS), ("frames_extra.csv", EXTRA), ("faces.csv", FACES))
        )
        for table in (rows, extra, faces):
            table.writeheader()
        for number in range(-(-count // A_SCENE)):
            scene = random_scene(seed + number, wanted)
            for name, labels in _shoot_scene(studio, scene, folder, min(A_SCENE, count - number * A_SCENE)):
                for row, more in _rows(studio, scene, name, labels):
                    rows.writerow(row)
                    if more:
                        extra.writerow(more)
                    totals[row["kind"]] += 1
                faces.writerows(_faces(studio, scene, name, labels))
                step()
    return totals


def _shoot_scene(studio: Studio, scene: Scene, folder: Path, count: int) -> list[tuple[str, list[Label]]]:
    """Take pictures of one scene, its doors anywhere between shut and open."""
    rng = np.random.default_rng([scene.seed, _PART])
    studio.enter(scene)
    taken = []
    placer = Placer(scene, studio.infos, studio.lens, rng)
    for i in range(count):
        doors = [1.0 if door.kind == "open" or rng.random() < 0.5 else float(rng.random()) for door in scene.doors]
        shot = studio.shoot(placer.draw(), doors, i, still=True)
        name = f"s{scene.seed:06d}_{i}.jpg"
        cv2.imwrite(str(folder / name), shot.image, [cv2.IMWRITE_JPEG_QUALITY, 84])
        taken.append((name, shot.labels))
    return taken


def _rows(
    studio: Studio, scene: Scene, name: str, labels: list[Label]
) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Return the rows of one picture in both tables of people."""
    shared = _shared(scene, name)
    rows: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    for found in labels:
        corners = _clipped(scene, found.box)
        if found.kind == "nothing" or corners is None:
            continue
        ground = {"ground_x": round(found.ground_px[0], 1), "ground_y": round(found.ground_px[1], 1)}
        rows.append((shared | corners | ground | {"kind": found.kind}, _extra(studio, scene, name, found, corners)))
    return rows or [(shared | {"kind": "none"}, None)]


def _faces(studio: Studio, scene: Scene, name: str, labels: list[Label]) -> list[dict[str, Any]]:
    """Return the rows of the faces in one picture."""
    shared, rows = _shared(scene, name) | _conditions(scene), []
    for found in labels:
        face = found.face
        corners = _clipped(scene, face.box) if face else None
        if face is None or face.kind == "nothing" or corners is None:
            continue
        kind = {"kind": "person" if face.kind == "face" else face.kind, "turned": round(face.turned)}
        rows.append(shared | corners | kind | _person(studio, scene, found))
    return rows or [shared | {"kind": "none"}]


def _shared(scene: Scene, name: str) -> dict[str, Any]:
    return {
        "file": name, "width": scene.camera.width, "height": scene.camera.height, "source": "tallybox-synth",
        "licence": "CC0-1.0", "group": f"synth-{scene.seed}", "split": _SPLITS[scene.seed % len(_SPLITS)],
        "label_source": "render",
    }  # fmt: skip


def _clipped(scene: Scene, box: Box) -> dict[str, float] | None:
    """Return a box's corners within the picture, or None if hardly anything is left."""
    inside = np.clip(box, 0, [scene.camera.width, scene.camera.height] * 2)
    if min(inside[2] - inside[0], inside[3] - inside[1]) < _SMALLEST:
        return None
    return dict(zip(("x1", "y1", "x2", "y2"), (round(float(v), 1) for v in inside), strict=True))


def _extra(studio: Studio, scene: Scene, name: str, found: Label, corners: dict[str, float]) -> dict[str, Any]:
    camera = scene.camera
    seen = dict(zip(("visible_x1", "visible_y1", "visible_x2", "visible_y2"), found.visible_box or (), strict=True))
    return {
        "file": name, "camera_height": round(camera.height_m, 2), "fov": round(degrees(camera.fov), 1),
        "lens": camera.lens, "k1": round(camera.k1, 3), "kind": found.kind, "share": round(found.share, 3),
        "body": studio.infos[found.pose.body].name, "head_x": round(found.head_px[0], 1),
        "head_y": round(found.head_px[1], 1), **corners, **seen, **_conditions(scene), **_person(studio, scene, found),
    }  # fmt: skip


def _conditions(scene: Scene) -> dict[str, Any]:
    return {"light": scene.light.kind, "tilt": round(degrees(scene.camera.tilt), 1)}


def _person(studio: Studio, scene: Scene, found: Label) -> dict[str, Any]:
    skin = "" if scene.light.kind == "ir" else round(studio.skin(found.pose), 1)
    return {"age": studio.infos[found.pose.body].age, "skin": skin}
