"""No process of the box opens a connection that its configuration does not name: every connect() is looked at."""

import re
import shutil
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("strace"), reason="needs strace (Debian's package) to see every connection"),
]

CALLS = "trace=connect,sendto,sendmsg,sendmmsg"


def inet_calls(trace):
    return [line for line in trace.read_text().splitlines() if re.search(r"AF_INET6?", line)]


def traced(trace, *arguments, seconds):
    """Run a command for some seconds at most, tell it to stop, and return what it said on standard error."""
    box = ["timeout", "-s", "TERM", str(seconds), sys.executable, "-m", "appliance.cli", *arguments]
    command = ["strace", "-f", "-qq", "-o", trace, "-e", CALLS, *box]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds + 60).stderr


def test_a_box_without_headquarters_connects_to_nothing(tmp_path, shared):
    (tmp_path / "tallybox.toml").write_text(
        f'[page]\nport = 18931\n[camera.door]\nsource = "{shared}/clips/corner-shop.mp4"\n'
        "[camera.door.line.in]\nstart = [0.1, 0.5]\nend = [0.9, 0.5]\ninside = [0.5, 0.9]\n"
    )
    trace = tmp_path / "trace"
    message = traced(trace, "run", "--data", str(tmp_path), seconds=15)
    assert "Operation not permitted" not in message, message
    assert "corner" not in message
    assert (tmp_path / "tallybox.db").exists(), "the box did not get as far as counting"
    assert inet_calls(trace) == []


def test_the_night_connects_to_headquarters_alone(tmp_path):
    from appliance.frame import Coverage
    from appliance.storage import Folder, Journal, open_for_writing

    (tmp_path / "tallybox.toml").write_text('[headquarters]\nurl = "http://127.0.0.1:9"\n')
    journal = Journal(open_for_writing(Folder(tmp_path).make().database))
    minute = int(time.time() // 60 * 60) - 3 * 86_400
    journal.write([], [Coverage("door", minute, 60.0, 600)])
    journal.close()
    trace = tmp_path / "trace"
    traced(trace, "nightly", "--once", "--data", str(tmp_path), seconds=40)
    calls = inet_calls(trace)
    assert calls
    assert all('sin_port=htons(9), sin_addr=inet_addr("127.0.0.1")' in call for call in calls)
