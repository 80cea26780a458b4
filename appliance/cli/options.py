"""What several commands take."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from appliance.config import Line, line_problem, parse_size
from appliance.storage import Folder


def default_data() -> Path:
    """Return the data folder that is meant where none is named."""
    return Path(os.environ.get("TALLYBOX_DATA") or Path.home() / ".local/share/tallybox")


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--data FOLDER: where everything a box owns lies."""
    return click.option(
        "--data",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=lambda: str(default_data()),
        show_default="$TALLYBOX_DATA or ~/.local/share/tallybox",
        callback=lambda ctx, param, value: Folder(value.absolute()),
        help="Folder that holds tallybox.toml, the database and the keys.",
    )(command)


class SizeType(click.ParamType[tuple[int, int]]):
    """WIDTHxHEIGHT in multiples of 32."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Parse the text."""
        return value if isinstance(value, tuple) else parse_size(value)


class LineType(click.ParamType[Line]):
    """NAME:x1,y1,x2,y2:inx,iny in shares of the picture."""

    name = "NAME:x1,y1,x2,y2:inx,iny"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Line:
        """Parse the text."""
        if isinstance(value, Line):
            return value
        parts = str(value).split(":")
        if len(parts) != 3 or not parts[0]:
            self.fail(f"{value!r}: must be {self.name}, such as door:0.2,0.6,0.8,0.6:0.5,0.9", param, ctx)
        try:
            ends = [float(number) for number in parts[1].split(",")]
            inside = [float(number) for number in parts[2].split(",")]
        except ValueError:
            self.fail(f"{value!r}: coordinates must be numbers from 0 to 1", param, ctx)
        if len(ends) != 4 or len(inside) != 2:
            self.fail(f"{value!r}: needs four numbers for the line and two for the inner point", param, ctx)
        if not all(0 <= number <= 1 for number in ends + inside):
            self.fail(f"{value!r}: lies outside the picture; coordinates go from 0 to 1", param, ctx)
        line = Line(parts[0], (ends[0], ends[1]), (ends[2], ends[3]), (inside[0], inside[1]))
        if problem := line_problem(line):
            self.fail(f"{value!r}: {problem}", param, ctx)
        return line
