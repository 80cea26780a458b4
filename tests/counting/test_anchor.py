import numpy as np
import pytest

from appliance.counting import anchor_of

BOXES = {  # (width, height) of a box at the origin -> how far down the followed point lies, 0..1
    "seen from the front the foot is followed": ((40, 100), 1.0),
    "seen from straight above the centre is followed": ((60, 60), 0.5),
    "in between it slides": ((50, 80), 0.75),
}


@pytest.mark.parametrize("rule", BOXES)
def test_auto_follows_what_the_shape_of_the_box_says(rule):
    (wide, high), down = BOXES[rule]
    assert anchor_of(np.array([0, 0, wide, high], np.float32), "auto") == pytest.approx((wide / 2, down * high))


@pytest.mark.parametrize(("kind", "y"), [("foot", 100), ("centre", 50), ("head", 0)])
def test_a_named_anchor_is_that_point(kind, y):
    assert anchor_of(np.array([0, 0, 40, 100], np.float32), kind) == (20, y)
