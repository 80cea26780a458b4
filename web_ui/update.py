"""The one button of the page that does something: install the update that was fetched.

It is asked for only by whoever may see the page, and only from the page itself: another site's form has another origin.
The image's updater, which has the rights to, does the rest, and the box restarts.
"""

import logging
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from web_ui.site import site

log = logging.getLogger(__name__)

routes = Blueprint("update", __name__)


@routes.post("/update")
def ask() -> Response:
    """Ask for the update and go back to the box's page, which says that it was asked for."""
    origin = request.headers.get("Origin")
    if origin is None or urlsplit(origin).netloc.lower() != request.host.lower():
        abort(403)
    site().folder.ask_for_update()
    log.info("an update was asked for at %s", request.remote_addr)
    return redirect("/box", 303)
