"""Who is let in, and what everybody else gets."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from appliance.storage import Folder
from web_ui.access import host_name, is_loopback

Open = Callable[..., FlaskClient]
PAGES = ["/", "/days", "/days/2026-11-23", "/box", "/meaning", "/live/door.jpg", "/nothing"]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("shop.example", False),
    ],
)
def test_only_the_box_itself_is_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:8080", "localhost"),
        ("LOCALHOST.", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8080", "::1"),
        ("127.0.0.1.evil.example:8080", "127.0.0.1.evil.example"),
        ("", ""),
    ],
)
def test_a_host_header_names_a_host(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:8080", "[::1]:8080"])
def test_on_loopback_no_code_is_asked_for(month: Folder, open_page: Open, host: str) -> None:
    assert open_page(month).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.1.5"])
@pytest.mark.parametrize("path", PAGES)
def test_a_name_that_was_pointed_at_the_box_gets_nothing(month: Folder, open_page: Open, host: str, path: str) -> None:
    answer = open_page(month).get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "Corner shop" not in answer.text
    assert len(answer.text) < 1500


@pytest.mark.parametrize("path", PAGES)
def test_beyond_loopback_nothing_is_shown_without_the_code(month: Folder, open_page: Open, path: str) -> None:
    answer = open_page(month, "0.0.0.0").get(path)
    assert answer.status_code == 401
    assert "The box's code" in answer.text.replace("&#39;", "'")
    for word in ("Corner shop", "entrance", "192.168", month.page_code()):
        assert word not in answer.text


def test_beyond_loopback_only_health_and_style_are_open(month: Folder, open_page: Open) -> None:
    client = open_page(month, "0.0.0.0")
    assert client.get("/healthz").json == {"ok": True, "version": "0.1.0"}
    with client.get("/static/page.css") as style:
        assert style.status_code == 200
    assert client.get("/static/../app.py").status_code in (401, 404)


def test_the_code_opens_the_page_and_a_strict_cookie_keeps_it_open(folder: Folder, open_page: Open) -> None:
    client = open_page(folder, "0.0.0.0")
    answer = client.post("/login", data={"code": f" {folder.page_code().upper()} "})
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Expires="):
        assert part in cookie
    assert folder.page_code() not in cookie
    assert client.get("/").status_code == 200
    assert client.get("/login").location == "/"


@pytest.mark.parametrize("code", ["", "wrong", "\N{SNOWMAN}", "x" * 3000, "' OR 1=1 --"])
def test_a_wrong_code_opens_nothing(folder: Folder, open_page: Open, code: str) -> None:
    client = open_page(folder, "0.0.0.0")
    answer = client.post("/login", data={"code": code})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert client.get("/").status_code == 401


def test_a_form_larger_than_a_code_is_refused(folder: Folder, open_page: Open) -> None:
    assert open_page(folder, "0.0.0.0").post("/login", data={"code": "x" * 10_000}).status_code == 413


def test_guessing_is_slowed_even_for_the_right_code(folder: Folder, open_page: Open) -> None:
    client = open_page(folder, "0.0.0.0")
    assert [client.post("/login", data={"code": "wrong"}).status_code for _ in range(5)] == [401] * 5
    answer = client.post("/login", data={"code": folder.page_code()})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    other = client.post("/login", data={"code": folder.page_code()}, environ_base={"REMOTE_ADDR": "192.168.1.9"})
    assert other.status_code == 303


def test_a_claimed_forwarded_address_is_not_believed(folder: Folder, open_page: Open) -> None:
    client = open_page(folder, "0.0.0.0")
    statuses = [
        client.post("/login", data={"code": "wrong"}, headers={"X-Forwarded-For": f"10.0.0.{i}"}).status_code
        for i in range(6)
    ]
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "junk"])
def test_a_login_posted_by_another_page_is_refused(folder: Folder, open_page: Open, origin: str) -> None:
    client = open_page(folder, "0.0.0.0")
    answer = client.post("/login", data={"code": folder.page_code()}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_login_posted_by_its_own_form_is_taken(folder: Folder, open_page: Open) -> None:
    client = open_page(folder, "0.0.0.0")
    answer = client.post("/login", data={"code": folder.page_code()}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303


def test_a_new_code_ends_all_sessions(folder: Folder, open_page: Open) -> None:
    client = open_page(folder, "0.0.0.0")
    client.post("/login", data={"code": folder.page_code()})
    (folder.path / "keys" / "page.code").unlink()
    assert client.get("/").status_code == 401


def test_a_forged_cookie_opens_nothing(folder: Folder, open_page: Open) -> None:
    client = open_page(folder, "0.0.0.0")
    for forged in ("", "eyJjb2RlIjoieCJ9.AAAAAA.AAAA", "junk"):
        client.set_cookie("tallybox", forged)
        assert client.get("/").status_code == 401


def test_on_loopback_no_secret_is_made(folder: Folder, open_page: Open) -> None:
    client = open_page(folder)
    client.get("/")
    assert client.get("/login").location == "/"
    assert client.post("/login", data={"code": "x"}).location == "/"
    assert not (folder.path / "keys").exists()


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/login"])
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_every_answer_has_strict_headers(month: Folder, open_page: Open, path: str, host: str) -> None:
    headers = open_page(month, host).get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "img-src 'self'", "script-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
