"""Bad input ends in one clear line: 2 for what the user typed, 1 for what the world did; no traceback, nothing left."""

import shutil
import socket
import subprocess
import sys

import pytest

from tests.conftest import ROOT

LINE = "door:0.1,0.5,0.9,0.5:0.5,0.9"


def refused(result, code, says):
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert says in line
    assert "Traceback" not in line


TYPED_WRONG = {
    "a line with too few numbers": (["--line", "door:0.1,0.5,0.9:0.5,0.9"], "needs four numbers"),
    "a line that is no line": (["--line", "door"], "must be NAME:x1,y1,x2,y2:inx,iny"),
    "a line with words for numbers": (["--line", "door:a,b,c,d:0.5,0.9"], "coordinates must be numbers"),
    "a line outside the picture": (["--line", "door:0.1,0.5,1.9,0.5:0.5,0.9"], "outside the picture"),
    "a line of not-a-numbers": (["--line", "door:nan,0.5,0.9,0.5:0.5,0.9"], "outside the picture"),
    "a line of no length": (["--line", "door:0.5,0.5,0.5,0.5:0.5,0.9"], "has no length"),
    "an inner point on the line": (["--line", "door:0.1,0.5,0.9,0.5:0.3,0.5"], "inside point on the line itself"),
    "no line at all": ([], "Missing option '--line'"),
    "a size the net can't have": (["--line", LINE, "--size", "100x100"], "WIDTHxHEIGHT in multiples of 32"),
    "a net that is not there": (["--line", LINE, "--model", "yolo"], "not in the catalogue; known: person"),
    "an anchor that is none": (["--line", LINE, "--anchor", "nose"], "'nose' is not one of"),
    "a speed that is none": (["--line", LINE, "--speed", "warp"], "'warp' is not one of"),
    "an option that is none": (["--line", LINE, "--fast"], "No such option"),
}


@pytest.mark.parametrize("mistake", TYPED_WRONG)
def test_what_the_user_typed_wrong_ends_with_2(mistake, tallybox, clip):
    arguments, says = TYPED_WRONG[mistake]
    refused(tallybox("replay", clip, *arguments), 2, says)


def test_a_command_that_is_none_ends_with_2(tallybox):
    refused(tallybox("tally"), 2, "No such command 'tally'")


def test_a_clip_that_is_not_there_ends_with_1(tallybox, tmp_path):
    refused(tallybox("replay", tmp_path / "none.mp4", "--line", LINE), 1, "none.mp4")


def test_a_clip_without_content_ends_with_1(tallybox, tmp_path):
    (tmp_path / "empty.mp4").touch()
    refused(tallybox("replay", tmp_path / "empty.mp4", "--line", LINE), 1, "empty.mp4")


def test_a_clip_that_is_text_ends_with_1(tallybox, tmp_path):
    (tmp_path / "notes.mp4").write_text("shopping list\n" * 50)
    refused(tallybox("replay", tmp_path / "notes.mp4", "--line", LINE), 1, "notes.mp4")


def test_a_clip_with_sound_alone_ends_with_1(tallybox, audio_only):
    refused(tallybox("replay", audio_only, "--line", LINE), 1, "no video")


def test_a_clip_cut_off_before_its_first_picture_ends_with_1(tallybox, clip, tmp_path):
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:300])
    refused(tallybox("replay", tmp_path / "cut.mp4", "--line", LINE), 1, "cut.mp4")


def test_a_folder_without_pictures_ends_with_1(tallybox, tmp_path):
    refused(tallybox("replay", tmp_path, "--line", LINE), 1, str(tmp_path.name))


def test_a_picture_that_is_none_ends_with_1(tallybox, tmp_path):
    (tmp_path / "a.jpg").write_text("no")
    refused(tallybox("detect", tmp_path / "a.jpg"), 1, "is no picture that can be read")
    refused(tallybox("detect", tmp_path / "b.jpg"), 1, "No such file")


def test_a_wrong_configuration_key_ends_with_2(tallybox, tmp_path):
    (tmp_path / "tallybox.toml").write_text("[shop]\nnmae = 'x'\n")
    for command in (["config"], ["count"], ["web"], ["nightly", "--once"], ["run"]):
        result = tallybox(*command, "--data", tmp_path)
        refused(result, 2, "tallybox.toml, line 2: shop.nmae is not a setting")


def test_a_source_that_is_none_ends_with_2(tallybox, tmp_path):
    (tmp_path / "tallybox.toml").write_text('[camera.door]\nsource = "gopher://x"\n')
    refused(tallybox("count", "--data", tmp_path), 2, "camera.door.source")


def test_a_net_whose_file_was_changed_is_not_loaded(tmp_path, tallybox, clip):
    from appliance.nets.catalogue import MODELS, Catalogue, NetError

    shutil.copy(MODELS / "models.toml", tmp_path)
    data = bytearray((MODELS / "person.onnx").read_bytes())
    data[1000] ^= 1
    (tmp_path / "person.onnx").write_bytes(data)
    with pytest.raises(NetError, match=r"person\.onnx: is not the file that models\.toml describes"):
        Catalogue(tmp_path).find("person").read()
    (tmp_path / "person.onnx").unlink()
    with pytest.raises(NetError, match="No such file"):
        Catalogue(tmp_path).find("person").read()


@pytest.mark.parametrize("command", [["web"], ["run"], ["hq", "serve"]])
def test_a_port_in_use_ends_with_1(command, tallybox, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "tallybox.toml").write_text(f"[page]\nport = {port}\n")
        more = ["--port", port] if command[0] == "hq" else []
        result = tallybox(*command, "--data", tmp_path, *more)
    assert result.returncode == 1, result.stderr
    assert "in use" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["count"], ["web"], ["nightly", "--once"]])
def test_a_data_folder_that_can_not_be_made_ends_with_1(command, tallybox, tmp_path):
    (tmp_path / "file").write_text("")
    refused(tallybox(*command, "--data", tmp_path / "file" / "box"), 1, "the data folder can't be written")


def can_mount():
    command = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    return shutil.which("unshare") and subprocess.run(command, capture_output=True, check=False).returncode == 0


FOLDERS = {  # how the data folder's file system is mounted -> what the one line says
    "a read-only one": ("ro", "Read-only file system"),
    "a full one": ("size=4k", "full"),
    "one that is full once the database is made": ("size=12k", "full"),
}


@pytest.mark.skipif(not can_mount(), reason="needs to mount a small file system (root)")
@pytest.mark.parametrize("command", ["count", "nightly --once"])
@pytest.mark.parametrize("kind", FOLDERS)
def test_a_data_folder_that_takes_nothing_ends_with_1(kind, command, tmp_path):
    options, says = FOLDERS[kind]
    box = f"{sys.executable} -m appliance.cli {command} --data {tmp_path}"
    mounted = ["unshare", "-m", "bash", "-c", f"mount -t tmpfs -o {options} none {tmp_path} && {box}"]
    result = subprocess.run(mounted, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
    assert result.returncode == 1, result.stderr
    assert says in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_standard_output_closed_early_ends_without_a_traceback(clip):
    command = f"{sys.executable} -m appliance.cli replay {clip} --line {LINE} --json | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
