"""Real people to judge the net on: tracks of clips by the box's own person net and tracker. Nothing is learnt here.

Of each track that lasts, looks of its first and of its last third are taken. Who is there at the same time as somebody
else is somebody else; of tracks that were not there together nobody knows.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from appliance import cameras
from appliance.nets import Catalogue, open_detector
from appliance.nets.appearance import crop_of
from appliance.tracking import Tracker, TrackerSettings

LASTS, EACH = 15, 4  # sights that make a track long enough; looks taken of each end


@dataclass(slots=True)
class Followed:
    """One track: its clip, the frames in which it was seen, and a crop each (128 x 64)."""

    clip: str
    frames: list[int] = field(default_factory=list)
    crops: list[np.ndarray] = field(default_factory=list)

    def ends(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return EACH crops of the first third and of the last."""
        third = max(EACH, len(self.crops) // 3)
        pick = np.linspace(0, third - 1, EACH).round().astype(int)
        return [self.crops[i] for i in pick], [self.crops[len(self.crops) - 1 - i] for i in pick]


def followed(clip: Path, size: tuple[int, int] = (512, 288)) -> list[Followed]:
    """Follow everybody in a clip; return the tracks that last."""
    entry = Catalogue().find("person")
    detector, tracker = open_detector(entry, size), Tracker(TrackerSettings(**entry.figures["tracker"]))
    tracks: dict[int, Followed] = {}
    for frame in cameras.replay(clip, width=960).frames():
        for track in tracker.update(detector.detect(frame.image), frame.time):
            crop = crop_of(frame.image, track.box) if track.confirmed else None
            if crop is not None:
                one = tracks.setdefault(track.id, Followed(clip.stem))
                one.frames.append(frame.index)
                one.crops.append(crop)
    return [track for track in tracks.values() if len(track.crops) >= LASTS]


def followed_in(folder: Path) -> list[Followed]:
    """Follow everybody in all clips of a folder, two at a time."""
    with ThreadPoolExecutor(2) as two:
        return [track for tracks in two.map(followed, sorted(folder.glob("*.mp4"))) for track in tracks]


def pairs(tracks: list[Followed]) -> tuple[np.ndarray, np.ndarray]:
    """Return which of 2N ends (all firsts, then all lasts) are the same person, and of which pairs that is known."""
    n = len(tracks)
    together = np.zeros((n, n), bool)
    for i, one in enumerate(tracks):
        for j, other in enumerate(tracks):
            together[i, j] = i != j and one.clip == other.clip and bool(set(one.frames) & set(other.frames))
    same = np.tile(np.eye(n, dtype=bool), (2, 2))
    counts = np.tile(together, (2, 2))
    counts[:n, n:] |= np.eye(n, dtype=bool)
    counts[n:, :n] |= np.eye(n, dtype=bool)
    return same, counts
