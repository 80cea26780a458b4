"""The label shows where the box's page is, the code it asks for and the fingerprint of its key."""

import hashlib
import re
import socket

from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from appliance.cli.label import label
from appliance.storage import Folder


def written(tmp_path, *options):
    result = CliRunner().invoke(label, ["--data", str(tmp_path), *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_three_lines_are_the_box_s_own(tmp_path):
    (tmp_path / "tallybox.toml").write_text("[page]\nport = 8123\n")
    address, code, key = written(tmp_path, "--text").splitlines()
    name = socket.gethostname().partition(".")[0]
    public = Folder(tmp_path).signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert address == f"http://{name}.local:8123/"
    assert code == f"code {Folder(tmp_path).page_code()}"
    assert key.removeprefix("key ").replace(" ", "") == hashlib.sha256(public).hexdigest()[:32]


def test_the_sheet_shows_the_code_and_draws_the_address(tmp_path):
    sheet = written(tmp_path)
    code = Folder(tmp_path).page_code()
    assert f"{code[:4]}-{code[4:]}" in sheet
    assert re.search(r"<svg.*<path", sheet, re.S)


def test_the_sheet_is_the_same_each_time(tmp_path):
    assert written(tmp_path) == written(tmp_path)


def test_a_host_name_is_text_and_never_markup(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "<script>")
    assert "<script>" not in written(tmp_path)
