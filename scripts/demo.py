"""What ./scripts/run runs: the whole box on the bundled clip, in ./data/demo."""

import os
import sys
import webbrowser
from pathlib import Path

import click

from appliance.cli import main, one_line
from appliance.services import process
from appliance.storage import Folder

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "tests" / "scenes" / "demo.mp4"

SETTINGS = """\
# Written by scripts/demo.py at every start.
[shop]
name = "Demo shop"
hours = {{ {hours} }}

[page]
port = {port}

[camera.door]
source = "{clip}"

[camera.door.line.entrance]
start = [{a}]
end = [{b}]
inside = [{inside}]
"""
