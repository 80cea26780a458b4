"""How well children are told by stature alone: people of the synthetic shop walk before cameras of known height, tilt
and lens; the box of each whole body, with what a net errs by on top, goes through appliance.counting.stature.

    python -m scripts.synthetic_shop.stature --seed 90000 --scenes 450
    python -m scripts.synthetic_shop.stature --frames .cache/synthetic_shop/frames

Pictures are not drawn, so nobody is hidden. Prints by tilt the share of children (under twelve) found where 2 % of
adults are called children, and what the threshold of one half gives, and how many
children would be said where 10 of 100 are. With --frames: one look at each person of drawn
pictures of scenes that training did not see, by the boxes that the person net finds (tilts below 80 degrees, where the
tables need not say how the picture is turned).
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click
import cv2
import numpy as np

from appliance.counting.stature import CHILD, ENOUGH, Stature, View
from appliance.nets import Catalogue, PersonDetector
from appliance.nets.agreement import SAME, overlaps
from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import Body, load_bodies
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.people import People
from scripts.synthetic_shop.placing import Placer
from scripts.synthetic_shop.random_scene import Wanted, random_scene
from scripts.synthetic_shop.scene import Camera, Scene

TILTS = ((0, 30), (30, 60), (60, 90))
ADULT = 18
TAIL = 3.0  # degrees of freedom of a net's errors, half of which stay with a person
STEP = 0.25  # seconds between two looks
CALLED = 0.02  # of adults


@dataclass(frozen=True, slots=True)
class Errs:
    """By how much what is known is off: a net's box (share of its side, pixels), and the installer's measures."""

    net: float = 0.05
    pixels: float = 1.0
    above: float = 0.0
    tilt: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """One track: the camera's tilt in degrees, the person's age and height, looks, and what was told."""

    tilt: float
    age: float
    height: float
    looks: int
    child: float | None
    metres: float | None


@click.command(help=__doc__)
@click.option("--seed", default=90000, show_default=True)
@click.option("--scenes", default=600, show_default=True)
@click.option("--off-above", default=0.0, help="metres by which the installer's height is off (standard deviation)")
@click.option("--off-tilt", default=0.0, help="degrees by which the tilt is off (standard deviation)")
@click.option("--frames", multiple=True, type=click.Path(path_type=Path, exists=True), help="folders of drawn pictures")
def main(seed: int, scenes: int, off_above: float, off_tilt: float, frames: tuple[Path, ...]) -> None:
    bodies = load_bodies()
    errs = Errs(above=off_above, tilt=math.radians(off_tilt))
    rows = [row for folder in frames for row in told_of_frames(folder, {body.info.name: body for body in bodies})]
    for number in range(0 if frames else scenes):
        scene = random_scene(seed + number, Wanted(tilt=TILTS[number % len(TILTS)]))
        rows += told_in(scene, bodies, errs, np.random.default_rng([seed + number, 77]))
    click.echo(
        "tilt      tracks children  recall at 2 %  at one half: recall, adults, teens called  unknown  metres off"
    )
    for low, high in (*TILTS, (0, 90), (85, 90)):
        chosen = [row for row in rows if low <= row.tilt < high or row.tilt == high == 90]
        click.echo(f"{low:2}-{high:2} deg " + line_of(chosen))


def told_in(scene: Scene, bodies: list[Body], errs: Errs, rng: np.random.Generator) -> Iterator[Told]:
    lens, people = Lens(scene.camera, scene), People(scene, bodies)
    view = view_of(scene.camera, errs, rng)
    placer = Placer(scene, [body.info for body in bodies], lens, rng)
    for pose in [pose for _ in range(3) for pose in placer.draw()]:
        stature, info = Stature(), bodies[pose.body].info
        always = rng.standard_t(TAIL, size=4)
        for box in boxes(pose, info.stride_m, people, lens):
            side = np.hypot(*(box[2:] - box[:2])) / 2
            off = (errs.pixels + errs.net * side) * (always + rng.standard_t(TAIL, size=4)) / math.sqrt(2)
            stature.look(view, (box + off).astype(np.float32))
            if stature.looks == ENOUGH:
                break
        if stature.looks:
            tilt = math.degrees(scene.camera.tilt)
            yield Told(tilt, info.age, info.height_m, stature.looks, stature.child(), stature.metres())


def told_of_frames(folder: Path, bodies: dict[str, Body]) -> Iterator[Told]:
    """Yield what one look at each person who is well seen and was found tells, by the net's box."""
    detector = PersonDetector(Catalogue().find("person"), (384, 224), least=0.3)
    with (folder / "frames.csv").open() as file:
        unseen = {row["file"]: row for row in csv.DictReader(file) if row["split"] != "train"}
    with (folder / "frames_extra.csv").open() as file:
        people = [row for row in csv.DictReader(file) if row["file"] in unseen and float(row["share"]) >= 0.6]
    found: dict[str, np.ndarray] = {}
    for row in people:
        name, tilt = row["file"], float(row["tilt"])
        if tilt >= 80 or row["kind"] != "person":
            continue
        if name not in found:
            found[name] = detector.detect(np.asarray(cv2.imread(str(folder / name)), np.uint8)).boxes
        box = np.array([[float(row[key]) for key in ("x1", "y1", "x2", "y2")]], np.float32)
        shared = overlaps(box, found[name])[0]
        view = View(
            float(row["camera_height"]), math.radians(tilt), math.radians(float(row["fov"])),
            int(unseen[name]["width"]), int(unseen[name]["height"]),
            bend=float(row["k1"]) if row["lens"] == "radial" else 0.0, fisheye=row["lens"] == "fisheye",
        )  # fmt: skip
        stature, info = Stature(), bodies[row["body"]].info
        if len(shared) and shared.max() >= SAME and stature.look(view, found[name][int(shared.argmax())]):
            yield Told(tilt, info.age, info.height_m, 1, stature.child(), stature.metres())


