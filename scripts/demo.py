"""What ./scripts/run runs: the whole box on the bundled clip, as if it were the camera of a shop."""

import json
import os
import webbrowser
from pathlib import Path

import click

from appliance.cli import main
from appliance.services.process import port_must_be_free

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "tests" / "scenes" / "demo.mp4"
FOLDER = ROOT / "data" / "demo"


def settings(port: int) -> str:
    """Return a tallybox.toml for the bundled clip and the line of its truth."""
    line = json.loads(CLIP.with_suffix(".truth.json").read_text())["lines"][0]
    rows = ["# Written by ./scripts/run at every start.", "[shop]", 'name = "Demo shop"', "[shop.hours]"]
    rows += [f'{day} = "04:00-04:00"' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
    rows += ["[page]", f"port = {port}", "[camera.door]", f"source = {json.dumps(str(CLIP))}"]
    rows += [f"[camera.door.line.{line['name']}]", f"start = {line['a']}", f"end = {line['b']}"]
    return "\n".join([*rows, f"inside = {line['inside']}", ""])


@click.command(help=__doc__)
@click.option("--port", default=lambda: int(os.environ.get("PORT", "8080")), show_default="$PORT or 8080", type=int)
def demo(port: int) -> None:
    try:
        port_must_be_free("127.0.0.1", port)
    except RuntimeError as error:
        raise click.ClickException(f"{error}; PORT=8081 ./scripts/run takes another") from None
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "tallybox.toml").write_text(settings(port))
    click.echo(
        f"counting in {CLIP.relative_to(ROOT)} at real speed; the page is on http://localhost:{port}; Ctrl-C ends"
    )
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(f"http://localhost:{port}")
    main(["run", "--data", str(FOLDER)])


if __name__ == "__main__":
    demo()
