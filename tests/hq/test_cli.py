import re
import shlex
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from appliance.documents import signing
from hq.cli import hq
from tests.hq.chain_of_shops import Shop

KEY = signing.public_key_text(Shop().key.public_key())
OTHER = signing.public_key_text(Shop().key.public_key())


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(hq, [str(word) for word in words], prog_name="tallybox hq")


def keys_in(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "hq.sqlite3")) as database:
        return database.execute("SELECT store, public_key FROM store_key").fetchall()


def test_a_store_is_enrolled_once_and_again_with_the_same_key(tmp_path: Path) -> None:
    for _ in range(2):
        result = run("enrol", "corner-shop", KEY, "--data", tmp_path)
        key_id = signing.key_id(signing.read_public_key(KEY))
        assert (result.exit_code, result.output) == (0, f"corner-shop is enrolled with key {key_id}.\n")
    assert keys_in(tmp_path) == [("corner-shop", KEY)]


def test_a_key_may_begin_with_a_dash(tmp_path: Path) -> None:
    while not (key := signing.public_key_text(Shop().key.public_key())).startswith("-"):
        pass
    assert run("enrol", "corner-shop", key, "--data", tmp_path).exit_code == 0


def test_another_key_for_a_known_store_is_refused(tmp_path: Path) -> None:
    run("enrol", "corner-shop", KEY, "--data", tmp_path)
    result = run("enrol", "corner-shop", OTHER, "--data", tmp_path)
    assert result.exit_code == 1
    assert "corner-shop is enrolled with another key" in result.output
    assert keys_in(tmp_path) == [("corner-shop", KEY)]


def test_an_invitation_is_a_code_and_a_link_and_a_picture_of_it(tmp_path: Path) -> None:
    result = run("invite", "corner-shop", "--url", "https://hq.example", "--data", tmp_path)
    assert result.exit_code == 0
    code = re.search(r"^Code for corner-shop: ([2-9a-z]{5})-([2-9a-z]{5}), good once", result.output)
    assert code is not None
    link = f"tallybox-enrol:https://hq.example?store=corner-shop&code={code[1]}{code[2]}"
    assert result.output.endswith(link + "\n")
    assert result.output.count("\n") > 20


def test_who_is_not_enrolled_cannot_be_revoked(tmp_path: Path) -> None:
    result = run("revoke", "corner-shop", "--data", tmp_path)
    assert (result.exit_code, result.output) == (1, "Error: corner-shop is not enrolled; nothing was changed\n")
    run("enrol", "corner-shop", KEY, "--data", tmp_path)
    result = run("revoke", "corner-shop", "--data", tmp_path)
    assert (result.exit_code, result.output) == (0, "corner-shop: 1 key was revoked.\n")


@pytest.mark.parametrize("words", [[], ["--data", "a", "--database", "sqlite:///b"], ["--database", "mysql://x/y"]])
def test_one_database_must_be_named(words: list[str]) -> None:
    assert run("revoke", "corner-shop", *words).exit_code == 2


def test_an_address_that_is_not_this_machines_is_one_line(tmp_path: Path) -> None:
    result = run("serve", "--data", tmp_path, "--host", "192.0.2.1", "--port", "0")
    assert result.exit_code == 1
    assert result.output == "Error: can't listen on 192.0.2.1:0: Cannot assign requested address\n"


@pytest.mark.parametrize(
    ("store", "key", "says"),
    [
        ("Corner Shop", KEY, "'Corner Shop' is no store's short name: 1 to 40 of a-z, 0-9 and -"),
        ("x'; DROP TABLE store; --", KEY, "is no store's short name"),
        ("s" * 41, KEY, "is no store's short name"),
        ("corner-shop\n", KEY, "is no store's short name"),
        ("corner-shop", "abc", "key: must be 43 characters of base64url"),
    ],
    ids=["a capital and a space", "a quote", "too long", "a line's end", "a key too short"],
)
def test_what_was_typed_wrong_exits_2_and_makes_nothing(tmp_path: Path, store: str, key: str, says: str) -> None:
    result = run("enrol", store, key, "--data", tmp_path / "data")
    assert result.exit_code == 2
    assert says in result.output
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--data", tmp_path, "--port", str(port))
    assert result.exit_code == 1
    assert result.output == f"Error: can't listen on 127.0.0.1:{port}: Address already in use\n"


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "hq.sqlite3").write_bytes(b"not a database, whatever its name says" * 100)
    result = run("serve", "--data", tmp_path, "--port", "0")
    assert result.exit_code == 1
    assert result.output == f"Error: {tmp_path / 'hq.sqlite3'}: file is not a database\n"


def test_a_folder_that_is_a_file_exits_2(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert run("serve", "--data", tmp_path / "file").exit_code == 2


@pytest.mark.parametrize("command", hq.commands.values(), ids=str)
def test_every_command_shows_an_example_that_it_takes(command: click.Command) -> None:
    text = run(str(command.name), "--help").output
    example = next(line.strip() for line in text.splitlines() if line.strip().startswith("tallybox hq"))
    words = shlex.split(example)[3:]
    with command.make_context(str(command.name), words, resilient_parsing=False) as context:
        if command.name == "pin":  # looks at a file alone
            return
        assert "folder" in context.params
        assert "database" in context.params
