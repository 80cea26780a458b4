"""What all sources that libav reads have in common: open, decode, and say in words what went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NamedTuple

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from appliance.cameras.camera import CameraError
from appliance.clock import now

REASONS: dict[type[Exception], str] = {
    av.error.HTTPUnauthorizedError: "the user name or the password is refused",
    av.error.HTTPForbiddenError: "access is refused",
    av.error.HTTPNotFoundError: "there is no such path on it",
    av.error.ConnectionRefusedError: "the connection is refused",
    av.error.FileNotFoundError: "there is no such file or device",
    av.error.ExitError: "it does not answer",
    av.error.TimeoutError: "it does not answer",
    av.error.InvalidDataError: "it holds nothing that can be read as video",
    av.error.ArgumentError: "it holds nothing that can be read as video",
    av.error.EOFError: "the stream ended",
}


class Picture(NamedTuple):
    """A decoded frame, not yet converted: its stream time in seconds, when it was decoded (UTC), what that took."""

    frame: av.VideoFrame
    pts: float | None
    received: float
    decode_ms: float


def reason(error: Exception) -> str:
    """Say an error of libav in words; its own text is not used, for it repeats the address with the password."""
    for kind, words in REASONS.items():
        if isinstance(error, kind):
            return words
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


@contextmanager
def opened(file: Any, options: dict[str, str], **how: Any) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a container and its first moving picture, to be decoded by one thread. Raises CameraError."""
    try:
        container: InputContainer = av.open(file, options=options, **how)
    except (av.error.FFmpegError, OSError) as error:
        raise CameraError(reason(error)) from None
    with container:
        covers = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not streams:
            raise CameraError("it has no video in it")
        streams[0].codec_context.thread_count = 1
        yield container, streams[0]


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[Picture]:
    """Yield the pictures of a stream. A damaged packet costs its own picture; else raises av.error.FFmpegError."""
    spent = 0.0
    for packet in container.demux(stream):
        began = perf_counter()
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            frames = []
        spent += perf_counter() - began
        received = now()
        for frame in frames:
            pts = None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
            yield Picture(frame, pts, received, spent * 1000)
            spent = 0.0
