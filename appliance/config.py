"""One TOML file -> checked, frozen settings. Every error names the key and the line it stands on."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import time
from pathlib import Path
from typing import Any

from appliance import checks
from appliance.settings import (
    ANCHORS,
    BANDS,
    DAYS,
    NAME,
    USUAL_SIZE,
    Camera,
    ConfigError,
    Headquarters,
    Line,
    Net,
    Page,
    Settings,
    Shop,
    Visitors,
    parse_size,
    scrub,
)  # fmt: skip

__all__ = [
    "ANCHORS", "BANDS", "DAYS", "USUAL_SIZE", "Camera", "ConfigError", "Headquarters", "Line", "Net", "Page",
    "Settings", "Shop", "Visitors", "load", "parse", "parse_size", "scrub",
]  # fmt: skip


def load(path: Path) -> Settings:
    """Read and check the file; a file that is not there means the defaults, with no camera yet."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None
    return parse(text, path.name)


def parse(text: str, name: str = "tallybox.toml") -> Settings:
    """Check the text of a configuration file. Raises ConfigError with one line that names key and line."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: {error}") from None
    return _Reader(text, name).settings(tables)


class _Reader:
    """Walks the parsed tables beside the text, so that an error can name the line."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name

    def settings(self, tables: dict[str, Any]) -> Settings:
        known = {"shop": Shop, "net": Net, "visitors": Visitors, "page": Page, "headquarters": Headquarters}
        for key in tables.keys() - known.keys() - {"camera"}:
            raise self._error((key,), "is not a setting")
        parts = {key: self._table(cls, self._dict(tables, (key,)), (key,)) for key, cls in known.items()}
        cameras = self._dict(tables, ("camera",))
        return Settings(cameras=tuple(self._camera(name, ("camera", name), cameras) for name in cameras), **parts)

    def _camera(self, name: str, path: tuple[str, ...], cameras: dict[str, Any]) -> Camera:
        self._name_of(name, path)
        table = self._dict(cameras, path)
        lines = self._dict(table, (*path, "line"))
        drawn = tuple(self._line(n, (*path, "line", n), lines) for n in lines)
        camera: Camera = self._table(Camera, table, path, name=name, lines=drawn)
        return camera

    def _line(self, name: str, path: tuple[str, ...], lines: dict[str, Any]) -> Line:
        self._name_of(name, path)
        line: Line = self._table(Line, self._dict(lines, path), path, name=name)
        problem = line_problem(line)
        if problem:
            raise self._error(path, problem)
        return line

    def _name_of(self, name: str, path: tuple[str, ...]) -> None:
        try:
            NAME(name)
        except ValueError as error:
            raise self._error(path, f"a name must be {error}") from None

    def _table(self, cls: type, table: dict[str, Any], path: tuple[str, ...], **given: Any) -> Any:
        keys = {f.name: f for f in fields(cls) if "check" in f.metadata}
        values = dict(given)
        nested = {Camera: {"line"}, Shop: {"hours"}}.get(cls, set())
        for key, value in table.items():
            if key in nested:
                continue
            if key not in keys:
                raise self._error((*path, key), f"is not a setting; known here: {', '.join([*keys, *nested])}")
            values[key] = self._checked(keys[key].metadata["check"], value, (*path, key))
        for key, described in keys.items():
            if key not in values and described.default is described.default_factory:  # both MISSING: no default
                raise self._error(path, f"needs {key}: {described.metadata['about']}")
        if cls is Shop and "hours" in table:
            values["hours"] = self._hours(self._dict(table, (*path, "hours")), (*path, "hours"))
        return cls(**values)

    def _hours(self, table: dict[str, Any], path: tuple[str, ...]) -> tuple[tuple[time, time] | None, ...]:
        for key in table:
            if key not in DAYS:
                raise self._error((*path, key), f"is not a day; known: {', '.join(DAYS)}")
        default = Shop().hours
        told = {day: self._checked(checks.hours, value, (*path, day)) for day, value in table.items()}
        return tuple(told.get(day, default[i]) for i, day in enumerate(DAYS))

    def _checked(self, check: Callable[[Any], Any], value: Any, path: tuple[str, ...]) -> Any:
        try:
            return check(value)
        except ValueError as error:
            raise self._error(path, f"must be {error}") from None

    def _dict(self, tables: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        table = tables.get(path[-1], {})
        if not isinstance(table, dict):
            raise self._error(path, "must be a table")
        return table

    def _error(self, path: tuple[str, ...], problem: str) -> ConfigError:
        where = line_number(self._text, path)
        return ConfigError(f"{self._name}{f', line {where}' if where else ''}: {'.'.join(path)} {problem}")


def line_problem(line: Line) -> str:
    """Say what is wrong with a line, or nothing."""
    length = ((line.end[0] - line.start[0]) ** 2 + (line.end[1] - line.start[1]) ** 2) ** 0.5
    if length < 0.01:
        return "has no length: start and end must be at least 0.01 apart"
    dx, dy = line.end[0] - line.start[0], line.end[1] - line.start[1]
    off = abs(dx * (line.inside[1] - line.start[1]) - dy * (line.inside[0] - line.start[0])) / length
    return "" if off >= 0.001 else "has its inside point on the line itself: move it to the inner side"


def line_number(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line on which the setting of that path stands, or the nearest table above it that is written."""
    table: tuple[str, ...] = ()
    best: tuple[int, int] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+([^\]]+)\]+", raw)
        key = re.match(r"\s*([\w\".-]+)\s*=", raw)
        if header:
            table = tuple(part.strip(" \"'") for part in header[1].split("."))
            here = table
        elif key:
            here = (*table, *(part.strip(" \"'") for part in key[1].split(".")))
        else:
            continue
        if here == path[: len(here)] and (best is None or len(here) > best[0]):
            best = (len(here), number)
    return best[1] if best else None
