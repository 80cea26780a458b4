"""Who is let in to headquarters' pages, and what each may see and change."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from hq import users
from hq.app import create_app
from hq.calendar import Calendar, keep_calendar
from hq.cli import hq
from hq.database import reading
from hq.users import User
from tests.hq.chain_of_shops import NOW, Shop

PASSWORD = "correct horse battery"
PAGES = ["/", "/wrong", "/stores/corner-shop", "/v1/days.csv", "/audit"]


@pytest.fixture
def anna(database: Engine) -> User:
    user = User("anna", "admin", "")
    users.add_user(database, user, PASSWORD, "test", NOW)
    return user


def logged_in(app: Flask, name: str = "anna") -> FlaskClient:
    client = app.test_client()
    answer = client.post("/login", data={"name": name, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    return client


FROM_ELSEWHERE = [
    {"headers": {"X-Forwarded-For": "203.0.113.7"}},
    {"headers": {"Forwarded": "for=203.0.113.7"}},
    {"headers": {"Host": "hq.example"}},
    {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}},
    {"environ_overrides": {"SERVER_PROTOCOL": "HTTP/1.0"}},
]


@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_user_this_machine_alone_may_look(app: Flask, database: Engine, page: str) -> None:
    Shop().enrol(database)
    assert app.test_client().get(page).status_code == 200
    for way in FROM_ELSEWHERE:
        assert app.test_client().get(page, **way).status_code in (302, 401), way


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("page", PAGES)
def test_with_users_nobody_looks_who_is_not_logged_in(app: Flask, database: Engine, page: str) -> None:
    Shop().enrol(database)
    answer = app.test_client().get(page)
    if page.startswith("/v1/"):
        assert (answer.status_code, answer.text) == (401, "Authorization: must be Bearer and a token\n")
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert logged_in(app).get(page).status_code == 200


@pytest.mark.usefixtures("anna")
def test_boxes_need_no_user(app: Flask, database: Engine) -> None:
    shop = Shop().enrol(database)
    assert shop.put(app.test_client(), shop.day()).status_code == 201
    assert app.test_client().get("/v1/echo").status_code == 204
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().post("/v1/enrol", data=b"").status_code == 400


def test_the_first_user_is_made_by_a_link_that_works_once(app: Flask, database: Engine) -> None:
    old, secret = (users.give_pass(database, "first", "", NOW) for _ in range(2))
    client = app.test_client()
    assert client.get(f"/first/{old}").status_code == 404
    assert client.get(f"/first/{secret}").status_code == 200
    short = client.post(f"/first/{secret}", data={"name": "anna", "password": "short"})
    assert (short.status_code, "must have 10 to 200 characters" in short.text) == (400, True)
    made = client.post(f"/first/{secret}", data={"name": "anna", "password": PASSWORD})
    assert made.status_code == 302
    assert "Log out anna" in client.get("/").text
    assert app.test_client().get(f"/first/{secret}").status_code == 404
    assert users.trail(database) == [("2026-11-25T08:00:00Z", "first start", "added admin anna")]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    ("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("anna' --", PASSWORD)]
)
def test_a_wrong_name_or_password_gets_the_same_answer(app: Flask, name: str, password: str) -> None:
    answer = app.test_client().post("/login", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "The name or the password is wrong." in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.usefixtures("anna")
def test_after_ten_failures_even_the_right_password_waits(app: Flask) -> None:
    client = app.test_client()
    tries = [client.post("/login", data={"name": "anna", "password": "wrong"}).status_code for _ in range(11)]
    assert tries == [401] * 10 + [429]
    assert client.post("/login", data={"name": "anna", "password": PASSWORD}).status_code == 429


@pytest.mark.usefixtures("anna")
def test_one_address_behind_a_proxy_does_not_shut_out_the_others(app: Flask) -> None:
    def try_(address: str, name: str, password: str) -> int:
        # What the caller itself claims stands before what the proxy saw.
        headers = {"X-Forwarded-For": f"198.51.100.9, {address}"}
        form = {"name": name, "password": password}
        return app.test_client().post("/login", data=form, headers=headers).status_code

    assert [try_("203.0.113.7", f"user{i}", "wrong") for i in range(11)] == [401] * 10 + [429]
    assert try_("203.0.113.8", "anna", PASSWORD) == 302


@pytest.mark.usefixtures("anna")
def test_a_session_ends_by_logging_out_and_by_age(app: Flask, database: Engine) -> None:
    client = logged_in(app)
    form = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/").text)
    assert form is not None
    assert client.post("/logout", data={"csrf": "0" * 64}).status_code == 403
    assert client.post("/logout").status_code == 403
    assert client.post("/logout", data={"csrf": form[1]}).status_code == 302
    assert client.get("/").status_code == 302
    later = create_app(database, now=lambda: NOW + timedelta(days=15)).test_client()
    later.set_cookie("hq", users.give_pass(database, "session", "anna", NOW))
    assert later.get("/").status_code == 302


@pytest.mark.usefixtures("anna")
def test_a_form_of_another_site_is_refused(app: Flask) -> None:
    form = {"name": "anna", "password": PASSWORD}
    answer = app.test_client().post("/login", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.usefixtures("anna")
def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask) -> None:
    form = {"name": "anna", "password": PASSWORD}
    cookie = app.test_client().post("/login", data=form, headers={"X-Forwarded-Proto": "https"}).headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Secure"))


def test_who_is_of_a_region_sees_no_other(app: Flask, database: Engine) -> None:
    for name in ("north-shop", "south-shop"):
        shop = Shop(name).enrol(database)
        keep_calendar(database, name, Calendar(name.split("-")[0], (), None, None))
        shop.put(app.test_client(), shop.day())
    users.add_user(database, User("nina", "reader", "north"), PASSWORD, "test", NOW)
    client = logged_in(app, "nina")
    for page in ("/", "/?region=south", "/?name=shop", "/wrong", "/v1/days.csv"):
        told = client.get(page).text
        assert "south-shop" not in told, page
        assert "north-shop" in told, page
    assert "12<small>1 of 1 store</small>" in client.get("/").text
    assert client.get("/v1/days.csv?region=south").status_code == 400
    assert client.get("/stores/south-shop").status_code == 404
    assert client.get("/stores/north-shop").status_code == 200
    assert client.get("/audit").status_code == 403


@pytest.mark.usefixtures("anna")
def test_a_token_reads_the_api_and_opens_no_page(app: Flask, database: Engine, tmp_path: Path) -> None:
    Shop().enrol(database)
    made = CliRunner().invoke(hq, ["token", "anna", "--label", "sheet", "--data", str(tmp_path)])
    bearer = {"Authorization": f"Bearer {made.output.strip()}"}
    assert app.test_client().get("/v1/days.csv", headers=bearer).status_code == 200
    assert app.test_client().get("/", headers=bearer).status_code == 302
    assert app.test_client().get("/v1/days.csv", headers={"Authorization": "Bearer x"}).status_code == 401
    users.remove_user(database, "anna", "test", NOW)
    users.add_user(database, User("ben", "admin", ""), PASSWORD, "test", NOW)
    assert app.test_client().get("/v1/days.csv", headers=bearer).status_code == 401


@pytest.mark.usefixtures("anna")
def test_the_database_holds_no_secret(app: Flask, database: Engine) -> None:
    session, token = (users.give_pass(database, kind, "anna", NOW) for kind in ("session", "token"))
    with reading(database) as connection:
        kept = str(
            [connection.execute(text(f'SELECT * FROM "{table}"')).all() for table in ("person", "pass", "audit")]
        )
    for secret in (PASSWORD, session, token):
        assert secret not in kept


def test_users_are_made_and_removed_in_the_shell(database: Engine, tmp_path: Path) -> None:
    words = ["--data", str(tmp_path)]
    made = CliRunner().invoke(hq, ["user", "nina", "--region", "north", *words], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.output.endswith("nina was added.\n")
    assert users.by_password(database, "nina", PASSWORD) == User("nina", "reader", "north")
    again = CliRunner().invoke(hq, ["user", "nina", *words], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert again.output.endswith("Error: nina is a user already; nothing was changed\n")
    assert CliRunner().invoke(hq, ["user", "nina", "--remove", *words]).output == "nina was removed.\n"
    assert CliRunner().invoke(hq, ["token", "nina", *words]).exit_code == 1
    assert [what for _, _, what in users.trail(database)][::-1] != []


@pytest.mark.parametrize(
    ("user", "password"),
    [
        (User("Anna", "reader", ""), PASSWORD),
        (User("", "reader", ""), PASSWORD),
        (User("<b>", "reader", ""), PASSWORD),
        (User("anna", "owner", ""), PASSWORD),
        (User("anna", "reader", "North"), PASSWORD),
        (User("anna", "reader", ""), "short"),
        (User("anna", "reader", ""), "x" * 201),
    ],
)
def test_what_can_be_no_user_is_refused(database: Engine, user: User, password: str) -> None:
    with pytest.raises(ValueError, match=r"^(name|role|region|password): must"):
        users.add_user(database, user, password, "test", NOW)
    assert not users.any_user(database)
