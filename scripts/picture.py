"""Takes docs/images/today.png: the owner's page in Chromium, with a made-up month and the bundled clip as the camera.

    python -m scripts.picture [--out docs/images/today.png]

The numbers of the days before are made up (tests/web_ui/month.py); what is live is really counted in the clip.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from appliance import clock
from scripts.demo import CLIP, ROOT
from tests.web_ui import month

PORT = 18_080
CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--virtual-time-budget=4000",
)  # fmt: skip


def settings() -> str:
    """Return the month's settings with the clip as the camera, in the zone where it is half past five now."""
    hours_ahead = (17 - int(clock.now() // 3600) % 24 + 12) % 24 - 12
    zone = f"Etc/GMT{-hours_ahead:+d}" if hours_ahead else "UTC"
    line = json.loads(CLIP.with_suffix(".truth.json").read_text())["lines"][0]
    text = month.TOML.replace("Europe/Berlin", zone).replace("rtsp://owner:secret@192.168.1.20/stream1", str(CLIP))
    text = text.replace("[0.2, 0.6]", str(line["a"])).replace("[0.8, 0.6]", str(line["b"]))
    return text.replace("[0.5, 0.9]", str(line["inside"])) + f"[page]\nport = {PORT}\n"


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "images" / "today.png")
@click.option("--width", default=1280, show_default=True)
def picture(out: Path, width: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        month.TOML = settings()
        month.fill(Path(folder), clock.now())
        processes = [
            subprocess.Popen([sys.executable, "-m", "appliance.cli", name, "--data", folder], stdout=subprocess.DEVNULL)
            for name in ("count", "web")
        ]
        try:
            time.sleep(12)  # until somebody is in the picture
            out.parent.mkdir(parents=True, exist_ok=True)
            size = f"--window-size={width},{1010 if width > 600 else 2000}"
            where = [size, f"--user-data-dir={folder}/chromium", f"--screenshot={out}", f"http://127.0.0.1:{PORT}/"]
            subprocess.run([*CHROMIUM, *where], check=True, capture_output=True, timeout=60)
        finally:
            for process in processes:
                process.terminate()
                process.wait()
    click.echo(out)


if __name__ == "__main__":
    picture()
