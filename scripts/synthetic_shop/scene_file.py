"""A scene's TOML file -> a checked Scene. Every error is one line that names the key."""

import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from appliance.config import ConfigError
from scripts.synthetic_shop.furnish import furnish
from scripts.synthetic_shop.scene import Camera, Crowd, Door, Light, Room, Scene, Thing, Visitor

SUITE = Path(__file__).parent / "suite"
_ONE = {"room": Room, "camera": Camera, "light": Light, "crowd": Crowd}
_MANY = {"door": Door, "thing": Thing, "visitor": Visitor}


def load(path: Path, seed: int | None = None) -> Scene:
    """Read a scene; its name is the file's. `seed` replaces the file's own. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None
    return parse(text, path.stem, seed)


def parse(text: str, name: str, seed: int | None = None) -> Scene:
    """Check the text of a scene file. Raises ConfigError with one line that names the key."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}.toml: {error}") from None
    try:
        scene = _scene(tables, name)
        _check_whole(scene)
    except ValueError as error:
        raise ConfigError(f"{name}.toml: {error}") from None
    return furnish(scene if seed is None else replace(scene, seed=seed))


def suite() -> list[Path]:
    """Return the named scenes, sorted by name."""
    return sorted(SUITE.glob("*.toml"))


def _scene(tables: dict[str, Any], name: str) -> Scene:
    plain: dict[str, Any] = {"about": str, "seed": int, "seconds": (int, float)}
    for key in tables.keys() - plain.keys() - _ONE.keys() - _MANY.keys():
        raise ValueError(f"{key} is not a key of a scene")
    for key, kind in plain.items():
        if key in tables and (not isinstance(tables[key], kind) or isinstance(tables[key], bool)):
            raise ValueError(f"{key} must be a {'text' if kind is str else 'number'}")
    if "about" not in tables:
        raise ValueError("needs about: one sentence that says what is hard here and what is expected")
    if not 1 <= tables.get("seconds", 20) <= 600:
        raise ValueError("seconds must be a number from 1 to 600")
    one = {key: _table(cls, tables.get(key, {}), key) for key, cls in _ONE.items()}
    many = {key: _tables(cls, tables.get(key, []), key) for key, cls in _MANY.items()}
    return Scene(
        name, tables["about"], tables.get("seed", 1), float(tables.get("seconds", 20)),
        doors=many["door"] or (Door(),), things=many["thing"], visitors=many["visitor"], **one,
    )  # fmt: skip


def _tables(cls: type, rows: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(rows, list):
        raise ValueError(f"{where} must be written [[{where}]]")
    return tuple(_table(cls, row, f"{where} {number}") for number, row in enumerate(rows, 1))


def _table(cls: type, table: Any, where: str) -> Any:
    if not isinstance(table, dict):
        raise ValueError(f"{where} must be a table")
    known = {f.name: f for f in fields(cls)}
    values = {}
    for key, value in table.items():
        if key not in known:
            raise ValueError(f"{where}.{key} is not a key; known here: {', '.join(known)}")
        try:
            values[key] = known[key].metadata["check"](value)
        except ValueError as error:
            raise ValueError(f"{where}.{key} must be {error}") from None
    for key, described in known.items():
        if key not in values and described.default is described.default_factory:  # both MISSING: no default
            raise ValueError(f"{where} needs {key}: {described.metadata['about']}")
    return cls(**values)


def _check_whole(scene: Scene) -> None:
    """Hold the parts against each other."""
    names = [door.name for door in scene.doors]
    if len(set(names)) < len(names):
        raise ValueError("two doors have the same name")
    half = scene.room.width / 2
    for door in scene.doors:
        if door.edges[0] < -half + 0.1 or door.edges[1] > half - 0.1:
            raise ValueError(f"door {door.name} is wider than its wall")
    for number, visitor in enumerate(scene.visitors, 1):
        if visitor.door and visitor.door not in names:
            raise ValueError(f"visitor {number}.door must be one of {', '.join(names)}")
    if scene.camera.looks == "out" and scene.camera.height_m > scene.room.height:
        raise ValueError("camera.height_m is above the ceiling")
    if scene.camera.lens != "fisheye" and scene.camera.fov > 2.7:
        raise ValueError('camera.fov above 154 degrees needs lens = "fisheye"')
