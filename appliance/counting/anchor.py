"""The anchor: the point of a person that is followed over the line.

At eye level it is the foot, where the person stands. From above the lower edge of a box is no foot but whatever of
the person is lowest in the picture, so there the centre is followed. `auto` slides from one to the other by the shape
of the box: a person seen from the front is more than twice as high as wide, one seen from straight above about as
high as wide.
"""

from appliance.frame import Floats

CENTRE_BELOW = 1.2  # height over width
FOOT_ABOVE = 2.0


def anchor_of(box: Floats, kind: str) -> tuple[float, float]:
    """Return the followed point (x, y) of a box, in pixels. `kind` is auto, foot, centre or head."""
    x1, y1, x2, y2 = box.tolist()
    if kind == "foot":
        down = 1.0
    elif kind == "centre":
        down = 0.5
    elif kind == "head":
        down = 0.0
    else:
        shape = (y2 - y1) / max(x2 - x1, 1e-3)
        down = 0.5 + 0.5 * min(1.0, max(0.0, (shape - CENTRE_BELOW) / (FOOT_ABOVE - CENTRE_BELOW)))
    return (x1 + x2) / 2, y1 + down * (y2 - y1)
