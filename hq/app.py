"""The Flask application: what boxes call, one-line errors, strict headers. The rules are in receiving and enrolling."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from appliance.documents import MAX_BYTES, acknowledgement
from hq import access, admin, enrolling, pages, words
from hq.database import reading, why
from hq.here import clock, engine
from hq.ledger import count_refusal
from hq.openapi import document
from hq.receiving import RefusalError, Upload, receive, too_large
from hq.releases import meant_for
from hq.tables import store as store_table
from hq.watch import Watch

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

routes = Blueprint("hq", __name__)


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(database: Engine, now: Callable[[], datetime] = _now, releases: Path | None = None) -> Flask:
    """Return headquarters' application over a database that is up to date; `releases` is a folder to hand out."""
    app = Flask(__name__)
    app.config.update(ENGINE=database, NOW=now, RELEASES=releases and releases.absolute(), MAX_CONTENT_LENGTH=MAX_BYTES)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(routes)
    app.register_blueprint(pages.routes)
    app.register_blueprint(admin.routes)
    app.jinja_env.globals["is_admin"] = admin.is_admin
    access.guard(app)
    app.extensions["watch"] = Watch()
    app.register_error_handler(RefusalError, _refused)
    app.register_error_handler(SQLAlchemyError, _storage_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_strict)
    return app


@routes.put("/v1/stores/<store>/days/<day>/<revision>")
def put_store_day(store: str, day: str, revision: str) -> Response:
    """Take one store-day; answer with its acknowledgement only after the commit."""
    body = _body()
    said = request.headers
    upload = Upload(
        store, day, revision, body, said.get("Tallybox-Signature", ""), said.get("Content-Encoding", "").lower()
    )
    word, new = receive(engine(), upload, clock())
    answer = Response(acknowledgement.to_bytes(word), 201 if new else 200, mimetype="application/json")
    with suppress(SQLAlchemyError):  # committed it is; the version can be told tomorrow
        current_app.extensions["watch"].look(engine())
        if meant := meant_for(engine(), store):
            answer.headers["Tallybox-Release"] = meant
    return answer


@routes.post("/v1/enrol")
def post_enrolment() -> Response:
    """Take a box's key for the store whose one-time code it has."""
    new = enrolling.enrol(engine(), _body(), clock())
    return _line("enrolled", 201 if new else 200)


@routes.post("/v1/stores/<store>/key")
def post_key(store: str) -> Response:
    """Take a store's new key, signed by its old one."""
    new = enrolling.change_key(engine(), store, _body(), clock())
    return _line("the key was changed", 201 if new else 200)


@routes.get("/v1/openapi.json")
def openapi() -> Response:
    """What boxes and programs may call."""
    return Response(json.dumps(document(version("tallybox"))), mimetype="application/json")


@routes.get("/v1/releases/<name>")
def get_release(name: str) -> AnyResponse:
    """Hand out the signed release index or a bundle, whole or a part. What they are worth, the signature says."""
    folder = current_app.config["RELEASES"]
    if folder is None or not re.fullmatch(r"index|[a-z0-9][a-z0-9._-]{0,93}\.raucb", name):
        raise RefusalError(404, "release", "there is no such release")
    return send_from_directory(folder, name, mimetype="application/octet-stream", conditional=True, max_age=300)


@routes.get("/v1/echo")
def echo() -> Response:
    """Answer nothing, at once: a box measures the line by it while it sends."""
    return Response(status=204)


@routes.get("/healthz")
def healthz() -> Response:
    """Answer "ok" when the database can be read."""
    with reading(engine()) as connection:
        connection.execute(select(store_table.c.name).limit(1)).all()
    return _line("ok")


def _body() -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_large() from None


def _refused(refusal: RefusalError) -> Response:
    with suppress(SQLAlchemyError):  # a statistic must not stand in the answer's way
        count_refusal(engine(), refusal.reason, clock())
    return _line(str(refusal), refusal.status)


def _storage_failed(error: SQLAlchemyError) -> Response:
    current_app.logger.error("the database can't be used: %s", why(error))
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
