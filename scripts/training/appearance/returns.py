"""Who comes back, the whole way: clips of the synthetic shop through the box's own stages, marks beside the truth.

    python -m scripts.training.appearance.returns /tmp/suite/re-entry.truth.json [MORE.truth.json ...]

An in-crossing is a return where the same person went out before. Counted in-crossings are given to true ones of the
same line within two seconds; what is left over has no say here (scripts.score tells of it).
"""

import json
from pathlib import Path
from typing import Any

import click

from appliance import cameras, config
from appliance.counting import Familiar
from appliance.counting.reentry import Reentry
from appliance.counting.staff import Staff
from appliance.frame import Crossing
from appliance.nets import AppearanceReader, Catalogue
from appliance.pipeline import Spine

WITHIN = 2.0  # seconds


def counted(truth: dict[str, Any], clip: Path, same: float | None = None) -> list[Crossing]:
    """Return the crossings of a clip, marked; `same` in place of the threshold that ships."""
    lines = tuple(config.Line(t["name"], tuple(t["a"]), tuple(t["b"]), tuple(t["inside"])) for t in truth["lines"])
    catalogue = Catalogue()

    def familiar() -> Familiar:
        net = AppearanceReader(catalogue.find("appearance"))
        alike = net.same if same is None else same
        return Familiar(net.read, Reentry(alike), Staff(alike), lambda time: "open")

    camera = config.Camera("clip", str(clip), lines=lines)
    spine = Spine.of(camera, catalogue.find("person"), config.USUAL_SIZE, familiar=familiar)
    return [crossing for frame in cameras.replay(clip, width=960).frames() for crossing in spine.look(frame).crossings]


def judged(truth: dict[str, Any], found: list[Crossing]) -> list[tuple[bool, str]]:
    """Return for each true in-crossing that was counted whether it is a return, and what it was marked."""
    gone: set[int] = set()
    left, rows = [c for c in found if c.direction == "in"], []
    for true in truth["expected"]["crossings"]:
        if true["direction"] == "out":
            gone.add(true["person"])
            continue
        near = [c for c in left if c.line == true["line"] and abs(c.time - true["t"]) <= WITHIN]
        if near:
            best = min(near, key=lambda c: abs(c.time - true["t"]))
            left.remove(best)
            rows.append((true["person"] in gone, best.mark))
    return rows


@click.command(help=__doc__)
@click.argument("truths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--same", type=float, help="another threshold than the one that ships")
def returns(truths: tuple[Path, ...], same: float | None) -> None:
    rows: list[tuple[bool, str]] = []
    for path in truths:
        truth = json.loads(path.read_text())
        rows += (told := judged(truth, counted(truth, path.parent / truth["clip"], same)))
        click.echo(f"{path.stem}: " + ", ".join(f"{'return' if back else 'new'} {mark or '-'}" for back, mark in told))
    back, new = [mark for is_back, mark in rows if is_back], [mark for is_back, mark in rows if not is_back]
    click.echo(f"of {len(back)} returns {back.count('back')} marked; of {len(new)} new visitors {new.count('back')}")


if __name__ == "__main__":
    returns()
