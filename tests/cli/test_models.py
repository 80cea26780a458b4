"""A net is pulled whole and right or not at all, and what is in use stays in use."""

import hashlib
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from appliance.cli.models import download, with_net
from appliance.config import parse
from appliance.nets import Catalogue
from appliance.nightly import paced

BODY = bytes(range(256)) * 800


class Server(http.server.BaseHTTPRequestHandler):
    """Serves BODY with ranges, and cuts the line after `most` bytes."""

    most, body, asked = len(BODY), BODY, []

    def do_GET(self):
        begin = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        type(self).asked.append(begin)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(self.body) - begin))
        self.end_headers()
        self.wfile.write(self.body[begin : begin + self.most])

    def log_message(self, *words):
        pass


@pytest.fixture
def shop(tmp_path):
    """Return a function that runs tallybox with a catalogue of one net, and the server that has it."""
    handler = type("Handler", (Server,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "models").mkdir()
        (tmp_path / "models/models.toml").write_text(
            f'[person]\nkind = "person"\nfile = "person.onnx"\nsha256 = "00"\nlicence = "x"\n'
            f'[other]\nkind = "person"\nfile = "o.onnx"\nbytes = {len(BODY)}\nlicence = "MIT"\n'
            f'sha256 = "{hashlib.sha256(BODY).hexdigest()}"\naddress = "http://127.0.0.1:{server.server_port}/o.onnx"\n'
        )

        def run(*words, data=tmp_path / "data"):
            env = os.environ | {"TALLYBOX_MODELS": str(tmp_path / "models"), "TALLYBOX_DATA": str(data)}
            command = [sys.executable, "-m", "appliance.cli", "models", *words]
            return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

        yield run, handler, tmp_path / "data/nets/o.onnx"
        server.shutdown()


def test_a_pull_that_was_cut_goes_on_where_it_ended(shop):
    run, server, target = shop
    server.most = 100_000
    cut = run("pull", "other")
    assert cut.returncode == 1
    assert "pull again to go on" in cut.stderr
    assert cut.stderr.count("\n") == 1
    assert not target.exists()
    server.most = len(BODY)
    done = run("pull", "other")
    assert (done.returncode, done.stderr) == (0, "")
    assert server.asked[0] == 0 < server.asked[1] <= 100_000
    assert target.read_bytes() == BODY


def test_a_far_server_is_offered_a_window_that_fills_the_line(shop, tmp_path, monkeypatch):
    offered = []
    monkeypatch.setattr(paced, "offer", lambda socket, window: offered.append(window))
    entry = Catalogue(tmp_path / "models", tmp_path / "nets").find("other")
    (tmp_path / "nets").mkdir()
    download(entry)
    assert entry.path.read_bytes() == BODY
    assert min(offered) > 1_000_000  # 50 Mbit/s over 150 ms; a night's own transfers ask for less


def test_another_file_than_the_one_described_is_not_kept_and_the_old_one_stays(shop):
    run, server, target = shop
    assert run("pull", "other").returncode == 0
    server.body = BODY[::-1]
    for _ in range(2):
        wrong = run("pull", "other")
        assert wrong.returncode == 1
        assert "is not what was announced" in wrong.stderr
        assert target.read_bytes() == BODY


def test_a_net_is_taken_from_a_folder_and_a_wrong_one_refused(shop, tmp_path):
    run, _, target = shop
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick/o.onnx").write_bytes(BODY[:-1])
    wrong = run("pull", "other", "--from", str(tmp_path / "stick"))
    assert wrong.returncode == 1
    assert "is not the file that models.toml describes" in wrong.stderr
    assert list(target.parent.iterdir()) == []
    (tmp_path / "stick/o.onnx").write_bytes(BODY)
    assert run("pull", "other", "--from", str(tmp_path / "stick")).returncode == 0
    assert "other" in run("list").stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a disk that is too small")
def test_a_full_disk_is_one_line_and_leaves_the_old_net(shop, tmp_path):
    run, _, _ = shop
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], check=False).returncode:
        pytest.skip("needs a kernel that lets tests mount a tmpfs")
    try:
        (small / "nets").mkdir()
        (small / "nets/o.onnx").write_bytes(b"old")
        for words in (("pull", "other"), ("pull", "other", "--from", str(shop[2].parent))):
            shop[2].parent.mkdir(parents=True, exist_ok=True)
            shop[2].write_bytes(BODY)
            full = run(*words, data=small)
            assert full.returncode == 1
            assert "No space left on device" in full.stderr
            assert full.stderr.strip().count("\n") == 0
            assert (small / "nets/o.onnx").read_bytes() == b"old"
            for part in (small / "nets").glob("*.part"):
                part.unlink()
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.parametrize("shared_net", ["yolox-nano", "nanodet-plus-m", "fastestdet"])
def test_a_net_is_used_once_it_was_pulled_and_a_damaged_one_never(shared, tmp_path, shared_net):
    env = os.environ | {"TALLYBOX_DATA": str(tmp_path)}

    def run(*words):
        command = [sys.executable, "-m", "appliance.cli", "models", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

    early = run("use", shared_net)
    assert early.returncode == 1
    assert f"tallybox models pull {shared_net}" in early.stderr
    assert run("pull", shared_net, "--from", str(shared / "weights")).returncode == 0
    assert run("use", shared_net).returncode == 0
    assert parse((tmp_path / "tallybox.toml").read_text()).net.name == shared_net
    file = next((tmp_path / "nets").iterdir())
    file.write_bytes(file.read_bytes()[:-1])
    assert run("verify").returncode == 1
    assert run("use", "person").returncode == 0
    assert run("use", shared_net).returncode == 1
    assert parse((tmp_path / "tallybox.toml").read_text()).net.name == "person"


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[shop]\nname = "A"',
        '[net]\nsize = "448x256"\n[shop]\nname = "B"\n',
        '# mine\n[net] # which\nname = "person" # the first\nthreads = 2\n\n[camera.a]\nsource = "rtsp://x/y"\n',
        "[net]\nname = 'person'\n",
    ],
)
def test_choosing_a_net_changes_nothing_else(text):
    before, after = parse(text), parse(with_net(text, "face"))
    assert after.net.name == "face"
    assert (after.shop, after.cameras, after.net.size, after.net.threads) == (
        before.shop, before.cameras, before.net.size, before.net.threads,
    )  # fmt: skip
    for comment in ("# mine", "# which", "# the first"):
        assert (comment in text) == (comment in with_net(text, "face"))


def test_what_comes_with_the_box_is_not_pulled_and_what_is_unknown_is_said():
    for name, said in (("person", "comes with the box"), ("nope", "not in the catalogue; known: person")):
        command = [sys.executable, "-m", "appliance.cli", "models", "pull", name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=Path.cwd())
        assert done.returncode == 2
        assert said in done.stderr
