"""Pictures of a clip or of a folder, with times that begin at 0 and increase strictly."""

import time
from collections.abc import Iterator
from pathlib import Path

import av

from appliance.cameras.camera import CameraError
from appliance.cameras.libav import Picture, decoded, opened
from appliance.clock import now

FORMATS = {".jpg": "jpeg_pipe", ".jpeg": "jpeg_pipe", ".png": "png_pipe", ".webp": "webp_pipe"}
# A playlist in a clip's clothes could make libav open a connection: only these formats, and only this file.
CLIP = {
    "format_whitelist": "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,h264,hevc,m4v,asf,ogg,ivf,mjpeg",
    "protocol_whitelist": "file",
}
STILL = {"protocol_whitelist": "none"}


def pictures(path: Path, rate: float) -> Iterator[Picture]:
    """Yield every picture once; a folder gives `rate` a second. Raises CameraError where there is none."""
    shown = 0
    for picture in _folder(path, rate) if path.is_dir() else _clip(path):
        shown += 1
        yield picture
    if not shown:
        raise CameraError("it has no picture that can be decoded")


def looped(path: Path, rate: float) -> Iterator[Picture]:
    """Yield the pictures for ever at real speed, as a camera would; times go on where the loop begins again."""
    began = time.monotonic()
    start = end = 0.0
    while True:
        for picture in pictures(path, rate):
            pts = start + (picture.pts or 0.0)
            time.sleep(max(0.0, began + pts - time.monotonic()))
            yield picture._replace(pts=pts, received=now())
            interval, end = pts - end, pts
        start = end + (interval if 0 < interval < 1 else 1 / rate)


def _clip(path: Path) -> Iterator[Picture]:
    with opened(str(path), CLIP) as (container, stream):
        interval = 1 / float(stream.average_rate or 25)
        first: float | None = None
        last = -interval
        try:
            for picture in decoded(container, stream):
                if first is None:
                    first = picture.pts or 0.0
                pts = last + interval if picture.pts is None else picture.pts - first
                last = pts if pts > last else last + interval
                yield picture._replace(pts=last)
        except av.error.FFmpegError:
            return  # cut off by a pulled plug: what was decoded stands


def _folder(path: Path, rate: float) -> Iterator[Picture]:
    names = sorted(file for file in path.iterdir() if file.suffix.lower() in FORMATS)
    for index, name in enumerate(names):
        try:
            kind = FORMATS[name.suffix.lower()]
            with name.open("rb") as file, opened(file, STILL, format=kind) as (container, stream):
                for picture in decoded(container, stream):
                    yield picture._replace(pts=index / rate)
                    break
        except (av.error.FFmpegError, CameraError, OSError):
            continue  # a broken picture leaves its place empty
