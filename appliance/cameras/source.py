"""What the user typed as a camera's source -> what it is, and how it may be named in a log."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from appliance.config import ConfigError

Kind = Literal["file", "rtsp", "usb", "picamera"]
KNOWN = "rtsp://..., a clip or a folder of pictures, usb:0, or picamera"


@dataclass(frozen=True, slots=True)
class Source:
    """`address` is what is opened and may hold a password; `label` is what is shown and never does."""

    kind: Kind
    address: str
    label: str


def parse_source(text: str) -> Source:
    """Tell what a source is. Raises ConfigError with one line that never repeats an address."""
    if not text or not text.isprintable():
        raise ConfigError(f"a source must be printable text: {KNOWN}")
    if text == "picamera":
        return Source("picamera", "", "picamera")
    if text.startswith("rtsp://"):
        return _rtsp(text)
    if re.match(r"usb\b", text):
        return _usb(text)
    if re.match(r"/dev/(video\d|v4l/)", text):
        return Source("usb", text, text)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/?/", text)
    if scheme:
        raise ConfigError(f"{scheme[1]}:// is not a kind of source: must be {KNOWN}")
    path = Path(text).absolute()
    return Source("file", str(path), path.name or str(path))


def _usb(text: str) -> Source:
    number = re.fullmatch(r"usb:(\d{1,3})", text)
    if not number:
        raise ConfigError("a usb camera is written usb:0, or as its device such as /dev/video0")
    device = f"/dev/video{int(number[1])}"
    return Source("usb", device, device)


def _rtsp(text: str) -> Source:
    try:
        parts = urlsplit(text)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    # An @ behind the host means a password with a bare / in it: libav would take a piece of it for the host.
    if not good or "@" in text[len("rtsp://") + len(parts.netloc) :] or " " in text:
        raise ConfigError("must be rtsp://user:password@host:port/path, with / and @ in a password as %2F and %40")
    # Many cameras take the password in the path, so the label ends at the port.
    return Source("rtsp", text, f"rtsp://{parts.netloc.rpartition('@')[2]}")
