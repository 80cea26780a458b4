"""The same people seen by several cameras: crops to train an appearance net on, with looks.csv beside.

A shop is PEOPLE identities (body, clothes, hat, bag drawn from its seed; one in eight staff in the shop's uniform) and
SCENES scenes, each another camera in another light. In each scene everybody is put down twice, somewhere. A crop is the
box of what is seen, with a margin by which training moves it, resized to WIDE x HIGH as a net takes it.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import degrees
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.labels import Label
from scripts.synthetic_shop.random_scene import Wanted, random_scene
from scripts.synthetic_shop.scene import LIGHTS, Scene
from scripts.synthetic_shop.studio import Studio
from scripts.synthetic_shop.walkable import Floor

PEOPLE, SCENES, TOGETHER, TIMES = 30, 4, 10, 2
WIDE, HIGH, MARGIN = 80, 160, 0.125  # pixels; the margin is a share of the box on each side
COLUMNS = ("file", "shop", "person", "scene", "light", "tilt", "width", "height", "share", "uniform", "body", "split")
_PART = 73
_SPLITS = ("train",) * 16 + ("val",) * 2 + ("test",) * 2  # by shop
_TILTS = ((5, 25), (25, 45), (45, 62), (62, 80))
_LEAST_SHARE, _LEAST_HIGH = 0.45, 24  # seen share of a body, and pixels of its box
_APART = 0.55  # metres


def write_identities(
    studio: Studio, folder: Path, shops: int, seed: int, step: Callable[[], None] = lambda: None
) -> int:
    """Write the crops of so many shops, drawn from `seed` on; return how many crops there are.

    A shop's rows are added to looks.csv when all of it is done: a run that was cut goes on, and training may begin.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table, written = folder / "looks.csv", 0
    if not table.exists():
        table.write_text(",".join(COLUMNS) + "\n")
    done = {int(row["shop"]) for row in csv.DictReader(table.read_text().splitlines())}
    for shop in range(seed, seed + shops):
        if shop not in done:
            rows = list(_shoot_shop(studio, shop, folder))
            with table.open("a", newline="") as file:
                csv.DictWriter(file, COLUMNS).writerows(rows)
            written += len(rows)
        step()
    return written


def _shoot_shop(studio: Studio, shop: int, folder: Path) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng([shop, _PART])
    people = [_person(rng, number, studio.infos) for number in range(1, PEOPLE + 1)]
    tilts, lights = rng.permutation(len(_TILTS)), rng.permutation(LIGHTS)
    for number in range(SCENES):
        scene = random_scene(1000 * shop + number, Wanted(_TILTS[tilts[number]], str(lights[number])))
        studio.enter(scene, wardrobe=shop)
        floor = Floor(scene)
        for moment in range(TIMES * PEOPLE // TOGETHER):
            if moment % (PEOPLE // TOGETHER) == 0:
                order = rng.permutation(PEOPLE)
            chosen = order[moment % (PEOPLE // TOGETHER) :: PEOPLE // TOGETHER]
            poses = _put_down([people[i] for i in chosen], scene, floor, studio.lens, rng)
            shot = studio.shoot(poses, [1.0] * len(scene.doors), moment, still=True)
            for found in shot.labels:
                crop = _crop(shot.image, found)
                if crop is None:
                    continue
                name = f"{shop:05d}_{found.pose.person:02d}_{number}_{moment}.jpg"
                cv2.imwrite(str(folder / name), crop, [cv2.IMWRITE_JPEG_QUALITY, 92])
                yield _row(name, shop, number, scene, found, studio.infos)


def _row(name: str, shop: int, number: int, scene: Scene, found: Label, infos: list[BodyInfo]) -> dict[str, Any]:
    x1, y1, x2, y2 = found.visible_box or (0, 0, 0, 0)
    return {
        "file": name, "shop": shop, "person": found.pose.person, "scene": number, "light": scene.light.kind,
        "tilt": round(degrees(scene.camera.tilt), 1), "width": x2 - x1, "height": y2 - y1,
        "share": round(found.share, 3), "uniform": int("uniform" in found.pose.wears),
        "body": infos[found.pose.body].name, "split": _SPLITS[shop % len(_SPLITS)],
    }  # fmt: skip


def _person(rng: np.random.Generator, number: int, infos: list[BodyInfo]) -> Pose:
    """Draw somebody: a body, what they wear and carry. Where they are comes later."""
    body = int(rng.integers(len(infos)))
    wears = ("uniform",) if number % 8 == 0 else (str(rng.choice(["hat", "hood"])),) if rng.random() < 0.25 else ()
    carries = (str(rng.choice(["bag", "backpack"])),) if rng.random() < 0.3 and infos[body].age >= 12 else ()
    return Pose(number, body, 0.0, 0.0, 0.0, None, carries=carries, wears=wears)


def _put_down(people: list[Pose], scene: Scene, floor: Floor, lens: Lens, rng: np.random.Generator) -> list[Pose]:
    """Put people where one can stand, all of them is seen, and nobody is close."""
    placed: list[Pose] = []
    for person in people:
        for _ in range(60):
            x, y = _spot(scene, rng)
            near = any(np.hypot(x - other.x, y - other.y) < _APART for other in placed)
            if near or not floor.free(x, y, 0.24):
                continue
            pixels, depth = lens.project([[x, y, z] for z in (0.1, 1.6)])
            if not ((depth > 0.8) & (pixels > 0).all(1) & (pixels < [lens.width, lens.height]).all(1)).all():
                continue
            walking = rng.random() < 0.7
            phase, speed = (float(rng.random()), float(rng.uniform(0.7, 1.5))) if walking else (None, 0.0)
            heading = float(rng.uniform(-np.pi, np.pi))
            moved = replace(person, x=x, y=y, heading=heading, phase=phase, stance=int(rng.integers(3)), speed=speed)
            placed.append(moved)
            break
    return placed


def _spot(scene: Scene, rng: np.random.Generator) -> tuple[float, float]:
    door, room, camera = scene.doors[0], scene.room, scene.camera
    if rng.random() < 0.5:
        return float(rng.normal(door.x, 1.3)), float(rng.uniform(-2.0, 4.0))
    if rng.random() < 0.6:
        x, y = np.array(camera.position[:2]) + rng.uniform(-1.2, 1.2, 2) * camera.height_m
        return float(x), float(y)
    return float(rng.uniform(-room.width / 2, room.width / 2)), float(rng.uniform(0.3, room.depth))


def _crop(image: np.ndarray, found: Label) -> np.ndarray | None:
    """Return a person with the margin, or None where too little is seen; edges are repeated."""
    if found.visible_box is None or found.share < _LEAST_SHARE:
        return None
    x1, y1, x2, y2 = found.visible_box
    if y2 - y1 < _LEAST_HIGH or x2 - x1 < _LEAST_HIGH / 4:
        return None
    aside, above = (x2 - x1) * MARGIN, (y2 - y1) * MARGIN
    scale = np.array([(x2 - x1 + 2 * aside) / WIDE, (y2 - y1 + 2 * above) / HIGH])
    if scale.max() > 1.5:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 * float(scale.max()))
    matrix = np.array([[scale[0], 0, x1 - aside], [0, scale[1], y1 - above]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, matrix, (WIDE, HIGH), flags=flags, borderMode=cv2.BORDER_REPLICATE)
