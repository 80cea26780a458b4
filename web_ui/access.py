"""Who may see the page.

On loopback everybody who is at the box; the Host header must then be a loopback name, or a web site could point its own
name at the box (DNS rebinding). On any other address the box's code is asked for before anything is shown.
"""

import hashlib
import hmac
import logging
from datetime import timedelta
from ipaddress import ip_address
from math import ceil
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.wrappers import Response as AnyResponse

from appliance.storage import Folder
from web_ui.site import Site, site
from web_ui.throttle import Throttle

log = logging.getLogger(__name__)

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN = frozenset({"static", "access.healthz", "access.login", "access.ask"})

routes = Blueprint("access", __name__)


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on is reached from the box alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def guard(app: Flask, folder: Folder, host: str) -> None:
    """Put the right guard before every request of the application that will listen on `host`."""
    app.register_blueprint(routes)
    if is_loopback(host):
        names = LOOPBACK_NAMES | {host.lower()}
        app.before_request(lambda: None if host_name(request.host) in names else abort(421))
        return
    app.config.update(
        SECRET_KEY=folder.session_key(),
        SESSION_COOKIE_NAME="tallybox",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(days=90),
        THROTTLE=Throttle(),
    )
    app.before_request(_need_code)


def host_name(header: str) -> str:
    """Return the name in a Host header, without port and brackets."""
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    return name.lower().removesuffix(".")


@routes.get("/healthz")
def healthz() -> dict[str, object]:
    """Say that the page answers, and its version; no number of the shop."""
    return {"ok": site().readable(), "version": site().version}


@routes.get("/login")
def ask() -> AnyResponse:
    """Show the form, or the page to whoever is in already."""
    if "THROTTLE" not in current_app.config or _is_in(site()):
        return redirect("/")
    return _form()


@routes.post("/login")
def login() -> AnyResponse:
    """Take the code. Constant time, and slower with every failure."""
    throttle: Throttle | None = current_app.config.get("THROTTLE")
    if throttle is None:
        return redirect("/", 303)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        abort(403)
    address = request.remote_addr or ""
    if wait := throttle.may_try(address, site().now()):
        response = _form(status=429, wait=ceil(wait))
        response.headers["Retry-After"] = str(ceil(wait))
        return response
    typed = "".join(request.form.get("code", "")[:100].split()).replace("-", "").lower()
    if not hmac.compare_digest(typed.encode(), site().folder.page_code().encode()):
        log.warning("a wrong code was typed at %s", address)
        return _form(status=401, wrong=True)
    throttle.succeeded(address)
    session.clear()
    session["code"] = _token(site())
    session.permanent = True
    return redirect("/", 303)


def _need_code() -> Response | None:
    return None if request.endpoint in OPEN or _is_in(site()) else _form(status=401)


def _is_in(of: Site) -> bool:
    held = session.get("code")
    return isinstance(held, str) and hmac.compare_digest(held.encode(), _token(of).encode())


def _token(of: Site) -> str:
    """Return what a session holds: bound to the code, so that a new code ends all sessions."""
    return hashlib.sha256(b"tallybox page " + of.folder.page_code().encode()).hexdigest()[:32]


def _form(status: int = 200, wrong: bool = False, wait: int = 0) -> Response:
    response = make_response(render_template("login.html", wrong=wrong, wait=wait), status)
    response.headers["Referrer-Policy"] = "same-origin"  # no-referrer would make the form's Origin "null"
    return response
