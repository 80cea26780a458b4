"""The child process of one camera: decodes, and hands over the newest picture when asked.

Run as `python -m appliance.cameras.decoder SOCKET MEMORY PARENT` (two descriptors and a process id). The order comes
over the socket, not on the command line, where everybody on the box could read the password in it. Then each "want"
is answered with one message: a header (the picture is in the shared memory), or how it ended.
"""

import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from appliance import lifeline
from appliance.cameras import file, libav, picamera, rtsp, usb
from appliance.cameras.camera import CameraError
from appliance.cameras.protocol import MESSAGE, Order
from appliance.cameras.shared_memory import Writer
from appliance.cameras.slot import Slot, Thinning


def main() -> None:
    """Serve one parent until it goes; never returns."""
    link, memory, parent = (int(word) for word in sys.argv[1:])
    lifeline.die_with(parent)
    for stopping in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C and a service's stop are the parent's affair
        signal.signal(stopping, signal.SIG_IGN)
    av.logging.set_level(None)
    av.logging.set_libav_level(av.logging.PANIC)
    with socket.socket(fileno=link) as connection:
        order = Order(**json.loads(connection.recv(MESSAGE)))
        slot = Slot(order.lossless)
        threading.Thread(target=fill, args=(slot, order), daemon=True).start()
        serve(connection, slot, Writer(memory, order.width))
    os._exit(0)  # without waiting for a thread that may be stuck in a codec


def pictures(order: Order) -> Iterator[libav.Picture]:
    """Open what the order names. Raises CameraError."""
    if order.kind == "rtsp":
        return rtsp.pictures(order.address)
    if order.kind == "usb":
        return usb.pictures(order.address)
    if order.kind == "picamera":
        return picamera.pictures(order.width, order.rate)
    return (file.pictures if order.lossless else file.looped)(Path(order.address), order.rate)


def fill(slot: Slot, order: Order) -> None:
    """Decode into the slot until the source ends. A skipped picture never pays for its colours."""
    thinning = Thinning(None if order.lossless else order.rate)
    try:
        for picture in pictures(order):
            if thinning.keeps(picture):
                slot.put(picture)
    except CameraError as error:
        slot.end(str(error))
    except Exception as error:  # whatever a codec or a driver does: the parent is to hear it
        slot.end(libav.reason(error))
    else:
        slot.end("")


def serve(connection: socket.socket, slot: Slot, writer: Writer) -> None:
    """Answer each request with one message, until the parent hangs up."""
    while connection.recv(MESSAGE):
        while (taken := slot.take(0.5)) is None:
            if select.select([connection], [], [], 0)[0]:  # one request in flight at most, so this is the end
                return
        answer = {"end": taken} if isinstance(taken, str) else header(*taken, writer)
        connection.send(json.dumps(answer).encode())


def header(picture: libav.Picture, skipped: int, writer: Writer) -> dict[str, Any]:
    """Write a picture into the shared memory and describe it."""
    began = time.perf_counter()
    width, height = writer.write(picture.frame)
    spent = picture.decode_ms + (time.perf_counter() - began) * 1000
    return {
        "width": width,
        "height": height,
        "pts": picture.pts,
        "received": picture.received,
        "decode_ms": round(spent, 3),
        "skipped": skipped,
    }


if __name__ == "__main__":
    main()
