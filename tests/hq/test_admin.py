"""What admins change on the pages, who may not, and that the audit trail has it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from hq import users
from hq.calendar import Calendar, calendar_of, holidays
from hq.database import reading
from hq.users import User
from tests.hq.chain_of_shops import NOW, Shop

PASSWORD = "correct horse battery"
CHANGES = {
    "/users": {"name": "ben", "role": "reader", "region": ""},
    "/users/remove": {"name": "anna"},
    "/stores/corner-shop/calendar": {"region": "north", "hours": "", "opened": "", "closed": ""},
    "/holidays": {"day": "2026-12-25", "region": "", "name": "Christmas"},
}


class Session:
    """A user's browser: it sends the form's token along."""

    def __init__(self, app: Flask, database: Engine, user: User) -> None:
        if not users.known(database, user.name):
            users.add_user(database, user, PASSWORD, "test", NOW)
        self.client: FlaskClient = app.test_client()
        assert self.client.post("/login", data={"name": user.name, "password": PASSWORD}).status_code == 302
        self.csrf = re.findall(r'name="csrf" value="([0-9a-f]{64})"', self.client.get("/").text)[0]

    def post(self, path: str, **form: str) -> tuple[int, str]:
        answer = self.client.post(path, data={**form, "csrf": self.csrf})
        return answer.status_code, answer.text


@pytest.fixture
def anna(app: Flask, database: Engine) -> Session:
    Shop().enrol(database)
    return Session(app, database, User("anna", "admin", ""))


@pytest.mark.parametrize("user", [User("rita", "reader", ""), User("nora", "admin", "north")])
@pytest.mark.parametrize("path", CHANGES)
def test_nobody_but_an_admin_of_all_regions_changes_anything(
    app: Flask, database: Engine, anna: Session, user: User, path: str
) -> None:
    before = users.trail(database)
    session = Session(app, database, user)
    assert session.post(path, **CHANGES[path])[0] == 403
    assert len(users.trail(database)) == len(before) + 1  # that the user was made
    for page in ("/users", "/holidays"):
        assert session.client.get(page).status_code == 403
    assert "/users" not in session.client.get("/").text


@pytest.mark.parametrize("path", CHANGES)
def test_before_the_first_user_and_without_the_forms_token_nothing_is_changed(
    app: Flask, database: Engine, path: str
) -> None:
    Shop().enrol(database)
    assert app.test_client().post(path, data=CHANGES[path]).status_code == 403
    anna = Session(app, database, User("anna", "admin", ""))
    assert anna.client.post(path, data=CHANGES[path]).status_code == 403
    assert [what for _, _, what in users.trail(database)] == ["added admin anna"]


def test_a_user_is_added_with_a_password_shown_once_and_removed(app: Flask, database: Engine, anna: Session) -> None:
    status, page = anna.post("/users", name="ben", role="reader", region="north")
    found = re.search(r"shown this once: <code>([^<]+)</code>", page)
    assert (status, found is not None) == (200, True)
    assert found is not None
    assert users.by_password(database, "ben", found[1]) == User("ben", "reader", "north")
    assert found[1] not in anna.client.get("/users").text
    assert anna.post("/users", name="ben", role="reader", region="")[0] == 400
    assert anna.post("/users", name="<b>", role="reader", region="")[0] == 400
    assert anna.post("/users", name="carl", role="owner", region="")[0] == 400
    assert anna.post("/users/remove", name="ben")[0] == 302
    assert anna.post("/users/remove", name="ben")[0] == 404
    assert anna.post("/users/remove", name="anna")[0] == 400
    assert [user.name for user in users.everybody(database)] == ["anna"]
    assert {(by, what) for _, by, what in users.trail(database)} >= {
        ("anna", "added reader ben of north"),
        ("anna", "removed ben"),
    }


def test_a_stores_calendar_is_changed_on_its_page(database: Engine, anna: Session) -> None:
    path = "/stores/corner-shop/calendar"
    form = {"region": "North", "hours": "mon-fri 09:00-20:00", "opened": "2026-01-02", "closed": ""}
    assert anna.post(path, **form)[0] == 302
    hours = ("09:00-20:00",) * 5 + (None, None)
    told = calendar_of(database, "corner-shop")
    assert (told.region, told.hours, str(told.opened), told.closed) == ("north", hours, "2026-01-02", None)
    page = anna.client.get("/stores/corner-shop").text
    assert 'value="mon-fri 09:00-20:00"' in page
    trail = {what for _, by, what in users.trail(database) if by == "anna"}
    assert trail == {"calendar of corner-shop: region north, hours mon-fri 09:00-20:00, opened 2026-01-02, closed -"}
    anna.post(path, **form)
    assert len(users.trail(database)) == 2  # what is the same is no change
    for wrong in ({"hours": "always"}, {"opened": "soon"}, {"region": "<b>"}, {"closed": "2025-01-01"}):
        assert anna.post(path, **{**form, **wrong})[0] == 400, wrong
    assert anna.post("/stores/none/calendar", **form)[0] == 404
    assert anna.post(path, region="", hours="", opened="", closed="")[0] == 302
    assert calendar_of(database, "corner-shop") == Calendar("", (), None, None)


def test_a_holiday_is_added_and_removed(database: Engine, anna: Session) -> None:
    assert anna.post("/holidays", day="2026-12-25", region="", name="Christmas")[0] == 302
    assert "Friday 25 December 2026" in anna.client.get("/holidays").text
    with reading(database) as connection:
        assert [name for _, _, name in holidays(connection, NOW.date())] == ["Christmas"]
    assert anna.post("/holidays", day="2026-12-25", region="", remove="1")[0] == 302
    assert "None." in anna.client.get("/holidays").text
    for wrong in (
        {"day": ""},
        {"day": "x"},
        {"day": "2026-12-25", "region": "<b>"},
        {"day": "2026-12-25", "name": "x" * 81},
    ):
        assert anna.post("/holidays", **wrong)[0] == 400, wrong
    assert {what for _, by, what in users.trail(database) if by == "anna"} == {
        "2026-12-25 is no holiday",
        "2026-12-25 is a holiday",
    }
