"""The command line: parse, call, print. Commands live in a module each and are loaded when they are called."""

import sys
from collections.abc import Sequence

import click

from appliance import __version__, lifeline
from appliance.cli.lazy import Lazy
from appliance.config import ConfigError

COMMANDS = {
    "bench": "appliance.cli.bench:bench",
    "cameras": "appliance.cli.cameras:cameras",
    "config": "appliance.cli.configuration:configuration",
    "count": "appliance.cli.services:count",
    "detect": "appliance.cli.detect:detect",
    "doctor": "appliance.cli.doctor:doctor",
    "enrol": "appliance.cli.enrol:enrol",
    "health": "appliance.cli.health:health",
    "hq": "hq.cli:hq",
    "label": "appliance.cli.label:label",
    "models": "appliance.cli.models:models",
    "nightly": "appliance.cli.services:nightly",
    "replay": "appliance.cli.replay:replay",
    "run": "appliance.cli.services:run",
    "update": "appliance.cli.update:update",
    "web": "appliance.cli.services:web",
}


@click.group(cls=Lazy, later=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tallybox")
def tallybox() -> None:
    """Count the people who come into a shop, with the camera that already hangs there.

    Example: tallybox run --data ~/tallybox
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. What the user typed wrong ends in one line and 2, what the world did in one line and 1."""
    lifeline.die_with_whoever_says_so()
    try:
        sys.exit(tallybox.main(arguments, standalone_mode=False) or 0)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        click.echo(f"tallybox: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except ConfigError as error:
        click.echo(f"tallybox: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (OSError, RuntimeError) as error:
        click.echo(f"tallybox: {one_line(error)}", err=True)
        sys.exit(1)


def one_line(error: Exception) -> str:
    """Return what an error says, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__
