import re
from pathlib import Path

import pytest

from scripts.synthetic_shop.agents import simulate
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.scene_file import load, suite
from scripts.synthetic_shop.truth import clip_truth

SCENES = suite()


def test_the_suite_has_its_scenes() -> None:
    assert len(SCENES) >= 24


@pytest.mark.parametrize("path", SCENES, ids=[path.stem for path in SCENES])
def test_a_scene_holds_the_plan_in_its_about_and_nobody_crosses_where_it_begins_or_ends(
    path: Path, walkers: list[BodyInfo]
) -> None:
    scene = load(path)
    plan = re.search(r"Expected: (\d+) in, (\d+) out\.$", scene.about)
    assert plan, "about must end with the plan"
    told = clip_truth(scene, simulate(scene, walkers), walkers, Lens(scene.camera, scene), "clip.mp4")
    must = told["expected"]["crossings"]
    assert [sum(c["direction"] == way for c in must) for way in ("in", "out")] == [int(n) for n in plan.groups()]
    assert 4 <= len(must) <= 14
    assert 20 <= scene.seconds <= 40
    assert all(1.0 <= c["t"] <= scene.seconds - 1.5 for c in told["crossings"])
