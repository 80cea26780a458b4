"""Renders shop entrances with exact truth: clips that are counted, and labelled frames to train a person net on.

\b
    python -m scripts.synthetic_shop bake
    python -m scripts.synthetic_shop suite --out /tmp/suite && python -m scripts.score /tmp/suite
    python -m scripts.synthetic_shop frames --count 3000 --seed 1 --tilt 70-90 --sizes --out /tmp/frames
"""

import sys
from pathlib import Path
from typing import Any

import click
import cv2

from appliance.config import ConfigError
from scripts.synthetic_shop.bake import MissingModelError
from scripts.synthetic_shop.bake import bake as bake_people
from scripts.synthetic_shop.bodies import NotBakedError
from scripts.synthetic_shop.bundle import BUNDLED, SCENES, bundle_scene
from scripts.synthetic_shop.clips import ClipError, render_clip
from scripts.synthetic_shop.frames import write_frames
from scripts.synthetic_shop.identities import write_identities
from scripts.synthetic_shop.random_scene import Wanted
from scripts.synthetic_shop.scene import LIGHTS
from scripts.synthetic_shop.scene_file import load, suite
from scripts.synthetic_shop.sheet import sheet
from scripts.synthetic_shop.studio import Studio, StudioError

FOLDER = click.Path(path_type=Path, file_okay=False)
OUT = click.option("--out", type=FOLDER, required=True, help="folder to write to; made if it is not there")


