"""Pictures of a USB camera, through Video4Linux.

Not run in the project's tests, which have no such device: only a missing one is.
"""

from collections.abc import Iterator

import av

from appliance.cameras.camera import CameraError
from appliance.cameras.libav import Picture, decoded, opened, reason

# The driver takes the nearest it has. Uncompressed pictures of this size pass even USB 2 ten times a second.
OPTIONS = {"video_size": "1280x720"}


def pictures(device: str) -> Iterator[Picture]:
    """Yield pictures until the camera is unplugged. Raises CameraError, which always comes at last."""
    with opened(device, OPTIONS, format="v4l2") as (container, stream):
        try:
            yield from decoded(container, stream)
        except av.error.FFmpegError as error:
            raise CameraError(reason(error)) from None
    raise CameraError("the stream ended")
