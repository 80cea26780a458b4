"""What all tests share."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The developers' data beside the checkout; it is not part of the project."""
    if not (SHARED / "clips" / "counts.json").exists():
        pytest.skip("needs the developers' clips in ../shared")
    return SHARED


@pytest.fixture(scope="session")
def tallybox():
    """Run the command line in a process of its own; returns the finished process with its output as text."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "appliance.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=300, **options)

    return run
