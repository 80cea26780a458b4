"""Whether a camera still hangs as it did when it was set up: once a minute the still scene is laid over known looks.

What is found must hold for minutes before it is said, so that light, a crowd, a delivery or a camera that starts again
say nothing. A look that fades (dusk, infrared, another season's shelves) is learnt beside the others, but only while it
lies exactly on one of them: so the looks follow the light and never the camera.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from appliance.counting.sketch import PACKED, Edges, Look, Pose, brightness_and_edges, still
from appliance.frame import Hanging, HangingState, Pixels

EVERY = 60.0  # seconds between two pictures that are looked at
RECENT = 5  # pictures that the still scene is made of
HOLDS = 10.0  # minutes that a thing must be seen before it is said
SETTLING = 3600.0  # seconds after a beginning in which a camera that is moved is still being hung

# Chosen on clips, with the figures of docs/decisions/camera-moved.md.
LEAST_STRUCTURE = 100  # cells with an edge, of 1296: a scene to begin with
BLANK = 0.08  # of the looks' structure; less is no scene
DARK = 40.0  # mean grey, of 255
PROMINENT, AGREES = 5.0, 0.4  # either makes a pose more than chance
SHIFTED = 0.025  # of the picture
FADED, EXACT, FADES = 0.4, 0.01, 30  # a look is learnt under that agreement, within that shift, after so many minutes
LOOKS = 3

Found = Literal["same", "moved", "covered", "strange", "dark", "unsure"]

# What a minute of it says, and how much. Dark may be no more than a shop without light, and strange a shop that is
# being refitted, so they need an hour, of opening hours.
SAYS: dict[Found, tuple[HangingState, float]] = {
    "same": ("same", 10 / 3),
    "moved": ("moved", 1.0),
    "covered": ("covered", 1.0),
    "strange": ("moved", 1 / 6),
    "dark": ("covered", 1 / 6),
}


class HangingWatch:
    """Watches one camera. see(image, time) -> what is to be kept, when that has changed."""

    def __init__(self, known: Hanging, open_at: Callable[[float], bool] = lambda time: True) -> None:
        """Go on from what is known; `open_at` says whether the shop is open. Raises ValueError for broken looks."""
        self.known = known
        self._open_at = open_at
        self._looks = [Look.unpack(data) for data in cut(known.looks)]
        self._recent: deque[Edges] = deque(maxlen=RECENT)
        self._last: float | None = None
        self._heading: HangingState = known.state
        self._from, self._evidence, self._faded = 0.0, 0.0, 0
        self._told_anew = False

    def begin_anew(self) -> None:
        """Take how the camera hangs now for right, from its next picture on. Any thread may call this."""
        self._told_anew = True

    def see(self, image: Pixels, time: float) -> Hanging | None:
        """Take a picture, of which one a minute is looked at; return what changed, if anything did."""
        if self._told_anew:
            self._told_anew, self._looks = False, []
            self._recent.clear()
            return self._keep(replace(self.known, state="new", since=time, x=0.0, y=0.0, turned=0, looks=b""))
        if self._last is not None and 0 <= time - self._last < EVERY:
            return None
        self._last = time
        brightness, edges = brightness_and_edges(image)
        self._recent.append(edges)
        if len(self._recent) < RECENT:
            return None
        scene = still(self._recent)
        if not self._looks:
            return self._begin(scene, time)
        found, pose = judge(self._looks, scene, brightness)
        if found in ("strange", "dark") and not self._open_at(time):
            found = "unsure"
        return self._weigh(found, pose, scene, time)

    def _begin(self, scene: Edges, time: float) -> Hanging | None:
        """Learn the first look, unless there is nothing to see yet."""
        if np.count_nonzero(scene) < LEAST_STRUCTURE:
            return None
        self._looks = [Look(scene)]
        return self._keep(replace(self.known, state="same", since=time, begun=time, looks=self._packed()))

    def _weigh(self, found: Found, pose: Pose, scene: Edges, time: float) -> Hanging | None:
        """Add up what speaks for a change, and tell it when it has held."""
        if found == "unsure":
            return None
        state, weight = SAYS[found]
        if state != self._heading:
            self._heading, self._from, self._evidence = state, time, 0.0
        if state == self.known.state:
            return self._learn(pose, scene) if found == "same" else None
        self._evidence += weight
        if self._evidence < HOLDS - 1e-6:
            return None
        if state == "moved" and time - self.known.begun < SETTLING:
            return self._begin(scene, time)
        by = (round(pose.x, 3), round(pose.y, 3), pose.turned) if found == "moved" else (0.0, 0.0, 0)
        return self._keep(replace(self.known, state=state, since=self._from, x=by[0], y=by[1], turned=by[2]))

    def _learn(self, pose: Pose, scene: Edges) -> Hanging | None:
        """Keep the scene as a look beside the first, once it has been faded for long and lies exactly on another."""
        exact = max(abs(pose.x), abs(pose.y)) <= EXACT and pose.prominence >= PROMINENT
        self._faded = self._faded + 1 if exact and pose.agreement < FADED else 0
        if self._faded < FADES or np.count_nonzero(scene) < LEAST_STRUCTURE:
            return None
        self._faded = 0
        self._looks = [self._looks[0], *self._looks[1:][-(LOOKS - 2) :], Look(scene)]
        return self._keep(replace(self.known, looks=self._packed()))

    def _packed(self) -> bytes:
        return b"".join(look.pack() for look in self._looks)

    def _keep(self, known: Hanging) -> Hanging:
        self.known, self._heading, self._evidence = known, known.state, 0.0
        return known


def cut(looks: bytes) -> list[bytes]:
    """Return the looks that stand one after another."""
    return [looks[at : at + PACKED] for at in range(0, len(looks), PACKED)]


def judge(looks: list[Look], scene: Edges, brightness: float) -> tuple[Found, Pose]:
    """Return what a still scene and its mean grey say beside the looks, and how it lies to the one it is most like."""
    structure, usual = int(np.count_nonzero(scene)), max(look.structure for look in looks)
    pose = max((look.pose(scene) for look in looks), key=lambda pose: pose.agreement)
    if structure < BLANK * usual:
        return "covered" if brightness >= DARK else "dark", pose
    if pose.prominence < PROMINENT and pose.agreement < AGREES:
        return "strange", pose
    shifted = pose.turned != 0 or max(abs(pose.x), abs(pose.y)) >= SHIFTED
    return "moved" if shifted else "same", pose
