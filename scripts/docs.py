"""Writes what docs/ says about the code from the code itself: metrics.md and configuration.md.

python -m scripts.docs            writes them
python -m scripts.docs --check    writes nothing, names what differs, and ends with 1 if anything does
"""

import sys
from pathlib import Path

import click

from appliance import config_reference, metrics

DOCS = Path(__file__).parents[1] / "docs"
WRITTEN = {"metrics.md": metrics.markdown, "configuration.md": config_reference.markdown}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--check", is_flag=True, help="Only say which documents differ from the code.")
def docs(check: bool) -> None:
    """Write the documents that are made from the code."""
    stale = [name for name, write in WRITTEN.items() if _text(DOCS / name) != write()]
    for name in stale:
        if check:
            click.echo(f"docs/{name} differs from the code: run python -m scripts.docs", err=True)
        else:
            (DOCS / name).write_text(WRITTEN[name](), encoding="utf-8")
            click.echo(f"docs/{name} written")
    sys.exit(1 if check and stale else 0)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    docs()
