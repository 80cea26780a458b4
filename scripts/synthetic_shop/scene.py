"""A scene: what stands where, who comes when, what looks on. Frozen dataclasses, each field with its check.

scene_file.py reads them from TOML, random_scene.py draws them for training frames. Angles here are radians.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, pi, radians, sin
from typing import Any

from appliance import checks

DOOR_KINDS = ("open", "swing", "sliding")
LENSES = ("pinhole", "radial", "fisheye")
LIGHTS = ("day", "backlight", "dusk", "night", "ir")
FURNITURE = (
    *("shelf", "table", "counter", "rack", "coats", "plant", "bin", "sign"),
    *("mannequin", "pram", "trolley", "pet"),
)
WALL_THINGS = ("poster", "mirror")
STREET_THINGS = ("car", "bicycle", "planter")
FLOOR_THINGS = ("mat", "grille")
THINGS = FURNITURE + WALL_THINGS + STREET_THINGS + FLOOR_THINGS
SCRIPTS = ("in", "out", "in_out", "turn_back", "pass_by", "linger", "re_enter", "staff", "run")
AGES = ("adult", "teen", "child", "senior")
ROLES = ("customer", "staff", "passer-by")
CARRIES = ("box", "bag", "backpack", "umbrella", "trolley", "pram")
WEARS = ("hat", "hood", "uniform")


def _angle(low: float, high: float) -> Callable[[Any], float]:
    """Accept degrees within the bounds and return radians."""
    degrees = checks.number(low, high)
    return lambda value: radians(degrees(value))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _several(*names: str) -> Callable[[Any], tuple[str, ...]]:
    """Accept a list of some of the names."""

    def check(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not set(value) <= set(names):
            raise ValueError("a list of " + ", ".join(names))
        return tuple(value)

    return check


def _place(value: Any) -> tuple[float, float]:
    """Accept [x, y] in metres."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("a place [x, y] in metres")
    metres = checks.number(-30, 30)
    return metres(value[0]), metres(value[1])


def _size(value: Any) -> tuple[float, float, float]:
    """Accept [width, depth, height] in metres."""
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("a size [width, depth, height] in metres")
    metres = checks.number(0.01, 10)
    return metres(value[0]), metres(value[1]), metres(value[2])


def key(check: Callable[[Any], Any], about: str, default: Any = ...) -> Any:
    """Describe one key of a scene file: its check, its meaning, its default (required without one)."""
    metadata = {"check": check, "about": about}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


_number, _choice = checks.number, checks.choice
_text = checks.text(r"[a-z0-9][a-z0-9_-]{0,39}", "1 to 40 of a-z, 0-9, _ and -")


@dataclass(frozen=True, slots=True)
class Room:
    """The shop's one room: x from -width/2 to width/2, y from 0 (the door wall) to depth."""

    width: float = key(_number(2, 30), "metres along the door wall", 7.0)
    depth: float = key(_number(2, 30), "metres from the door wall to the back", 9.0)
    height: float = key(_number(2.2, 8), "metres from floor to ceiling", 3.2)
    clutter: int = key(_number(0, 30, int), "pieces of furniture and posters put up by chance", 0)
    windows: bool = key(_flag, "shop windows beside the doors", True)


