"""How well children are told by stature alone: people of the synthetic shop walk before cameras of known height, tilt
and lens; the box of each whole body, with what a net errs by on top, goes through appliance.counting.stature.

    python -m scripts.synthetic_shop.stature --seed 90000 --scenes 450

Pictures are not drawn, so nobody is hidden. Prints by tilt the share of children (under twelve) found where 2 % of
adults are called children, and what the threshold of one half gives.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import click
import numpy as np

from appliance.counting.stature import CHILD, ENOUGH, Stature, View
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
def main(seed: int, scenes: int, off_above: float, off_tilt: float) -> None:
    bodies = load_bodies()
    errs = Errs(above=off_above, tilt=math.radians(off_tilt))
    rows = []
    for number in range(scenes):
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
    recall = (children > least).mean()
    return (
        f"{len(rows):6} {len(children):8}  {recall:.3f} (p > {least:.2f})  {', '.join(shares):>40} "
        f"{1 - len(known) / len(rows):8.3f}  {off:.3f} ({bias:+.3f})"
    )


if __name__ == "__main__":
    main()
