"""A recording, replayed: every frame once, in order, with times that depend on nothing but the recording."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from appliance.cameras.camera import Camera, CameraError
from appliance.cameras.child import Decoder
from appliance.cameras.protocol import Order
from appliance.cameras.source import parse_source
from appliance.config import ConfigError
from appliance.frame import Frame

Speed = Literal["real", "max"]
PATIENCE = 60.0


def replay(
    path: str | Path,
    *,
    speed: Speed = "max",
    width: int = 960,
    start: float = 0.0,
    camera: str = "replay",
    rate: float = 10.0,
) -> "Recording":
    """Return a clip or a folder of pictures (`rate` a second) as a camera; its first frame has the time `start`.

    `speed` "real" paces the frames, "max" doesn't; both give the same ones. Raises ConfigError where `path` is no path.
    """
    source = parse_source(str(path))
    if source.kind != "file":
        raise ConfigError(f"{source.label}: can't be replayed: must be a clip or a folder of pictures")
    order = Order("file", source.address, width, rate, lossless=True)
    return Recording(camera, order, source.label, start, paced=speed == "real")


class Recording(Camera):
    """A clip or a folder of pictures, lossless. `frames` begins anew whenever it is called."""

    def __init__(self, name: str, order: Order, label: str, start: float, *, paced: bool) -> None:
        super().__init__(name)
        self._order = order
        self._label = label
        self._start = start
        self._paced = paced

    def frames(self) -> Iterator[Frame]:
        """Yield every frame once. Raises CameraError where nothing can be decoded, or the decoder dies."""
        try:
            yield from self._decoded()
        except CameraError as error:
            self.problem = f"{self._label}: {error}"
            raise CameraError(self.problem) from None
        finally:
            self.alive = False

    def _decoded(self) -> Iterator[Frame]:
        began: float | None = None
        index = 0
        with Decoder(self._order) as decoder:
            while handed := decoder.next(self._bell, PATIENCE):
                header, image = handed
                pts = header.pts or 0.0
                began = time.monotonic() if began is None else began
                if self._paced and self._bell.wait(began + pts - time.monotonic()):
                    return
                self.alive = True
                yield Frame(self.name, index, self._start + pts, image, header.decode_ms)
                index += 1
