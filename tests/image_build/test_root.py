"""Tar streams merged: what is dropped, edited and added, and that all else stays as it was."""

import io
import tarfile

import pytest

from image_build import root, settings, users
from image_build.settings import BuildError


@pytest.fixture
def base(tmp_path):
    path = tmp_path / "root.tar"
    with tarfile.open(path, "w") as packed:
        for name, owner, content in (
            ("./usr/bin/tool", 0, b"tool"),
            ("./etc/passwd", 0, b"root:x:0:0::/:/bin/sh\n"),
            ("./var/cache/apt/list", 0, b"x"),
            ("./usr/share/doc/tool/changelog", 0, b"x"),
            ("./usr/share/doc/tool/copyright", 0, b"mine"),
            ("./var/lib/thing/state", 107, b"y"),
        ):
            member = tarfile.TarInfo(name)
            member.size, member.uid, member.mode = len(content), owner, 0o4755 if name.endswith("tool") else 0o640
            packed.addfile(member, io.BytesIO(content))
    return path


def merged(base, added=None, edited=None):
    stream = io.BytesIO()
    root.merge(base, added or {}, edited or {}, stream)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as packed:
        return {m.name: (m, packed.extractfile(m).read() if m.isreg() else m.linkname) for m in packed}


def test_what_serves_only_to_install_is_left_out_and_licences_stay(base):
    names = merged(base).keys()
    assert "usr/share/doc/tool/copyright" in names
    assert not {"var/cache/apt/list", "usr/share/doc/tool/changelog"} & names


def test_owners_and_modes_of_the_base_stay(base):
    found = merged(base)
    assert found["var/lib/thing/state"][0].uid == 107
    assert found["usr/bin/tool"][0].mode == 0o4755


def test_an_edit_changes_one_file_and_keeps_its_mode(base):
    member, content = merged(base, edited={"etc/passwd": users.EDITS["etc/passwd"]})["etc/passwd"]
    assert content.decode().splitlines()[1].startswith("tallybox:x:610:610:")
    assert member.mode == 0o640


def test_an_edit_of_a_file_that_is_not_there_is_refused(base):
    with pytest.raises(BuildError, match="etc/none"):
        merged(base, edited={"etc/none": lambda old: old})


def test_what_is_added_belongs_to_root_and_takes_the_place_of_what_was_there(base, tmp_path):
    (tmp_path / "new").write_bytes(b"new")
    found = merged(base, {"usr/bin/tool": (root.PROGRAM, tmp_path / "new"), "a/b/c": (root.LINK, "/x")})
    assert found["usr/bin/tool"][1] == b"new"
    assert (found["usr/bin/tool"][0].uid, found["usr/bin/tool"][0].mode) == (0, 0o755)
    assert found["a/b/c"][1] == "/x"
    assert found["a/b"][0].isdir()


def test_the_same_input_gives_the_same_bytes(base):
    streams = [io.BytesIO(), io.BytesIO()]
    for stream in streams:
        root.merge(base, {"x": (root.FILE, b"x")}, {}, stream)
    assert streams[0].getvalue() == streams[1].getvalue()


@pytest.mark.parametrize("name", settings.boards())
def test_every_board_file_is_good(name):
    board = settings.load_board(name)
    assert "systemd" in settings.package_list(board)
    assert all(image.startswith("kernel") and image.endswith(".img") for image in board.kernels)
    assert board.kernels or name == "jetson"


def test_an_unknown_board_is_named_with_those_that_are_known():
    with pytest.raises(BuildError, match=r"'toaster' is not known: bench, jetson, pi4"):
        settings.load_board("toaster")


def test_a_program_that_fails_is_one_line():
    with pytest.raises(BuildError, match=r"^false  failed \(1\): no word$"):
        settings.run("false")
    with pytest.raises(BuildError, match="no-such-tool is missing"):
        settings.run("no-such-tool")
