"""Counted beside true on real clips (the development set): the figures of docs/accuracy.md."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts.score import Clip, Score, judge, read_clips, replay
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

BLOCK_ACCURACY = 0.88  # measured 0.947
WITHOUT_PEOPLE = {"parking-cars", "garden-night"}


def counted(folder: Path) -> Iterator[tuple[Clip, Score]]:
    """Count in every clip of a folder, two at a time."""
    clips = read_clips(folder)
    with ThreadPoolExecutor(2) as two:
        for clip, events in zip(clips, two.map(lambda clip: replay(clip, []), clips), strict=True):
            yield clip, judge(clip, events)


@pytest.mark.timeout(400)
def test_the_clips_are_counted_well_enough_and_where_nobody_crosses_nothing_is_counted(shared):
    total = Score()
    for clip, result in counted(shared / "clips"):
        print(f"{clip.name:24s} in {result.ins} of {result.true_ins}, out {result.outs} of {result.true_outs}")
        if clip.name in WITHOUT_PEOPLE:
            assert (result.ins, result.outs) == (0, 0), clip.name
        total.add(result)
    print(total.as_row())
    assert total.as_row()["block_accuracy"] >= BLOCK_ACCURACY


@pytest.mark.timeout(300)
def test_the_rendered_scenes_that_come_with_the_project_are_counted_well():
    total = Score()
    for clip, result in counted(ROOT / "tests" / "scenes"):
        print(f"{clip.name:24s} in {result.ins} of {result.true_ins}, out {result.outs} of {result.true_outs}")
        total.add(result)
    assert total.as_row()["block_accuracy"] >= 0.93
    assert total.as_row()["f1"] >= 0.95
