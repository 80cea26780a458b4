"""The reference of all settings, written from config.py itself: docs/configuration.md and `tallybox config`."""

from collections.abc import Iterator
from dataclasses import MISSING, fields

from appliance.config import DAYS, Camera, Headquarters, Line, Net, Page, Shop, Visitors

TABLES: tuple[tuple[str, type], ...] = (
    ("shop", Shop),
    ("camera.NAME", Camera),
    ("camera.NAME.line.NAME", Line),
    ("net", Net),
    ("visitors", Visitors),
    ("page", Page),
    ("headquarters", Headquarters),
)

_EXAMPLES = {
    ("camera.NAME", "source"): '"rtsp://user:password@192.168.1.20/stream1"',
    ("camera.NAME.line.NAME", "start"): "[0.2, 0.6]",
    ("camera.NAME.line.NAME", "end"): "[0.8, 0.6]",
    ("camera.NAME.line.NAME", "inside"): "[0.5, 0.9]",
}


def described_keys() -> Iterator[tuple[str, str, str, str]]:
    """Yield (table, key, default as TOML or "" where it must be given, meaning) of every setting."""
    for table, cls in TABLES:
        for described in fields(cls):
            if "check" not in described.metadata:
                continue
            default = described.default
            written = "" if default is MISSING else _toml(described.metadata["written"] or default)
            yield table, described.name, written, described.metadata["about"]
    for day in DAYS:
        yield "shop.hours", day, '"08:00-20:00"', f'opening hours on {day}, or "closed"'


def example() -> str:
    """Return a commented configuration file: what must be given stands there, the rest is commented out."""
    out, last = ["# tallybox.toml: what the box is told. Every line that is commented out shows its default."], ""
    for table, key, default, about in described_keys():
        shown = table.replace("camera.NAME.line.NAME", "camera.door.line.entrance").replace(
            "camera.NAME", "camera.door"
        )
        if table != last:
            out += ["", f"[{shown}]"]
            last = table
        value = _EXAMPLES.get((table, key), default)
        out.append(f"{'' if (table, key) in _EXAMPLES else '# '}{key} = {value}  # {about}")
    return "\n".join(out) + "\n"


def markdown() -> str:
    """Return docs/configuration.md."""
    rows = [
        f"| `{table}` | `{key}` | {f'`{default}`' if default else 'must be given'} | {about} |"
        for table, key, default, about in described_keys()
    ]
    return "\n".join(
        [
            "# Configuration",
            "",
            "One file, `tallybox.toml`, in the data folder. Written from `appliance/config.py` by `scripts/docs`.",
            "",
            "| table | key | default | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
            "A file to start from (`tallybox config --example`):",
            "",
            "```toml",
            example().rstrip("\n"),
            "```",
            "",
        ]
    )


def _toml(value: object) -> str:
    if isinstance(value, bool | list):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else f'"{value}"'
