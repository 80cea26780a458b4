"""A live camera: hands over the newest frame, and comes back by itself from whatever the world does."""

import logging
import time
from collections.abc import Iterator

from appliance import config
from appliance.cameras.camera import Camera, CameraError
from appliance.cameras.child import Decoder
from appliance.cameras.protocol import Order
from appliance.cameras.source import Source, parse_source
from appliance.cameras.stream_clock import StreamClock
from appliance.config import ConfigError
from appliance.frame import Frame

log = logging.getLogger(__name__)

STALL = 10.0


def open_camera(settings: config.Camera) -> "LiveCamera":
    """Return the camera of these settings, not yet started. Raises ConfigError where its source is none."""
    try:
        source = parse_source(settings.source)
    except ConfigError as error:
        raise ConfigError(f"camera.{settings.name}.source: {error}") from None
    return LiveCamera(settings, source)


class Waits:
    """How long to wait before each restart: 0.5, 1, 2, 4 ... up to 30 s; from the start again after a good minute."""

    FIRST, LONGEST, GOOD = 0.5, 30.0, 60.0

    def __init__(self) -> None:
        self._next = self.FIRST

    def after(self, good: float) -> float:
        """Return the wait after a connection that gave frames for `good` seconds."""
        wait = self.FIRST if good >= self.GOOD else self._next
        self._next = min(2 * wait, self.LONGEST)
        return wait


class LiveCamera(Camera):
    """A camera that never gives up: `frames` ends only when closed. What goes wrong is in `problem`."""

    def __init__(self, settings: config.Camera, source: Source, stall: float = STALL) -> None:
        """`stall`: after so many seconds without a frame the connection counts as lost."""
        super().__init__(settings.name)
        self._order = Order(source.kind, source.address, settings.width, settings.rate, lossless=False)
        self._label = source.label
        self._stall = stall
        self._clock = StreamClock()
        self._index = 0

    def frames(self) -> Iterator[Frame]:
        """Yield the newest frame whenever asked; wait while the camera is away. What the world does raises nothing."""
        waits = Waits()
        try:
            while not self._bell.rung:
                began = time.monotonic()
                try:
                    yield from self._connection()
                except CameraError as error:
                    self._lose(str(error))
                good = time.monotonic() - began if self.alive else 0.0
                self.alive = False
                if self._bell.wait(waits.after(good)):
                    break
                self.restarts += 1
        finally:
            self.alive = False

    def _connection(self) -> Iterator[Frame]:
        self._clock.reconnect()
        with Decoder(self._order) as decoder:
            while handed := decoder.next(self._bell, self._stall):
                header, image = handed
                self._greet()
                self.skipped += header.skipped
                taken = self._clock.time(header.received, header.pts)
                yield Frame(self.name, self._index, taken, image, header.decode_ms)
                self._index += 1

    def _greet(self) -> None:
        if self.problem:
            log.info("camera %s is back", self.name)
        self.alive, self.problem = True, ""

    def _lose(self, reason: str) -> None:
        if not self.problem:
            log.warning("camera %s is lost: %s: %s", self.name, self._label, reason)
        self.problem = f"{self._label}: {reason}"
