"""The live picture, fetched from the counter when it is asked for and stored nowhere."""

import threading

from flask import Blueprint, Response, abort

from appliance.storage.live import ask_picture
from web_ui.site import site, visit

AT_ONCE = 2  # waiting for pictures may not take all of the page's threads

routes = Blueprint("live", __name__)
_turns = threading.BoundedSemaphore(AT_ONCE)


@routes.get("/live/<camera>.jpg")
def picture(camera: str) -> Response:
    """Return a camera's newest picture, heads blurred; 404 for a camera that is not, 503 while there is none."""
    if camera not in {known.name for known in visit().settings.cameras}:
        abort(404)
    if not _turns.acquire(timeout=4):
        abort(503)
    try:
        jpeg = ask_picture(site().folder.live_socket, camera)
    finally:
        _turns.release()
    if not jpeg:
        abort(503)
    return Response(jpeg, mimetype="image/jpeg")
