"""The page as a process: tallybox web."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.storage import Folder
from tests.ports import free_port
from tests.web_ui.month import TOML

pytestmark = pytest.mark.slow


def start(folder: Path, port: int, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "appliance.cli", "web", "--data", str(folder), "--port", str(port), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    return process.stderr.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_its_address_and_ends_at_once_when_told(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with start(tmp_path, port) as process:
        assert f"http://127.0.0.1:{port}/" in said(process)
        # a client that keeps its connection open and says nothing must not hold it up
        with socket.create_connection(("127.0.0.1", port)):
            process.send_signal(number)
            assert process.wait(30) == 0


def test_beyond_loopback_it_says_the_code_once(tmp_path: Path) -> None:
    with start(tmp_path, free_port(), "--host", "0.0.0.0") as process:
        lines = said(process), said(process)
        process.terminate()
        rest = process.communicate(timeout=30)[1]
    assert Folder(tmp_path).page_code() in lines[1]
    assert Folder(tmp_path).page_code() not in lines[0] + rest


def test_a_port_that_is_taken_is_one_line_and_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with start(tmp_path, port) as process:
            message = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert message == f"tallybox: port {port} on 127.0.0.1 can't be used: address already in use\n"


def test_wrong_settings_are_one_line_and_2(tmp_path: Path) -> None:
    (tmp_path / "tallybox.toml").write_text(TOML + "\n[page]\nport = 0\n", encoding="utf-8")
    with start(tmp_path, free_port()) as process:
        message = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert message.count("\n") == 1
    assert "page.port must be a number from 1 to 65535" in message
