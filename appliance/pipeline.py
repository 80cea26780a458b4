"""The spine: the way of one frame, every stage in order.

    camera -> Frame -> net -> Detections -> tracker -> tracks -> lines -> crossings -> faces, if asked -> journal
           \\-> how the camera hangs            \\-> live view (memory only)

A stage is built once and then called with its input. The frame's own time is the only time it knows, so a clip replayed
at any speed gives the same rows, byte for byte.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from appliance import config
from appliance.clock import stopwatch
from appliance.counting import CoverageMeter, Familiar, HangingWatch, LineCounter, Visitors
from appliance.frame import Coverage, Crossing, Detections, Frame, Hanging, Track, VisitorGuess
from appliance.nets import USUAL, Detector, Engine, Entry, open_detector
from appliance.tracking import Tracker, TrackerSettings

Write = Callable[[list[Crossing], list[Coverage], list[VisitorGuess], Hanging | None], object]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What one frame brought; `hanging` where it is known anew how the camera hangs."""

    frame: Frame
    detections: Detections
    tracks: list[Track]
    crossings: list[Crossing]
    guesses: list[VisitorGuess]
    hanging: Hanging | None = None


@dataclass(slots=True)
class Timings:
    """Milliseconds spent so far, by stage."""

    frames: int = 0
    decode: float = 0.0
    detect: float = 0.0
    track: float = 0.0


@dataclass(slots=True)
class Spine:
    """One camera's stages. look(frame) runs them; what is seen of the minute is kept until it is taken."""

    camera: config.Camera
    detector: Detector
    tracker: Tracker = field(default_factory=Tracker)
    visitors: Visitors | None = None
    familiar: Familiar | None = None
    hanging: HangingWatch | None = None
    timings: Timings = field(default_factory=Timings)
    coverage: CoverageMeter = field(init=False)
    lines: list[LineCounter] = field(init=False)

    @classmethod
    def of(
        cls,
        camera: config.Camera,
        net: Entry,
        size: tuple[int, int],
        engine: Engine = USUAL,
        visitors: Callable[[str], Visitors] | None = None,
        familiar: Callable[[], Familiar] | None = None,
        hanging: HangingWatch | None = None,
    ) -> "Spine":
        """Build the stages for a camera and a net; the tracker's thresholds stand beside the net in models.toml.

        `visitors` makes the stage that looks at faces, for a camera's name, where the owner wants that; `familiar` the
        one that marks who comes back. `hanging` watches whether the camera was moved.
        """
        tracker = Tracker(TrackerSettings(**net.figures.get("tracker", {})))
        looks = visitors(camera.name) if visitors else None
        marks = familiar() if familiar else None
        return cls(camera, open_detector(net, size, engine), tracker, looks, marks, hanging)

    def __post_init__(self) -> None:
        self.coverage = CoverageMeter(self.camera.name)
        self.lines = [LineCounter(self.camera.name, line, self.camera.anchor) for line in self.camera.lines]

    def look(self, frame: Frame) -> Looked:
        """Take one frame through every stage."""
        height, width = frame.image.shape[:2]
        started = stopwatch()
        detections = self.detector.detect(frame.image)
        detected = stopwatch()
        tracks = self.tracker.update(detections, frame.time)
        crossings = [c for line in self.lines for c in line.update(tracks, frame.time, frame.index, width, height)]
        if self.familiar:
            crossings = self.familiar.update(frame.image, tracks, crossings, frame.time)
        guesses = self.visitors.update(frame.image, tracks, crossings, frame.time) if self.visitors else []
        self.coverage.see(frame.time)
        hanging = self.hanging.see(frame.image, frame.time) if self.hanging else None
        self._took(frame, detected - started, stopwatch() - detected)
        return Looked(frame, detections, tracks, crossings, guesses, hanging)

    def _took(self, frame: Frame, detect: float, track: float) -> None:
        self.timings.frames += 1
        self.timings.decode += frame.decode_ms
        self.timings.detect += 1000 * detect
        self.timings.track += 1000 * track


def follow(
    frames: Iterable[Frame],
    spine: Spine,
    write: Write,
    show: Callable[[Looked], None] = lambda looked: None,
) -> None:
    """Take every frame of a camera down the spine; a crossing is on the disk before the next frame is looked at."""
    for frame in frames:
        looked = spine.look(frame)
        if looked.crossings or looked.guesses or looked.hanging or spine.coverage.minute_is_over():
            write(looked.crossings, spine.coverage.take(), looked.guesses, looked.hanging)
        show(looked)
    write([], spine.coverage.take(), [], None)
