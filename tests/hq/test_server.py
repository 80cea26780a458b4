"""Headquarters as a process of its own, over real HTTP."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from appliance.documents import acknowledge, acknowledgement, digest, store_day
from hq import users
from hq.database import open_database, sqlite_url
from tests.hq.chain_of_shops import Shop, recent_day

SERVE = [sys.executable, "-c", "from hq.cli import hq; hq()", "serve", "--port", "0", "--data"]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    with subprocess.Popen([*SERVE, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("Listening on ").strip()
            with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
                yield client, process
        finally:
            process.kill()


def enrolled(folder: Path, shop: Shop) -> Shop:
    engine = open_database(sqlite_url(folder / "hq.sqlite3"))
    shop.enrol(engine)
    engine.dispose()
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return enrolled(tmp_path, Shop())


def test_a_day_is_sent_acknowledged_and_shown(tmp_path: Path, shop: Shop) -> None:
    day = recent_day(shop)
    with serving(tmp_path) as (client, _):
        answers = [shop.put(client, day) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        for answer in answers:
            assert acknowledgement.from_bytes(answer.content) == acknowledge(day, store_day.to_bytes(day))
        assert "1 of 1 store" in client.get("/").text
        assert "server" not in client.get("/").headers


def test_a_store_enrolled_while_it_serves_is_known_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        shop = Shop("new-shop")
        assert shop.put(client, recent_day(shop)).status_code == 404
        enrolled(tmp_path, shop)
        assert shop.put(client, recent_day(shop)).status_code == 201


def test_too_much_is_refused_and_the_server_goes_on(tmp_path: Path, shop: Shop) -> None:
    with serving(tmp_path) as (client, _):
        for size in (65_537, 1_000_000):
            assert shop.put(client, b"\0" * size).status_code == 413
        chunks = client.put("/v1/stores/corner-shop/days/2026-11-24/1", content=(b"\0" * 10_000 for _ in range(100)))
        assert chunks.status_code == 413
        assert shop.put(client, recent_day(shop)).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [
        b"PUT /v1/stores/a/days/b/1 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"PUT /v1/stores/a/days/b/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTallybox-Signature: " + b"A" * 20_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00" * 10,
        b"\r\n\r\n\0\0\0\0",
    ],
)
def test_what_is_not_http_harms_nobody_else(tmp_path: Path, shop: Shop, raw: bytes) -> None:
    with (
        serving(tmp_path) as (client, _),
        socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=60) as stranger,
    ):
        stranger.sendall(raw)
        assert shop.put(client, recent_day(shop)).status_code == 201


def kept(folder: Path) -> dict[int, str]:
    """Return the digest of every recorded revision, from a database that must be whole."""
    with closing(sqlite3.connect(folder / "hq.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {revision: digest(body) for revision, body in database.execute("SELECT revision, body FROM store_day")}


def test_what_was_acknowledged_survives_kill_9_between_requests(tmp_path: Path, shop: Shop) -> None:
    acknowledged: dict[int, str] = {}
    for life in range(3):
        with serving(tmp_path) as (client, process):
            for revision in range(5 * life + 1, 5 * life + 6):
                answer = shop.put(client, recent_day(shop, revision=revision))
                acknowledged[revision] = acknowledgement.from_bytes(answer.content).digest
            os.kill(process.pid, signal.SIGKILL)
    assert kept(tmp_path) == acknowledged


def test_what_was_acknowledged_survives_kill_9_under_load(tmp_path: Path, shop: Shop) -> None:
    acknowledged: dict[int, str] = {}
    enough = threading.Event()

    def send_until_it_dies(client: httpx.Client) -> None:
        with suppress(httpx.TransportError):
            for revision in range(1, 9999):
                answer = shop.put(client, recent_day(shop, revision=revision))
                acknowledged[revision] = acknowledgement.from_bytes(answer.content).digest
                if revision == 20:
                    enough.set()

    with serving(tmp_path) as (client, process):
        sender = threading.Thread(target=send_until_it_dies, args=[client])
        sender.start()
        assert enough.wait(timeout=60)
        os.kill(process.pid, signal.SIGKILL)
        sender.join(timeout=60)
    survived = kept(tmp_path)
    assert acknowledged.items() <= survived.items()
    assert len(survived) - len(acknowledged) <= 1  # committed, and killed before the answer


def test_headquarters_loads_nothing_of_the_box_but_its_documents() -> None:
    code = "import sys, hq.cli; print(*(m for m in sys.modules if m.startswith(('appliance.', 'web_ui'))))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "appliance.documents" in loaded
    assert [name for name in loaded if not name.startswith("appliance.documents")] == []


def test_it_stops_cleanly_when_told(tmp_path: Path, shop: Shop) -> None:
    with serving(tmp_path) as (client, process):
        assert client.get("/healthz").text == "ok\n"
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_what_a_proxy_on_this_machine_says_is_heard(tmp_path: Path) -> None:
    """Before the first user a page is shown to this machine alone, and asking through a proxy is not that."""
    with serving(tmp_path) as (client, _):
        assert client.get("/").status_code == 200
        for header in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-Ip"):
            assert client.get("/", headers={header: "203.0.113.7"}).status_code == 302, header


def test_behind_a_proxy_the_cookie_is_for_https_alone_and_failures_are_counted_by_caller(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        engine = open_database(sqlite_url(tmp_path / "hq.sqlite3"))
        users.add_user(engine, users.User("anna", "admin", ""), "correct horse battery", "test", datetime.now(UTC))
        engine.dispose()

        def log_in(name: str, address: str, password: str = "wrong") -> httpx.Response:
            headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
            return client.post("/login", data={"name": name, "password": password}, headers=headers)

        assert [log_in(f"user{k}", "203.0.113.7").status_code for k in range(11)] == [401] * 10 + [429]
        answer = log_in("anna", "203.0.113.8", "correct horse battery")
        assert answer.status_code == 302
        assert "Secure" in answer.headers["Set-Cookie"]
