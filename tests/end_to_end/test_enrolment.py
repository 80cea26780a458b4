"""A box is invited, introduces itself and sends, all with real processes."""

import re
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from appliance.frame import Coverage
from appliance.storage import Folder, Journal, open_for_writing
from tests import certificates
from tests.conftest import ROOT
from tests.end_to_end.fault_proxy import FaultProxy
from tests.end_to_end.test_camera_to_headquarters import get, until
from tests.ports import free_port

pytestmark = pytest.mark.slow


def test_an_invited_box_is_believed_and_a_code_serves_once(tmp_path, tallybox):
    hq, box = tmp_path / "hq", Folder(tmp_path / "box").make()
    with serving(hq) as port:
        url = f"http://127.0.0.1:{port}"
        box.config.write_text(f'[shop]\nid = "corner"\n[headquarters]\nurl = "{url}"\n')
        invited = tallybox("hq", "invite", "corner", "--url", url, "--data", hq)
        link = re.search(r"tallybox-enrol:\S+", invited.stdout)[0]
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


@pytest.mark.parametrize("way", ["the invitation names the key", "the key is looked at and trusted"])
def test_a_box_believes_from_enrolment_on_one_key_alone(tmp_path, tallybox, way):
    hq, box = tmp_path / "hq", Folder(tmp_path / "box").make()
    right, wrong = certificates.make(tmp_path, "right"), certificates.make(tmp_path, "wrong")
    with serving(hq) as port:
        proxy = FaultProxy(port, seed=1, certificates={"right": right, "wrong": wrong})
        proxy.faulty = False
        url = f"https://127.0.0.1:{proxy.port}"
        box.config.write_text(f'[shop]\nid = "corner"\n[headquarters]\nurl = "{url}"\n')
        named = ["--certificate", right.certificate] if way.startswith("the invitation") else []
        invited = tallybox("hq", "invite", "corner", "--url", url, *named, "--data", hq)
        link = re.search(r"tallybox-enrol:\S+", invited.stdout)[0]
        if not named:
            refused = tallybox("enrol", link, "--data", box.path)
            assert "certificate verify failed" in refused.stderr
            no = tallybox("enrol", link, "--trust-key", "--data", box.path, input="n\n")
            assert (no.returncode != 0, right.pin in no.stdout, box.pin()) == (True, True, "")
            assert tallybox("hq", "pin", right.certificate).stdout.strip() == right.pin
        enrolled = tallybox("enrol", link, "--trust-key", "--data", box.path, input="y\n")
        assert enrolled.returncode == 0, enrolled.stderr
        assert box.pin() == right.pin
        journal = Journal(open_for_writing(box.database))
        journal.write([], [Coverage("door", int(time.time() // 60 * 60) - 2 * 86_400, 60.0, 600)])
        journal.close()
        proxy.certificate = "wrong"
        night = tallybox("nightly", "--once", "--data", box.path)
        assert "as when the box was enrolled" in night.stderr
        proxy.certificate = "right"
        assert "were acknowledged" in tallybox("nightly", "--once", "--data", box.path).stderr
        proxy.close()


@contextmanager
def serving(folder):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "appliance.cli", "hq", "serve", "--data", str(folder), "--port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: get(f"http://127.0.0.1:{port}/healthz"))
        yield port
    finally:
        server.terminate()
        server.wait()
