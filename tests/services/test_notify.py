"""A service says to systemd that it is ready and that it lives; where nobody asked it says nothing."""

import socket

import pytest

from appliance.services import notify


@pytest.fixture
def supervisor(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


def test_a_service_that_was_asked_says_that_it_is_ready_and_then_that_it_lives(supervisor, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", supervisor.getsockname())
    notify.ready()
    notify.alive()
    assert [supervisor.recv(100), supervisor.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


def test_an_abstract_address_is_understood(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0tallybox-test-notify")
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@tallybox-test-notify")
        notify.ready()
        assert listening.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_nobody_who_listens_is_no_reason_to_fail(address, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify.ready()


def test_the_counter_tells_its_supervisor_that_it_is_ready_and_lives(supervisor, tmp_path):
    """A real process: a counter with no camera, started as systemd would."""
    import os
    import subprocess
    import sys

    command = [sys.executable, "-m", "appliance.cli", "count", "--quiet", "--data", str(tmp_path / "box")]
    supervisor.settimeout(60)
    process = subprocess.Popen(command, env=os.environ | {"NOTIFY_SOCKET": supervisor.getsockname()})
    try:
        assert [supervisor.recv(100), supervisor.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
    finally:
        process.terminate()
        process.wait(30)