@dataclass(frozen=True, slots=True)
class Door:
    """An opening in the wall y = 0, and the counting line in front of it, inside, parallel to the wall."""

    name: str = key(_text, "the name of its counting line", "entrance")
    x: float = key(_number(-15, 15), "metres, its centre", 0.0)
    width: float = key(_number(0.8, 4), "metres", 1.6)
    height: float = key(_number(1.9, 4), "metres", 2.2)
    kind: str = key(_choice(*DOOR_KINDS), "always open, one leaf or two that swing inwards, or two that slide", "open")
    line: float = key(_number(-3, 5), "metres from the wall to the counting line, inwards", 0.7)

    @property
    def edges(self) -> tuple[float, float]:
        """The opening: smallest and largest x."""
        return self.x - self.width / 2, self.x + self.width / 2

    @property
    def line_ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The counting line on the floor: it reaches 0.4 m past the opening on either side."""
        half = self.width / 2 + 0.4
        return (self.x - half, self.line), (self.x + half, self.line)


@dataclass(frozen=True, slots=True)
class Camera:
    """The camera: where it hangs, what it sees, and what it does to the picture."""

    width: int = key(_number(64, 1920, int), "pixels", 640)
    height: int = key(_number(64, 1080, int), "pixels", 360)
    fps: float = key(_number(1, 30), "pictures a second", 10.0)
    height_m: float = key(_number(0.5, 7.5), "metres above the floor", 2.8)
    tilt: float = key(_angle(0, 90), "degrees: 0 level, 90 straight down", radians(45))
    x: float = key(_number(-15, 15), "metres", 0.0)
    y: float = key(_number(-5, 30), "metres from the door wall, inwards", 4.0)
    yaw: float = key(_angle(-180, 180), "degrees, turned left seen from above", 0.0)
    roll: float = key(_angle(-180, 180), "degrees, the camera turned clockwise about its axis", 0.0)
    fov: float = key(_angle(20, 180), "degrees, across the picture's width", radians(85))
    lens: str = key(_choice(*LENSES), "pinhole, radial (barrel k1, k2 = 0.3 k1) or equidistant fisheye", "pinhole")
    k1: float = key(_number(-0.1, 0.5), "of a radial lens", 0.0)
    looks: str = key(_choice("out", "in"), "at the door from inside, or into the shop", "out")
    shutter: float = key(_number(0, 0.1), "seconds of motion blur, centred on the picture's time", 0.0)
    noise: float = key(_number(0, 0.2), "standard deviation of a full-scale pixel", 0.012)
    crf: int = key(_number(10, 51, int), "H.264 quality, 18 good to 40 poor", 26)
    grey: bool = key(_flag, "no colours", False)
    interlace: bool = key(_flag, "odd rows half a picture later", False)
    stamp: bool = key(_flag, "a burnt-in date and time", False)
    shake: float = key(_number(0, 0.05), "standard deviation of a trembling, share of the picture's width", 0.0)

    @property
    def heading(self) -> float:
        """The direction it looks in on the floor: -90 degrees (to the door) or 90, turned left by yaw."""
        return (pi / 2 if self.looks == "in" else -pi / 2) + self.yaw

    @property
    def position(self) -> tuple[float, float, float]:
        """Where it hangs, metres."""
        return self.x, self.y, self.height_m

    @property
    def forward(self) -> tuple[float, float, float]:
        """The unit vector along its axis. The picture's right is (sin heading, -cos heading, 0) before the roll."""
        level = cos(self.tilt)
        return level * cos(self.heading), level * sin(self.heading), -sin(self.tilt)


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from. The sun stands over the street; at azimuth 0 it shines straight in."""

    kind: str = key(_choice(*LIGHTS), "day, backlight (a bright street), dusk, night, ir (infrared lamps)", "day")
    sun: float = key(_number(0, 3), "strength of the sun; 0 is a covered sky", 0.0)
    azimuth: float = key(_angle(-90, 90), "degrees towards +x that the sun stands off straight ahead", 0.0)
    elevation: float = key(_angle(2, 90), "degrees above the horizon", radians(35))
    drift: float = key(_angle(-5, 5), "degrees a second that the azimuth changes: patches sweep", 0.0)
    flicker: float = key(_number(0, 1), "how much clouds and lamps change the light within seconds", 0.0)

    def towards_sun(self, time: float) -> tuple[float, float, float]:
        """Return the unit vector from the floor to the sun at `time`."""
        azimuth, level = self.azimuth + self.drift * time, cos(self.elevation)
        return sin(azimuth) * level, -cos(azimuth) * level, sin(self.elevation)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing that stands, hangs on a wall (poster, mirror), lies (mat, grille), or moves on the street (car)."""

    kind: str = key(_choice(*THINGS), "what it is")
    x: float = key(_number(-30, 30), "metres, the centre of its footprint", 0.0)
    y: float = key(_number(-30, 30), "metres", 0.0)
    heading: float = key(_angle(-360, 360), "degrees: where its front looks; 0 is +x, 90 into the shop", 0.0)
    size: tuple[float, float, float] = key(_size, "metres: along its front, deep, high", (1.0, 0.5, 1.0))
    z: float = key(_number(0, 6), "metres, its lower edge", 0.0)
    speed: float = key(_number(0, 15), "metres a second along its heading (a car, a bicycle)", 0.0)

    @property
    def footprint(self) -> tuple[float, float]:
        """Half its extent along x and y, with its heading."""
        along, deep = self.size[0] / 2, self.size[1] / 2
        c, s = abs(cos(self.heading)), abs(sin(self.heading))
        return along * s + deep * c, along * c + deep * s

    @property
    def blocks(self) -> bool:
        """Whether people walk around it."""
        return self.kind in FURNITURE


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person and what they do."""

    script: str = key(_choice(*SCRIPTS), "what they do")
    start: float = key(_number(-20, 600), "seconds at which they set out, 2 to 4 m from the door", 0.0)
    door: str = key(_text, "the door they take; the first unless told", "")
    age: str = key(_choice(*AGES), "the age group", "adult")
    lane: float = key(_number(-1, 1), "where in the door's width: -1 left edge seen from the street, 1 right", 0.0)
    speed: float = key(_number(0.3, 5), "metres a second", 1.2)
    stay: float = key(_number(0, 600), "seconds of the pause that the script has", 2.0)
    group: int = key(_number(0, 999, int), "those with the same number come together; 0 is alone", 0)
    role: str = key(_choice(*ROLES), "customer, staff or passer-by", "customer")
    carries: tuple[str, ...] = key(_several(*CARRIES), "what they carry or push", ())
    wears: tuple[str, ...] = key(_several(*WEARS), "what they wear", ())
    goal: tuple[float, float] | None = key(_place, "where inside they go to or come from; chance unless told", None)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Numbers from which visitors are drawn, beside those that are written."""

    people: int = key(_number(0, 60, int), "how many", 0)
    first: float = key(_number(-20, 600), "seconds: the first sets out", 0.0)
    last: float = key(_number(0, 600), "seconds: the last sets out", 20.0)
    scripts: tuple[str, ...] = key(_several(*SCRIPTS), "drawn from these, evenly", ("in", "out"))
    together: float = key(_number(0, 1), "share that come in groups of two to four", 0.25)
    children: float = key(_number(0, 1), "share of children and teens", 0.15)


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a clip is made from, together with a seed."""

    name: str
    about: str
    seed: int = 1
    seconds: float = 20.0
    room: Room = field(default_factory=Room)
    doors: tuple[Door, ...] = (Door(),)
    camera: Camera = field(default_factory=Camera)
    light: Light = field(default_factory=Light)
    things: tuple[Thing, ...] = ()
    visitors: tuple[Visitor, ...] = ()
    crowd: Crowd = field(default_factory=Crowd)

    @property
    def frames(self) -> int:
        """How many pictures the clip has."""
        return round(self.seconds * self.camera.fps)

    def door(self, name: str) -> Door:
        """Return the door of that name; the first for no name. Raises KeyError."""
        if not name:
            return self.doors[0]
        return {door.name: door for door in self.doors}[name]
