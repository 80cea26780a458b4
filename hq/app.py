"""The Flask application: routes, one-line errors, strict headers. The rules are in receiving, the numbers in chain."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, g, render_template, request
from sqlite_utils import Database
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from appliance.documents import MAX_BYTES, acknowledgement
from hq import words
from hq.chain import chain_day
from hq.database import connect, prepare
from hq.ledger import count_refusal
from hq.receiving import RefusalError, Upload, in_reach, receive, too_large

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

routes = Blueprint("hq", __name__)


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(database: Path, now: Callable[[], datetime] = _now) -> Flask:
    """Return headquarters' application over the database file, which is made where it is missing. Raises HqError."""
    prepare(database)
    app = Flask(__name__)
    app.config.update(DATABASE=database, NOW=now, MAX_CONTENT_LENGTH=MAX_BYTES)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(routes)
    app.register_error_handler(RefusalError, _refused)
    app.register_error_handler(sqlite3.Error, _storage_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.teardown_appcontext(_close)
    app.after_request(_strict)
    return app


@routes.put("/v1/stores/<store>/days/<day>/<revision>")
def put_store_day(store: str, day: str, revision: str) -> Response:
    """Take one store-day; answer with its acknowledgement only after the commit."""
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_large() from None
    upload = Upload(store, day, revision, body, request.headers.get("Tallybox-Signature", ""))
    word, new = receive(_tables(), upload, _clock())
    return Response(acknowledgement.to_bytes(word), 201 if new else 200, mimetype="application/json")


@routes.get("/")
def show_chain() -> Response:
    """The chain's day: yesterday, or ?day=YYYY-MM-DD."""
    yesterday = _clock().date() - timedelta(days=1)
    day = _asked_day(request.args.get("day"), yesterday)
    step = timedelta(days=1)
    around = {"before": day - step, "after": day + step}
    links = {name: other for name, other in around.items() if in_reach(other, _clock())}
    page = render_template("chain.html", chain=chain_day(_tables(), day), yesterday=yesterday, **links)
    return Response(page, headers={"Cache-Control": "no-store"})


@routes.get("/v1/echo")
def echo() -> Response:
    """Answer nothing, at once: a box measures the line by it while it sends."""
    return Response(status=204)


@routes.get("/healthz")
def healthz() -> Response:
    """Answer "ok" when the database can be read."""
    _tables().execute("SELECT count(*) FROM store").fetchone()
    return _line("ok")


def _asked_day(text: str | None, otherwise: date) -> date:
    if text is None:
        return otherwise
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        day = date.min
    if not in_reach(day, _clock()):
        raise RefusalError(400, "page", "day: must be a day such as 2026-11-24, from 2020 to tomorrow")
    return day


def _clock() -> datetime:
    now: datetime = current_app.config["NOW"]()
    return now


def _tables() -> Database:
    """Return this request's own connection; it is closed with the request."""
    if "tables" not in g:
        g.tables = connect(current_app.config["DATABASE"])
    tables: Database = g.tables
    return tables


def _close(_: BaseException | None) -> None:
    if "tables" in g:
        g.pop("tables").conn.close()


def _refused(refusal: RefusalError) -> Response:
    with suppress(sqlite3.Error):  # a statistic must not stand in the answer's way
        count_refusal(_tables(), refusal.reason, _clock())
    return _line(str(refusal), refusal.status)


def _storage_failed(error: sqlite3.Error) -> Response:
    current_app.logger.error("the database can't be used: %s", error)
    response = _line("the database can't be used just now: send it again later", 503)
    response.headers["Retry-After"] = "300"
    return response


def _http_error(error: HTTPException) -> Response:
    return _line(f"{error.code} {error.name}", error.code or 500)


def _line(text: str, status: int = 200) -> Response:
    return Response(text + "\n", status, mimetype="text/plain")


def _strict(response: Response) -> Response:
    response.headers.extend(HEADERS)
    return response
