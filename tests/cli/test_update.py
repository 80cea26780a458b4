"""`tallybox update` where there is no flashed box, and as the page's user. The rest is tested in the image's bench."""

import os

import pytest
from click.testing import CliRunner

from appliance.cli import update as module
from appliance.config import ConfigError
from appliance.storage import Folder


@pytest.fixture
def box(tmp_path, monkeypatch):
    (tmp_path / "updates").mkdir()
    (tmp_path / "updater").touch()
    monkeypatch.setattr(module, "UPDATER", tmp_path / "updater")
    monkeypatch.setattr(os, "geteuid", lambda: 610)
    return tmp_path


def run(box, *words):
    return CliRunner().invoke(module.update, ["--data", str(box), *words])


def test_elsewhere_it_says_what_to_do_instead(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "UPDATER", tmp_path / "none")
    error = run(tmp_path).exception
    assert isinstance(error, RuntimeError)
    assert "no flashed box" in str(error)


def test_a_bundle_that_is_not_there_was_typed_wrong(box):
    assert isinstance(run(box, "/nowhere.raucb").exception, ConfigError)


def test_only_root_installs_by_name(box):
    (box / "a.raucb").touch()
    assert "only root" in str(run(box, str(box / "a.raucb")).exception)


def test_without_a_fetched_bundle_nothing_is_asked_for(box):
    assert "no update was fetched" in str(run(box).exception)
    assert not (box / "updates/requested").exists()


def test_a_fetched_bundle_is_asked_for(box):
    (box / "updates/tallybox-2.raucb").touch()
    assert run(box).exit_code == 0
    assert Folder(box).update_asked_for.exists()
