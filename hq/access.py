"""Who is let in: pages to users with a session, the API to tokens as well; boxes speak by signatures and pass.

Until the first user is made the pages are shown to this machine alone, asked directly: not through a proxy, not by
another name. Forms carry a token bound to the session; cookies are not sent along from other sites.
"""

import hashlib
import hmac
import threading
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hq import users
from hq.database import HqError
from hq.here import clock, engine
from hq.receiving import RefusalError
from hq.users import User

OPEN = frozenset(
    {
        "static",
        "hq.put_store_day",
        "hq.post_enrolment",
        "hq.post_key",
        "hq.echo",
        "hq.get_release",
        "hq.healthz",
        "hq.openapi",
    }
)
_DOORS = frozenset({"access.show_login", "access.login", "access.show_first", "access.make_first"})
_COOKIE = "hq"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

routes = Blueprint("access", __name__)


class Throttle:
    """Failures by name and by address in a window; too many wait for the next one. In memory, bounded."""

    window, by_one, by_all = 900, 10, 200

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn, self._failed = 0, dict[str, int]()

    def may_try(self, keys: tuple[str, ...], now: float) -> bool:
        """Count a try that fails until `succeeded` says otherwise; return False where there were too many."""
        with self._lock:
            turn = int(now // self.window)
            if turn != self._turn:
                self._turn, self._failed = turn, {}
            if sum(self._failed.values()) >= self.by_all * len(keys):
                return False
            if any(self._failed.get(key, 0) >= self.by_one for key in keys):
                return False
            for key in keys:
                self._failed[key] = self._failed.get(key, 0) + 1
            return True

    def succeeded(self, keys: tuple[str, ...]) -> None:
        """Forget the failures of those keys."""
        with self._lock:
            for key in keys:
                self._failed.pop(key, None)


def guard(app: Flask) -> None:
    """Ask of every request who it is."""
    app.extensions["throttle"] = Throttle()
    app.register_blueprint(routes)
    app.before_request(_who)
    app.jinja_env.globals["csrf"] = csrf


def csrf() -> str:
    """Return the token that this session's forms carry."""
    return hmac.new(request.cookies.get(_COOKIE, "").encode(), b"csrf", hashlib.sha256).hexdigest()


def _who() -> AnyResponse | None:
    if request.endpoint is None or request.endpoint in OPEN or request.endpoint in _DOORS:
        return None
    user = _user()
    if user is None and not (_directly() and not users.any_user(engine())):
        if request.path.startswith("/v1/"):
            raise RefusalError(401, "token", "Authorization: must be Bearer and a token")
        return redirect(url_for("access.show_login"))
    g.user, g.region = user, user.region if user else ""
    if request.method not in ("GET", "HEAD") and not hmac.compare_digest(csrf(), request.form.get("csrf", "")):
        raise RefusalError(403, "csrf", "the form is not of this session: load the page again")
    return None


def _user() -> User | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer" and request.path.startswith("/v1/"):
        return users.by_pass(engine(), "token", token, clock())
    cookie = request.cookies.get(_COOKIE)
    return users.by_pass(engine(), "session", cookie, clock()) if cookie else None


def _caller() -> str:
    """Return the address that asks: what the proxy on this machine saw, or who asks without one."""
    forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return forwarded[:45] if forwarded and _is_near(request.remote_addr) else str(request.remote_addr)


def _is_near(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def _directly() -> bool:
    """Say whether this machine itself asks, and no proxy for somebody else (old proxies speak HTTP/1.0)."""
    named = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    forwarded = any(name in request.headers for name in _FORWARDED)
    modern = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
    return _is_near(request.remote_addr) and modern and not forwarded and named in _LOOPBACK_NAMES


@routes.get("/login")
def show_login() -> str:
    """Ask for name and password."""
    return render_template("login.html", problem="")


@routes.post("/login")
def login() -> AnyResponse:
    """Begin a session."""
    _same_site()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    throttle: Throttle = request_throttle()
    keys = (f"name {name[:40]}", f"address {_caller()}")
    if not throttle.may_try(keys, clock().timestamp()):
        return Response(render_template("login.html", problem="Too many tries: wait a quarter of an hour."), 429)
    user = users.by_password(engine(), name, password)
    if user is None:
        return Response(render_template("login.html", problem="The name or the password is wrong."), 401)
    throttle.succeeded(keys)
    return _begin(user.name)


@routes.post("/logout")
def logout() -> AnyResponse:
    """End the session."""
    users.take_back(engine(), request.cookies.get(_COOKIE, ""))
    answer = redirect(url_for("access.show_login"))
    answer.delete_cookie(_COOKIE)
    return answer


@routes.get("/first/<secret>")
def show_first(secret: str) -> str:
    """Ask for the first user's name and password."""
    _require_first(secret)
    return render_template("first.html", secret=secret, problem="")


@routes.post("/first/<secret>")
def make_first(secret: str) -> AnyResponse:
    """Make the first user, an admin, and begin a session."""
    _same_site()
    _require_first(secret)
    user = User(request.form.get("name", ""), "admin", "")
    try:
        users.add_user(engine(), user, request.form.get("password", ""), "first start", clock())
    except (ValueError, HqError) as error:
        return Response(render_template("first.html", secret=secret, problem=str(error)), 400)
    users.take_back(engine(), secret)
    return _begin(user.name)


def request_throttle() -> Throttle:
    """Return the application's throttle."""
    throttle: Throttle = current_app.extensions["throttle"]
    return throttle


def _begin(name: str) -> AnyResponse:
    secret = users.give_pass(engine(), "session", name, clock())
    answer = redirect(url_for("pages.show_chain"))
    life = int(users.LIVES["session"].total_seconds())
    secure = request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"
    answer.set_cookie(_COOKIE, secret, max_age=life, httponly=True, samesite="Strict", secure=secure)
    return answer


def _same_site() -> None:
    """Refuse a form that another site sent: before there is a session, nothing else binds it."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise RefusalError(403, "csrf", "the form is of another site")


def _require_first(secret: str) -> None:
    if users.any_user(engine()) or not users.is_first(engine(), secret, clock()):
        raise RefusalError(
            404, "first", "the link was used or is older than a week: tallybox hq serve prints a new one"
        )
