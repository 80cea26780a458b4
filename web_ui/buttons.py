"""The buttons of the page that do something: install the update that was fetched, and say that a camera hangs right.

They are pressed only by whoever may see the page, and only on the page itself: another site's form has another origin.
The image's updater, which has the rights to, installs, and the box restarts; the counter learns a camera's view anew.
"""

import logging
from time import sleep
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from appliance.clock import stopwatch
from appliance.storage import queries
from appliance.storage.live import confirm_hanging
from web_ui.site import site, visit

PATIENCE = 2.0  # seconds for a camera's next picture

log = logging.getLogger(__name__)

routes = Blueprint("buttons", __name__)


@routes.post("/update")
def ask() -> Response:
    """Ask for the update and go back to the box's page, which says that it was asked for."""
    _require_own_origin()
    site().folder.ask_for_update()
    log.info("an update was asked for at %s", request.remote_addr)
    return redirect("/box", 303)


@routes.post("/cameras/<name>/right")
def hangs_right(name: str) -> Response:
    """Take how a camera hangs now for right, and go back to the box's page; 404 for a camera that is not."""
    _require_own_origin()
    if name not in {camera.name for camera in visit().settings.cameras}:
        abort(404)
    if not confirm_hanging(site().folder.live_socket, name):
        abort(503)
    log.info("camera %s was said to hang right at %s", name, request.remote_addr)
    _wait_until_heard(name)
    return redirect("/box", 303)


def _require_own_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is None or urlsplit(origin).netloc.lower() != request.host.lower():
        abort(403)


def _wait_until_heard(name: str) -> None:
    """Wait for the camera's next picture, with which the counter forgets how it hung; not for long."""
    database = visit().database
    until = stopwatch() + PATIENCE
    while database and stopwatch() < until:
        known = queries.hangings(database).get(name)
        if known is None or known.state == "new":
            return
        sleep(0.1)
