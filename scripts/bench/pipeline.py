"""What the whole pipeline costs beside detection alone: decode + detect, and decode + detect + track + count + store.

    python -m scripts.bench.pipeline CLIP --line NAME:x1,y1,x2,y2:inx,iny [--runs 5] [--json]

The two are run in turn on the same clip; medians and their ratio are printed, and what tracks and lines take a frame
with five people (goal: at most 0.2 ms, and 15 % over detection alone).
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click
import numpy as np

from appliance import cameras, config
from appliance.cli.options import LineType, SizeType
from appliance.clock import stopwatch
from appliance.counting import LineCounter
from appliance.frame import Detections
from appliance.nets import Catalogue, PersonDetector
from appliance.pipeline import Spine, follow
from appliance.storage import Folder, Journal, open_for_writing
from appliance.tracking import Tracker


def detection_alone(clip: Path, detector: PersonDetector) -> None:
    """Decode and detect."""
    for frame in cameras.replay(clip, width=1920).frames():
        detector.detect(frame.image)


def whole(clip: Path, detector: PersonDetector, line: config.Line, folder: Path) -> None:
    """Decode, detect, track, count, store."""
    journal = Journal(open_for_writing(Folder(folder).make().database))
    spine = Spine(config.Camera("bench", str(clip), lines=(line,)), detector)
    follow(cameras.replay(clip, width=1920).frames(), spine, journal.write)
    journal.close()


def took(work: Callable[[], None]) -> float:
    """Return the seconds that something took."""
    started = stopwatch()
    work()
    return stopwatch() - started


def five_people(frames: int = 2000) -> float:
    """Return the milliseconds that tracker and line counter take a frame with five walkers."""
    rows = np.arange(5)
    tracker = Tracker()
    counter = LineCounter("bench", config.Line("door", (0.1, 0.5), (0.9, 0.5), (0.5, 0.9)))
    walks = []
    for k in range(frames):
        x, y = 100 + 90 * rows + 10 * np.sin(k / 9 + rows), 180 + 70 * np.sin(k / 25 + rows)
        boxes = np.stack([x - 20, y - 100, x + 20, y], 1).astype(np.float32)
        walks.append(Detections(boxes, np.full(5, 0.9, np.float32), boxes[:, 2:]))
    started = stopwatch()
    for k, found in enumerate(walks):
        counter.update(tracker.update(found, k / 10), k / 10, k, 640, 360)
    return 1000 * (stopwatch() - started) / frames


@click.command(help=__doc__)
@click.argument("clip", type=click.Path(path_type=Path, exists=True))
@click.option("--line", type=LineType(), required=True)
@click.option("--size", type=SizeType(), default="384x224", show_default=True)
@click.option("--runs", default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def bench(clip: Path, line: config.Line, size: tuple[int, int], runs: int, as_json: bool) -> None:
    detector = PersonDetector(Catalogue().find("person"), size)
    alone, all_of_it = [], []
    for _ in range(runs):
        alone.append(took(lambda: detection_alone(clip, detector)))
        with tempfile.TemporaryDirectory() as folder:
            all_of_it.append(took(lambda folder=folder: whole(clip, detector, line, Path(folder))))
    row = {
        "decode_detect_s": round(median(alone), 3),
        "whole_s": round(median(all_of_it), 3),
        "ratio": round(median(w / a for w, a in zip(all_of_it, alone, strict=True)), 3),
        "track_count_ms_five_people": round(five_people(), 4),
    }
    click.echo(json.dumps(row) if as_json else "\n".join(f"{key:28s} {value}" for key, value in row.items()))


if __name__ == "__main__":
    bench()
