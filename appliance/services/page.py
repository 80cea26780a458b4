"""The page service: the owner's page over HTTP. It only reads, so it can be ended at any moment."""

import logging
import os
import signal

import waitress  # type: ignore[import-untyped]

from appliance import config
from appliance.services.process import port_must_be_free
from appliance.storage import Folder
from web_ui import create_app
from web_ui.access import is_loopback

log = logging.getLogger(__name__)

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
    server.run()
