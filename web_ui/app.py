"""The Flask application: one factory, strict headers, every failure in one line of the page's own hand."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from appliance import clock
from appliance.storage import Folder, StorageError
from web_ui import access, buttons, live, pages, words
from web_ui.site import Site, leave, site, visit

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(folder: Folder, host: str | None = None, now: Callable[[], float] = clock.now) -> Flask:
    """Return the owner's page of a data folder, guarded for the address it will listen on.

    `host` is the configured one unless told. Raises ConfigError where the configuration is wrong at the start.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=4096, MAX_FORM_MEMORY_SIZE=4096, SEND_FILE_MAX_AGE_DEFAULT=3600)
    app.extensions["tallybox"] = Site(folder, now)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(words.FILTERS)
    app.context_processor(_every_page)
    access.guard(app, folder, host or app.extensions["tallybox"].settings()[0].page.host)
    app.register_blueprint(pages.routes)
    app.register_blueprint(live.routes)
    app.register_blueprint(buttons.routes)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(sqlite3.Error, _storage_failed)
    app.register_error_handler(StorageError, _storage_failed)
    app.teardown_appcontext(leave)
    app.after_request(_strict)
    return app


def _every_page() -> dict[str, Any]:
    """Return what every template may name."""
    here = visit()
    return {
        "shop": here.settings.shop,
        "now": here.settings.shop.clock.local(here.now),
        "local": here.settings.shop.clock.local,
        "version": site().version,
        "config_problem": here.config_problem,
    }


def _http_error(error: HTTPException) -> Response:
    said = error.description if isinstance(error, pages.NotHere) else ""
    return make_response(render_template("message.html", code=error.code, said=said), error.code or 500)


def _storage_failed(error: Exception) -> Response:
    log.error("the page can't be made: %s", error)
    return make_response(render_template("message.html", code=503, said=""), 503)


def _strict(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