def _span(context: click.Context, option: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Turn degrees such as 70-90, or 90, into two numbers."""
    if value is None:
        return None
    try:
        low, _, high = value.partition("-")
        span = float(low), float(high or low)
    except ValueError:
        raise click.BadParameter(f"{value!r}: must be degrees such as 70-90") from None
    if not 0 <= span[0] <= span[1] <= 90:
        raise click.BadParameter(f"{value!r}: must lie within 0-90, the smaller first")
    return span


@click.group(help=__doc__)
def cli() -> None:
    pass


@cli.command()
@click.argument("scene", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", type=int, help="another seed than the file's: other people, furniture, textures")
@OUT
def render(scene: Path, seed: int | None, out: Path) -> None:
    """Render one scene: NAME.mp4 and NAME.truth.json.

    \b
        python -m scripts.synthetic_shop render scripts/synthetic_shop/suite/family.toml --seed 3 --out /tmp/clips
    """
    loaded, studio = load(scene, seed), Studio()
    with _bar(loaded.frames, loaded.name) as bar:
        truth = render_clip(studio, loaded, out, step=lambda: bar.update(1))
    click.echo(_summary(truth))


@cli.command("suite")
@click.option("--only", multiple=True, metavar="NAME", help="only this scene; may be given several times")
@OUT
def render_suite(only: tuple[str, ...], out: Path) -> None:
    """Render the named scenes, each a condition that shops differ in.

    \b
        python -m scripts.synthetic_shop suite --out /tmp/suite --only overhead --only family
    """
    scenes = [load(path) for path in suite() if not only or path.stem in only]
    unknown = set(only) - {scene.name for scene in scenes}
    if unknown:
        raise ConfigError(f"--only {unknown.pop()}: no such scene; known: {', '.join(p.stem for p in suite())}")
    studio, truths = Studio(), []
    with _bar(sum(scene.frames for scene in scenes), f"{len(scenes)} scenes") as bar:
        for scene in scenes:
            truths.append(render_clip(studio, scene, out, step=lambda: bar.update(1)))
    for truth in truths:
        click.echo(_summary(truth))


@cli.command()
@click.option("--count", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="pictures to write")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="the first scene's seed")
@click.option(
    "--tilt",
    metavar="DEGREES",
    callback=_span,
    help="only cameras tilted like this, such as 70-90 [default: mostly steep]",
)
@click.option("--light", type=click.Choice(LIGHTS), help="only this light [default: all]")
@click.option("--sizes", is_flag=True, help="draw picture sizes from 320x180 up instead of 640x360")
@click.option("--yard", is_flag=True, help="a yard with cars from an upper floor instead of a shop's door")
@click.option(
    "--scene", type=click.Path(path_type=Path, dir_okay=False), help="the door and camera of this scene's file"
)
@OUT
def frames(
    count: int, seed: int, tilt: tuple[float, float] | None, light: str | None, sizes: bool, yard: bool,
    scene: Path | None, out: Path,
) -> None:  # fmt: skip
    """Write labelled JPEG frames, frames.csv, frames_extra.csv, faces.csv; eight frames a scene, split by scene 8:1:1.

    \b
        python -m scripts.synthetic_shop frames --count 3000 --seed 1 --tilt 70-90 --sizes --out /tmp/frames
    """
    studio = Studio()
    with _bar(count, "frames") as bar:
        totals = write_frames(
            studio, out, count, seed, Wanted(tilt, light, sizes, yard, scene), step=lambda: bar.update(1)
        )
    click.echo(", ".join(f"{number} {kind}" for kind, number in sorted(totals.items())))


@cli.command()
@click.option("--shops", type=click.IntRange(1, 30_000), default=60, show_default=True, help="of 30 people each")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="the first shop's seed")
@OUT
def looks(shops: int, seed: int, out: Path) -> None:
    """Write crops of the same people under four cameras and four lights, and looks.csv; split by shop 8:1:1.

    The same command goes on where it was cut.

    \b
        python -m scripts.synthetic_shop looks --shops 60 --out .cache/synthetic_shop/looks
    """
    studio = Studio()
    with _bar(shops, "shops") as bar:
        written = write_identities(studio, out, shops, seed, step=lambda: bar.update(1))
    click.echo(f"{written} crops")


@cli.command()
@click.option("--count", type=click.IntRange(1, 500), default=72, show_default=True, help="people to make")
@click.option("--seed", type=int, default=1, show_default=True)
def bake(count: int, seed: int) -> None:
    """Make the people the scenes are populated with, once, into .cache/synthetic_shop/people.

    \b
        .venv-synth/bin/python -m scripts.synthetic_shop bake
    """
    with _bar(count, "people") as bar:
        bake_people(count, seed, done=lambda _: bar.update(1))


@cli.command("sheet")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="[default: FOLDER/sheet.jpg]")
@click.option("--limit", type=click.IntRange(1, 400), default=40, show_default=True, help="pictures on it")
@click.option("--columns", type=click.IntRange(1, 20), default=4, show_default=True)
@click.option("--quality", type=click.IntRange(10, 100), default=88, show_default=True, help="of the JPEG")
@click.option("--boxes/--plain", default=True, help="draw the labels in [default: boxes]")
def write_sheet(folder: Path, out: Path | None, limit: int, columns: int, quality: int, boxes: bool) -> None:
    """Write a contact sheet of a folder of clips or frames.

    \b
        python -m scripts.synthetic_shop sheet /tmp/suite
    """
    try:
        image = sheet(folder, columns, limit, boxes)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    path = out or folder / "sheet.jpg"
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    click.echo(path)


@cli.command()
@click.option("--out", type=FOLDER, default=SCENES, show_default="tests/scenes", help="folder to write to")
def bundle(out: Path) -> None:
    """Render the six clips that the repository carries: small files, truth without the frames' boxes.

    \b
        python -m scripts.synthetic_shop bundle
    """
    studio = Studio()
    for path in suite():
        if path.stem in BUNDLED:
            with _bar(load(path).frames, path.stem) as bar:
                truth = bundle_scene(studio, load(path), out, step=lambda: bar.update(1))
            size = (out / truth["clip"]).stat().st_size
            click.echo(f"{_summary(truth)}, {size / 1000:.0f} kB")


def _bar(length: int, label: str) -> Any:
    return click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True)


def _summary(truth: dict[str, Any]) -> str:
    must = [c["direction"] for c in truth["expected"]["crossings"]]
    return f"{truth['scene']:22s} {must.count('in'):2d} in, {must.count('out'):2d} out, {truth['seconds']:g} s"


def main() -> None:
    """Run the commands: what was typed wrong exits with 2, what the world did with 1, each with one line."""
    try:
        cli(prog_name="python -m scripts.synthetic_shop")
    except ConfigError as error:
        click.echo(error, err=True)
        sys.exit(2)
    except (NotBakedError, MissingModelError, ClipError, StudioError, OSError) as error:
        click.echo(error, err=True)
        sys.exit(1)
