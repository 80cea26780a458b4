"""Pictures of the camera on a Raspberry Pi's ribbon cable. The only file that imports picamera2.

Not run in the project's tests: picamera2 needs a Pi and its camera. Only its absence is tested.
"""

from collections.abc import Iterator

import av

from appliance.cameras.camera import CameraError
from appliance.cameras.libav import Picture
from appliance.clock import now


def pictures(width: int, rate: float) -> Iterator[Picture]:
    """Yield pictures for ever, scaled by the Pi's own image processor. Raises CameraError."""
    try:
        from picamera2 import Picamera2
    except ImportError:
        raise CameraError("picamera2 is not installed: it comes with Raspberry Pi OS") from None
    try:
        with Picamera2() as camera:
            size = (width // 2 * 2, width * 9 // 16 // 2 * 2)
            # libcamera names formats by their order in a word: its RGB888 lies in memory as B, G, R.
            main = {"size": size, "format": "RGB888"}
            camera.configure(camera.create_video_configuration(main=main, controls={"FrameRate": rate}))
            camera.start()
            while True:
                with camera.captured_request() as request:
                    image, taken = request.make_array("main"), request.get_metadata().get("SensorTimestamp")
                frame = av.VideoFrame.from_ndarray(image, format="bgr24")
                yield Picture(frame, None if taken is None else taken / 1e9, now(), 0.0)
    except (RuntimeError, IndexError, OSError) as error:
        raise CameraError(f"the camera on the ribbon cable fails: {error}".splitlines()[0]) from None
