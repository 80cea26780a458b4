"""Commands that are loaded when they are asked for: `--help` must not wait for ONNX Runtime."""

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import click


class Lazy(click.Group):
    """A group whose further commands are named as "module:function" and loaded only when one of them is asked for.

    What stands in a package that is not here is no command: a flashed box comes without headquarters.
    """

    def __init__(self, *args: Any, later: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._later = {name: where for name, where in later.items() if _is_here(where)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*self.commands, *self._later])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in self._later:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._later[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


def _is_here(where: str) -> bool:
    return importlib.util.find_spec(where.partition(".")[0]) is not None