def view_of(camera: Camera, errs: Errs, rng: np.random.Generator) -> View:
    off = rng.normal(0, 1, 2)
    return View(
        camera.height_m + errs.above * off[0], camera.tilt + errs.tilt * off[1], camera.fov,
        camera.width, camera.height, camera.roll,
        camera.k1 if camera.lens == "radial" else 0.0, camera.lens == "fisheye",
    )  # fmt: skip


def boxes(pose: Pose, stride: float, people: People, lens: Lens) -> Iterator[np.ndarray]:
    """Yield the whole body's box at each look of a straight walk, while all of it is before the lens."""
    for number in range(2 * ENOUGH):
        ahead = number * STEP * pose.speed
        moved = replace(pose, x=pose.x + math.cos(pose.heading) * ahead, y=pose.y + math.sin(pose.heading) * ahead)
        if pose.phase is not None:
            moved = replace(moved, phase=pose.phase + ahead / stride)
        pixels, depth = lens.project(people.outline(moved).points)
        if (depth > 0.05).all():
            yield np.concatenate([pixels.min(0), pixels.max(0)])


def line_of(rows: list[Told]) -> str:
    known = [row for row in rows if row.child is not None]
    groups = (lambda age: age < CHILD, lambda age: age >= ADULT, lambda age: CHILD <= age < ADULT)
    children, adults, teens = (np.array([row.child for row in known if member(row.age)]) for member in groups)
    if not len(children) or not len(adults):
        return f"{len(rows):6}"
    least = np.quantile(adults, 1 - CALLED)
    off = np.std([row.metres - row.height for row in known])
    bias = np.mean([row.metres - row.height for row in known])
    shares = [f"{(part > 0.5).mean():.3f}" if len(part) else "-" for part in (children, adults, teens)]
    said = 10 * children.mean() + 90 * adults.mean()
    recall = (children > least).mean()
    return (
        f"{len(rows):6} {len(children):8}  {recall:.3f} (p > {least:.2f})  {', '.join(shares):>40} "
        f"{1 - len(known) / len(rows):8.3f}  {off:.3f} ({bias:+.3f})  {said:.1f}"
    )


if __name__ == "__main__":
    main()
