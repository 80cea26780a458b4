"""Pictures of a camera on the network, over TCP: a lost packet would smear the picture until the next key frame."""

from collections.abc import Iterator

import av

from appliance.cameras.camera import CameraError
from appliance.cameras.libav import Picture, decoded, opened, reason

PATIENCE = 5
OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "timeout": str(PATIENCE * 1_000_000),
    "protocol_whitelist": "rtsp,rtp,tcp",
    "fflags": "nobuffer",
    "analyzeduration": "1000000",
    "probesize": "500000",
}


def pictures(address: str) -> Iterator[Picture]:
    """Yield pictures until the stream ends. Raises CameraError, which always comes at last."""
    with opened(address, OPTIONS, timeout=(PATIENCE, None)) as (container, stream):
        try:
            yield from decoded(container, stream)
        except av.error.FFmpegError as error:
            raise CameraError(reason(error)) from None
    raise CameraError("the stream ended")
