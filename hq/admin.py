"""What admins of all regions change on the pages: users, calendars, holidays. The audit trail has each change."""

from datetime import date
from secrets import token_urlsafe

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hq import calendar as calendars
from hq import history, users
from hq.database import HqError, reading
from hq.here import clock, engine
from hq.pages import show_page, yesterday
from hq.receiving import RefusalError
from hq.users import User

routes = Blueprint("admin", __name__)


def is_admin() -> bool:
    """Say whether who asks may change things."""
    user: User | None = g.get("user")
    return user is not None and user.role == "admin" and not user.region


def _admin() -> str:
    """Return the admin's name. Raises RefusalError for anybody else."""
    if not is_admin():
        raise RefusalError(403, "page", "only an admin of all regions may do that")
    return str(g.user.name)


@routes.get("/users")
def show_users() -> AnyResponse:
    """Who may look."""
    _admin()
    return _users("")


@routes.post("/users")
def add_user() -> AnyResponse:
    """Make a user; the first password is made here and shown once."""
    by, form, password = _admin(), request.form, token_urlsafe(12)
    user = User(form.get("name", "").strip(), form.get("role", "reader"), form.get("region", "").strip())
    try:
        users.add_user(engine(), user, password, by, clock())
    except (ValueError, HqError) as error:
        return _users(str(error), status=400)
    return _users("", made=user.name, password=password)


@routes.post("/users/remove")
def remove_user() -> AnyResponse:
    """Remove a user with all sessions and tokens; nobody removes oneself."""
    by, name = _admin(), request.form.get("name", "")
    if name == by:
        return _users("nobody removes oneself: another admin can", status=400)
    try:
        users.remove_user(engine(), name, by, clock())
    except HqError as error:
        return _users(str(error), status=404)
    return redirect(url_for("admin.show_users"))


@routes.post("/stores/<name>/calendar")
def change_calendar(name: str) -> AnyResponse:
    """Change when a store is expected to be open."""
    by, form = _admin(), request.form
    try:
        wanted = calendars.Calendar(
            form.get("region", "").strip().lower(),
            calendars.read_hours(form["hours"]) if form.get("hours", "").strip() else (),
            _day_of("opened"),
            _day_of("closed"),
        )
        if wanted != calendars.calendar_of(engine(), name):
            calendars.keep_calendar(engine(), name, wanted, by, clock())
    except HqError:
        raise RefusalError(404, "page", "there is no such store") from None
    except ValueError as error:
        raise RefusalError(400, "page", str(error)) from None
    return redirect(url_for("pages.show_store", name=name))


@routes.get("/holidays")
def show_holidays() -> AnyResponse:
    """The holidays to come."""
    _admin()
    return _holidays("")


@routes.post("/holidays")
def change_holidays() -> AnyResponse:
    """Add a holiday, or remove one."""
    by, form = _admin(), request.form
    try:
        day, region = _day_of("day"), form.get("region", "").strip().lower()
        if day is None:
            raise ValueError("day: must be a day such as 2026-12-25")
        if form.get("remove"):
            calendars.remove_holiday(engine(), day, region, by, clock())
        else:
            calendars.add_holiday(engine(), day, region, form.get("name", "").strip(), by, clock())
    except ValueError as error:
        return _holidays(str(error), status=400)
    return redirect(url_for("admin.show_holidays"))


def _users(problem: str, status: int = 200, **words: object) -> AnyResponse:
    page = show_page(
        "users.html", yesterday(), found=users.everybody(engine()), problem=problem, roles=users.ROLES, **words
    )
    page.status_code = status
    return page


def _holidays(problem: str, status: int = 200) -> AnyResponse:
    with reading(engine()) as connection:
        found, regions = calendars.holidays(connection, clock().date()), history.regions(connection)
    page = show_page("holidays.html", yesterday(), found=found, regions=regions, problem=problem)
    page.status_code = status
    return page


def _day_of(name: str) -> date | None:
    """Return the form's day, or None where it is left empty. Raises ValueError."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{name}: must be a day such as 2026-12-25") from None
