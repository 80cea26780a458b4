"""The backend on the Pi's tryboot, as RAUC and the gate call it: a real script on folders of our own."""

import os
import subprocess

import pytest

from image_build.boot import AUTOBOOT
from image_build.settings import HERE

SLOTS = HERE / "layers/common/usr/lib/tallybox/slots"
SNAPSHOT = HERE / "layers/common/usr/lib/tallybox/snapshot"


class Box:
    """A box that runs slot A, which is committed."""

    def __init__(self, folder):
        self.autoboot, self.state, self.run = folder / "autoboot.txt", folder / "state", folder / "run"
        self.state.mkdir()
        self.run.mkdir()
        self.autoboot.write_text(AUTOBOOT.format(2, 3))
        self.boot("A")

    def boot(self, slot, tryboot=0):
        (self.run / "slot").write_text(f"{slot}\n")
        (self.run / "tryboot").write_text(f"{tryboot}\n")

    def __call__(self, *words):
        told = {"TALLYBOX_AUTOBOOT": self.autoboot, "TALLYBOX_STATE": self.state, "TALLYBOX_RUN": self.run}
        done = subprocess.run([SLOTS, *words], env=os.environ | told, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path)


def test_a_fresh_box_runs_what_is_committed(box):
    assert [box(word) for word in ("get-current", "get-primary", "committed", "armed", "kind")] == [
        "A",
        "A",
        "A",
        "",
        "plain",
    ]


def test_an_installation_arms_and_touches_nothing_that_boots(box):
    before = box.autoboot.read_bytes()
    box("set-primary", "B")
    assert (box("armed"), box("get-primary"), box("committed")) == ("B", "B", "A")
    assert box.autoboot.read_bytes() == before


def test_a_trial_that_is_good_is_committed_in_place(box):
    box("set-primary", "B")
    box("count-try")
    box.boot("B", tryboot=1)
    assert box("kind") == "trial"
    length, inode = box.autoboot.stat().st_size, box.autoboot.stat().st_ino
    box("set-primary", "B")
    assert (box("committed"), box("armed"), box("tries")) == ("B", "", "0")
    assert (box.autoboot.stat().st_size, box.autoboot.stat().st_ino) == (length, inode)
    assert box.autoboot.read_text() == AUTOBOOT.format(3, 2)


@pytest.mark.parametrize(
    ("slot", "tryboot", "armed", "kind"),
    [
        ("A", 0, "", "plain"),
        ("A", 1, "", "plain"),
        ("A", 1, "B", "plain"),
        ("B", 0, "B", "plain"),
        ("B", 1, "B", "trial"),
        ("B", 1, "", "rescue"),
        ("B", 1, "A", "rescue"),
        ("unknown", 1, "B", "plain"),
    ],
)
def test_only_when_all_agree_is_it_a_trial(box, slot, tryboot, armed, kind):
    if armed:
        (box.state / "trial").write_text(armed + "\n")
    box.boot(slot, tryboot)
    assert box("kind") == kind


@pytest.mark.parametrize("text", ["", "nonsense", "[all]\nboot_partition=9\n", "[tryboot]\nboot_partition=3\n"])
def test_an_autoboot_that_says_nothing_is_no_trial(box, text):
    box.autoboot.write_text(text)
    (box.state / "trial").write_text("B\n")
    box.boot("B", 1)
    assert box("kind") == "plain"


def test_a_state_that_was_never_written_is_no_trial(box):
    (box.run / "slot").unlink()
    (box.run / "tryboot").unlink()
    assert (box("get-current"), box("kind")) == ("unknown", "plain")


def test_a_bad_slot_is_bad_until_it_is_installed_anew_and_is_disarmed(box):
    box("set-primary", "B")
    box("set-state", "B", "bad")
    assert (box("get-state", "B"), box("armed"), box("get-state", "A")) == ("bad", "", "good")
    box("set-primary", "B")
    assert box("get-state", "B") == "good"


def test_tries_are_counted(box):
    box("set-primary", "B")
    box("count-try")
    box("count-try")
    assert box("tries") == "2"


def test_a_word_that_is_none_is_refused(box):
    done = subprocess.run([SLOTS, "dance"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith("slots: ")


def snapshot(tmp_path, word):
    told = {"TALLYBOX_DATA": tmp_path / "data", "TALLYBOX_SNAPSHOT": tmp_path / "snapshot"}
    subprocess.run([SNAPSHOT, word], env=os.environ | told, check=True, timeout=30)


def test_the_database_comes_back_as_it_was_with_its_log(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    kept = {"tallybox.db": b"old", "tallybox.db-wal": b"log", "tallybox.toml": b"[shop]"}
    for name, content in kept.items():
        (data / name).write_bytes(content)
    snapshot(tmp_path, "take")
    for name, content in {"tallybox.db": b"new", "tallybox.db-wal": b"newer", "tallybox.db-shm": b"shm"}.items():
        (data / name).write_bytes(content)
    snapshot(tmp_path, "put-back")
    assert {path.name: path.read_bytes() for path in data.iterdir()} == kept
    assert not (tmp_path / "snapshot").exists()


@pytest.mark.parametrize("word", ["put-back", "drop"])
def test_without_a_snapshot_nothing_is_touched(tmp_path, word):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/tallybox.db").write_bytes(b"mine")
    snapshot(tmp_path, word)
    assert (tmp_path / "data/tallybox.db").read_bytes() == b"mine"


def test_a_second_snapshot_takes_the_place_of_the_first(tmp_path):
    (tmp_path / "data").mkdir()
    for content in (b"one", b"two"):
        (tmp_path / "data/tallybox.db").write_bytes(content)
        snapshot(tmp_path, "take")
    assert (tmp_path / "snapshot/tallybox.db").read_bytes() == b"two"
