"""A box is invited, introduces itself and sends, all with real processes."""

import re
import sqlite3
import subprocess
import sys
import time

import pytest

from appliance.frame import Coverage
from appliance.storage import Folder, Journal, open_for_writing
from tests.conftest import ROOT
from tests.end_to_end.test_camera_to_headquarters import free_port, get, until

pytestmark = pytest.mark.slow


def test_an_invited_box_is_believed_and_a_code_serves_once(tmp_path, tallybox):
    port, hq, box = free_port(), tmp_path / "hq", Folder(tmp_path / "box").make()
    url = f"http://127.0.0.1:{port}"
    box.config.write_text(f'[shop]\nid = "corner"\n[headquarters]\nurl = "{url}"\n')
    invited = tallybox("hq", "invite", "corner", "--url", url, "--data", hq)
    link = re.search(r"tallybox-enrol:\S+", invited.stdout)[0]
    server = subprocess.Popen(
        [sys.executable, "-m", "appliance.cli", "hq", "serve", "--data", str(hq), "--port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: get(f"{url}/healthz"))
        enrolled = tallybox("enrol", link, "--data", box.path)
        assert enrolled.returncode == 0, enrolled.stderr
        journal = Journal(open_for_writing(box.database))
        journal.write([], [Coverage("door", int(time.time() // 60 * 60) - 2 * 86_400, 60.0, 600)])
        journal.close()
        night = tallybox("nightly", "--once", "--data", box.path)
        assert "were acknowledged" in night.stderr, night.stderr
        stranger = Folder(tmp_path / "stranger").make()
        stranger.config.write_text(box.config.read_text())
        refused = tallybox("enrol", link, "--data", stranger.path)
        assert refused.returncode == 1
        assert "refused" in refused.stderr
    finally:
        server.terminate()
        server.wait()
    with sqlite3.connect(box.database) as db:
        assert db.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    db.close()


def test_an_invitation_for_another_shop_is_said_before_anything_is_sent(tmp_path, tallybox):
    box = Folder(tmp_path).make()
    box.config.write_text('[shop]\nid = "corner"\n[headquarters]\nurl = "http://127.0.0.1:9"\n')
    result = tallybox("enrol", "tallybox-enrol:http://127.0.0.1:9?store=other&code=ABCDEFGH", "--data", tmp_path)
    assert result.returncode == 2
    assert "shop.id is 'corner', the invitation says 'other'" in result.stderr
    assert tallybox("enrol", "nonsense", "--data", tmp_path).returncode == 2
