"""A net is calibrated on the shop's own pictures, taken only where it is better, and left again with one command."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from appliance.config import parse
from appliance.nets import Catalogue
from appliance.nets.catalogue import MODELS
from appliance.nets.quantise import grey_of, int8_of

SCENE = "tests/scenes/demo.mp4"


@pytest.fixture
def run(tmp_path):
    def run(*words, **more):
        env = os.environ | {"TALLYBOX_DATA": str(tmp_path / "data")} | more
        command = [sys.executable, "-m", "appliance.cli", "models", *map(str, words)]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)

    return run


def one_line(done, code, said):
    assert done.returncode == code
    assert said in done.stderr
    assert done.stderr.strip().count("\n") == 0


def shipped_badly(folder):
    """Copy the nets, with an int8 person net whose ranges were measured on noise: any shop's pictures are better."""
    shutil.copytree(MODELS, folder)
    entry = Catalogue().find("person")
    twin, noise = entry.read_twin(), np.random.default_rng(1).integers(0, 255, (4, 224, 384, 3), np.uint8)
    int8 = int8_of(twin, list(noise), grey_of(twin))
    (folder / "person.onnx").write_bytes(int8)
    table = (folder / "models.toml").read_text().replace(entry.sha256, hashlib.sha256(int8).hexdigest())
    (folder / "models.toml").write_text(table)
    return folder


@pytest.mark.slow
def test_the_net_is_made_used_listed_and_left_again(run, tmp_path, monkeypatch):
    models = shipped_badly(tmp_path / "models")
    monkeypatch.setenv("TALLYBOX_MODELS", str(models))
    done = run("calibrate", "--from", SCENE, "--pictures", 40)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tallybox models use person" in done.stdout
    assert parse((tmp_path / "data/tallybox.toml").read_text()).net.name == "person-own"
    entry = Catalogue(models, tmp_path / "data/nets").find("person-own")
    assert entry.read() != Catalogue().find("person").read()
    assert entry.figures["score"] == Catalogue().find("person").figures["score"]
    assert "person-own       person      calibrated     Apache-2.0 (in use)" in run("list").stdout
    one_line(run("pull", "person-own"), 2, "was made here: tallybox models calibrate person")
    entry.path.write_bytes(entry.path.read_bytes()[:-1])
    assert "BAD   person-own" in run("verify").stdout
    one_line(run("use", "person-own"), 1, "is not the file")
    entry.path.unlink()
    one_line(run("use", "person-own"), 1, "tallybox models calibrate person")
    assert run("use", "person").returncode == 0
    assert parse((tmp_path / "data/tallybox.toml").read_text()).net.name == "person"


def test_where_nobody_was_seen_nothing_is_changed(run, tmp_path, clip):
    one_line(run("calibrate", "--from", clip), 1, "only 0 pictures show people, 16 are needed")
    assert not (tmp_path / "data/nets").exists()
    assert not (tmp_path / "data/tallybox.toml").exists()


def test_a_wrong_twin_is_refused_and_a_missing_one_is_told_how_to_get(run, tmp_path, clip):
    (tmp_path / "twin.onnx").write_bytes(b"no net")
    one_line(run("calibrate", "--from", clip, "--twin", tmp_path / "twin.onnx"), 1, "is not the file")
    (tmp_path / "models").mkdir()
    for name in ("models.toml", "person.onnx"):
        (tmp_path / "models" / name).symlink_to(os.path.abspath(f"models/{name}"))  # noqa: PTH100
    one_line(run("calibrate", "--from", clip, TALLYBOX_MODELS=str(tmp_path / "models")), 1, "--twin FILE")


def test_without_the_package_that_quantises_one_line_says_how_to_get_it(run, tmp_path, clip):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/onnx.py").write_text("raise ImportError('not here', name='onnx')")
    path = os.pathsep.join([str(tmp_path / "hidden"), os.getcwd()])  # noqa: PTH109
    for words in (("calibrate",), ("report",)):
        one_line(run(*words, "--from", clip, PYTHONPATH=path), 1, "pip install 'tallybox[calibrate]'")


@pytest.mark.parametrize("name", ["face", "age-gender", "yolox-nano", "nope"])
def test_only_our_own_net_that_finds_people_can_be_calibrated(run, clip, name):
    assert run("calibrate", name, "--from", clip).returncode == 2


def test_without_a_camera_it_says_so(run):
    one_line(run("calibrate"), 2, "no camera in tallybox.toml")


def test_a_camera_that_gives_nothing_is_one_line(run, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/tallybox.toml").write_text('[camera.door]\nsource = "usb:97"\n')
    done = run("calibrate", "--minutes", "0.1")
    assert done.returncode == 1
    assert "camera door: " in done.stderr


def test_the_report_tells_every_layer(run, clip):
    done = run("report", "--from", clip, "--pictures", 4, "--size", "320x192", "--json")
    told = json.loads(done.stdout)
    assert told["pictures"] == 4
    assert len(told["layers"]) == 35
    plain = run("report", "face", "--from", clip, "--pictures", 4).stdout.splitlines()
    assert plain[0].split()[0] == "layer"
    assert sum("noisy" in line for line in plain) >= 3


def test_a_net_calibrated_from_another_twin_gives_way_to_the_one_that_ships(tmp_path, caplog):
    (tmp_path / "own.toml").write_text(
        '[person-own]\ncalibrated_from = "person"\nfile = "x.onnx"\nbytes = 1\nsha256 = "00"\nfp32_sha256 = "old"\n'
    )
    assert Catalogue(pulled=tmp_path).find("person-own").name == "person"
    assert "stands in for it" in caplog.text


@pytest.mark.parametrize("text", ["[", "[person-own]\n", "person-own = 3\n", '[person-own]\ncalibrated_from = "x"\n'])
def test_a_spoilt_table_of_own_nets_leaves_the_others(tmp_path, caplog, text):
    (tmp_path / "own.toml").write_text(text)
    assert Catalogue(pulled=tmp_path).find("person").read()
    assert "are left out" in caplog.text
