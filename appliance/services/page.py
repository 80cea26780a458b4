"""The page service: the owner's page over HTTP. It only reads, so it can be ended at any moment."""

import logging
import os
import signal
import threading
import time
from http.client import HTTPConnection, HTTPException

import waitress  # type: ignore[import-untyped]

from appliance import config
from appliance.services import notify
from appliance.services.process import port_must_be_free
from appliance.storage import Folder
from web_ui import create_app
from web_ui.access import is_loopback

log = logging.getLogger(__name__)

LOOK_AT_ITSELF = 20.0  # seconds

_LIMITS = {
    "threads": 4,
    "connection_limit": 100,
    "channel_timeout": 30,
    "max_request_header_size": 16 * 1024,
    "max_request_body_size": 16 * 1024,
    "ident": None,
}


def run(folder: Folder, host: str | None = None, port: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT; the configured address unless told.

    Raises ConfigError for a wrong configuration, RuntimeError where somebody listens there already.
    """
    settings = config.load(folder.config)
    host, port = host or settings.page.host, port or settings.page.port
    port_must_be_free(host, port)
    server = waitress.create_server(create_app(folder, host), host=host, port=port, **_LIMITS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))  # nothing is half written here, and no picture is waited for
    log.info("the owner's page: http://%s:%d/", f"[{host}]" if ":" in host else host, port)
    if not is_loopback(host):
        log.info("it asks for the box's code: %s", folder.page_code())
    threading.Thread(target=_tell_while_it_answers, args=(host, port), name="watchdog", daemon=True).start()
    server.run()


def _tell_while_it_answers(host: str, port: int) -> None:
    """Tell the supervisor that the page lives as often as it really answers."""
    if "NOTIFY_SOCKET" not in os.environ:
        return
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    tell = notify.ready
    while True:
        try:
            connection = HTTPConnection(host, port, timeout=LOOK_AT_ITSELF)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                tell()
                tell = notify.alive
            connection.close()
        except (OSError, HTTPException) as error:
            log.debug("the page does not answer itself: %s", error)
        time.sleep(LOOK_AT_ITSELF if tell is notify.alive else 0.5)
