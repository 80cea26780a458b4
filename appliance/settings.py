"""What the box was told: frozen settings, each a dataclass field whose metadata holds its check and its meaning.

The reference in docs/configuration.md is written from these, so it can't differ from what is checked.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from appliance import checks
from appliance.clock import ShopClock

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BANDS = [12, 16, 20, 25, 30, 40, 60]
USUAL_SIZE = (384, 224)  # of the net, where no board was measured
ANCHORS = ("auto", "foot", "centre", "head")


class ConfigError(ValueError):
    """The user typed something wrong; the message is the one line to show."""


def parse_size(value: str) -> tuple[int, int]:
    """Turn "384x224" into (384, 224)."""
    try:
        return checks.size(value)
    except ValueError as error:
        raise ConfigError(f"size {value!r}: must be {error}") from None


def _key(check: Callable[[Any], Any], about: str, default: Any = ..., written: Any = "") -> Any:
    """Describe one setting: its check, its meaning, its default, and how the default is written in TOML."""
    metadata = {"check": check, "about": about, "written": written}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


NAME = checks.text(r"[a-z0-9][a-z0-9-]{0,39}", "1 to 40 of a-z, 0-9 and -")


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose crossings are counted. Coordinates are shares of the picture, from the upper left corner."""

    name: str
    start: tuple[float, float] = _key(checks.point, "one end of the line")
    end: tuple[float, float] = _key(checks.point, "the other end")
    inside: tuple[float, float] = _key(checks.point, "any point on the inner side")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera and the lines drawn in its picture."""

    name: str
    source: str = _key(
        checks.text(r"\S.{0,999}", "an address, a path or a device"),
        "rtsp://..., a clip or a folder of pictures, usb:0, or picamera",
    )
    rate: float = _key(checks.number(1, 30), "pictures a second to look at, at most", 10.0)
    width: int = _key(checks.number(160, 1920, int), "wider pictures are scaled down to this many pixels", 960)
    anchor: str = _key(checks.choice(*ANCHORS), "the point of a person that is followed; auto looks", "auto")
    height: float = _key(
        checks.number(0, 20), "metres above the floor; with tilt and fov, children are told by stature; 0: unknown", 0.0
    )
    tilt: float = _key(checks.number(0, 90), "degrees it looks down: 0 level, 90 straight down", 0.0)
    fov: float = _key(checks.number(0, 180), "degrees that the picture's width spans; 0: unknown", 0.0)
    bend: float = _key(checks.number(0, 0.6), "barrel distortion of the lens (k1 over half the picture's width)", 0.0)
    fisheye: bool = _key(checks.yes_or_no, "an equidistant fisheye lens", False)
    lines: tuple[Line, ...] = ()

    def set_up(self) -> str:
        """Return the sha256 of what says where it hangs: its source without a password, its place, its lines."""
        lines = [(line.name, line.start, line.end, line.inside) for line in self.lines]
        told = [scrub(self.source), self.height, self.tilt, self.fov, lines]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop: its name, its day."""

    id: str = _key(NAME, "the shop's short name at headquarters", "shop")
    name: str = _key(checks.text(r".{1,80}", "1 to 80 characters"), "the name that the page shows", "My shop")
    zone: ZoneInfo = _key(checks.zone, "IANA time zone of the shop", ZoneInfo("UTC"), "UTC")
    day_starts: time = _key(checks.clock_time, "when the business day begins", time(4), "04:00")
    hours: tuple[tuple[time, time] | None, ...] = ((time(8), time(20)),) * 7

    @property
    def clock(self) -> ShopClock:
        """The shop's clock."""
        return ShopClock(self.zone, self.day_starts)


@dataclass(frozen=True, slots=True)
class Net:
    """The person net and how it runs."""

    name: str = _key(NAME, "a net of models/models.toml", "person")
    size: tuple[int, int] | None = _key(
        checks.size_or_auto,
        "picture size of the net, such as 384x224; larger sees further and is slower; auto: the largest for this board",
        None,
        "auto",
    )
    threads: int = _key(checks.number(1, 16, int), "threads of the net", 1)
    provider: str = _key(
        checks.choice("auto", "cpu", "cuda", "tensorrt", "xnnpack", "acl"),
        "what runs the net; auto: a graphics card where ONNX Runtime has one; what is not there leaves it to the cpu",
        "auto",
    )


@dataclass(frozen=True, slots=True)
class Visitors:
    """Who comes in, as far as looks tell. Off until the owner switches it on; no face and no look is kept."""

    ages: bool = _key(checks.yes_or_no, "guess ages and genders from faces, for the day's mix", False)
    reentry: bool = _key(
        checks.yes_or_no,
        "mark who comes back within half an hour, and who works here, by clothes and build; they count all the same",
        False,
    )
    bands: tuple[tuple[int, int], ...] = _key(
        checks.ages, "years at which a band of ages begins", checks.ages(BANDS), BANDS
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Where the owner's page listens."""

    host: str = _key(
        checks.text(r"[0-9a-zA-Z.:-]{1,100}", "an address"),
        "address; any but loopback asks for the code",
        "127.0.0.1",
    )
    port: int = _key(checks.number(1, 65535, int), "port", 8080)


@dataclass(frozen=True, slots=True)
class Headquarters:
    """Where store-days are sent. Without a url nothing ever leaves the box."""

    url: str = _key(
        checks.text(r"(https?://\S{1,300})?", "an http(s) address"), "address of headquarters; empty sends nothing", ""
    )
    ca: str = _key(
        checks.text(r".{0,500}", "a path"),
        "file with the certificate to trust; empty: the system's",
        "",
    )
    router: str = _key(
        checks.text(
            r"(https?://[^\s/@]{1,100}/\S{0,200}|[0-9a-zA-Z.:-]{1,100})?",
            "an address, or http://... of its description",
        ),
        "the shop's router, whose byte counters (UPnP) say whether the line is idle; empty asks no router",
        "",
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the box was told."""

    shop: Shop = field(default_factory=Shop)
    cameras: tuple[Camera, ...] = ()
    net: Net = field(default_factory=Net)
    visitors: Visitors = field(default_factory=Visitors)
    page: Page = field(default_factory=Page)
    headquarters: Headquarters = field(default_factory=Headquarters)

    def at(self, size: tuple[int, int]) -> "Settings":
        """Return the same settings with the net at that size, where they leave the size to the board."""
        return self if self.net.size else replace(self, net=replace(self.net, size=size))

    def fingerprint(self) -> str:
        """Return the sha256 of what decides the numbers (cameras without their addresses, lines, net, shop's day)."""
        cameras = [
            {f.name: getattr(c, f.name) for f in fields(c) if f.name not in ("source", "lines")} for c in self.cameras
        ]
        lines = [[(line.name, line.start, line.end, line.inside) for line in c.lines] for c in self.cameras]
        told = [cameras, lines, self.net.name, self.net.size, str(self.shop.zone), str(self.shop.day_starts)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def scrub(address: str) -> str:
    """Return an address, or a sentence that holds some, without user names and passwords: fit for a log or a page."""
    return re.sub(r"(?<=://)\S+", _without_user, address)


def _without_user(rest: re.Match[str]) -> str:
    """Passwords hold @ and / too, so what may be one goes, up to the last @; a path may hold @ where no user can be."""
    plain = re.fullmatch(r"\[[^]]*\](:\d*)?|[^:@]*|[^:@]+[.][^:@]+:\d*", rest[0].partition("/")[0])
    return rest[0] if plain else rest[0].rpartition("@")[2]
