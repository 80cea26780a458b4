"""Looking at who crosses marks crossings and changes none of them, and happens in the opening hours alone."""

import json
from dataclasses import replace

import pytest

from appliance import cameras, config
from appliance.nets import Catalogue
from appliance.pipeline import Spine
from appliance.services.counting import CountService
from tests.conftest import ROOT

CLIP = ROOT / "tests/scenes/tilt-60.mp4"
TRUTH = json.loads(CLIP.with_suffix(".truth.json").read_text())
DAYS = "\n".join(f'{day} = "HOURS"' for day in config.DAYS)


def counted(hours):
    """Count the clip, whose first picture is at midnight; return the crossings, and the stage that looked, if any."""
    (line,) = (config.Line(t["name"], tuple(t["a"]), tuple(t["b"]), tuple(t["inside"])) for t in TRUTH["lines"])
    settings = config.parse("[shop.hours]\n" + DAYS.replace("HOURS", hours or "closed"))
    catalogue = Catalogue()
    familiar = CountService._familiar(catalogue, settings) if hours else None
    camera = config.Camera("door", str(CLIP), lines=(line,))
    spine = Spine.of(camera, catalogue.find("person"), (384, 224), familiar=familiar)
    crossings = [c for frame in cameras.replay(CLIP, width=960).frames() for c in spine.look(frame).crossings]
    return crossings, spine.familiar


@pytest.fixture(scope="module")
def unmarked():
    return counted(None)[0]


def test_marks_change_no_count(unmarked):
    marked, stage = counted("00:00-24:00")
    assert unmarked
    assert [replace(c, mark="") for c in marked] == unmarked
    assert stage.staff._people
    assert len(stage.reentry._gone) <= sum(c.direction == "out" for c in marked)


def test_nobody_is_looked_at_while_the_shop_is_closed(unmarked):
    marked, stage = counted("08:00-20:00")
    assert marked == unmarked
    assert not stage._looks
    assert not stage.staff._people
