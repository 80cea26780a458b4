"""Serves headquarters over HTTP with waitress, with small limits; TLS is a proxy's in front of it."""

import socket
from collections.abc import Callable
from pathlib import Path

import waitress  # type: ignore[import-untyped]
from sqlalchemy import Engine

from appliance.documents import MAX_BYTES
from hq.app import create_app
from hq.database import HqError

_LIMITS = {
    "threads": 8,
    "connection_limit": 200,
    "channel_timeout": 30,
    "max_request_header_size": 8 * 1024,
    "max_request_body_size": 4 * MAX_BYTES,  # the application's own limit is lower and counts its refusals
    "ident": None,
    "clear_untrusted_proxy_headers": False,  # access.py itself asks whether a proxy of this machine said so
}


def serve(
    engine: Engine,
    host: str,
    port: int,
    ready: Callable[[str], None] = lambda address: None,
    releases: Path | None = None,
) -> None:
    """Serve until stopped; call `ready` with the address once it listens (port 0 takes a free one). Raises HqError."""
    app = create_app(engine, releases=releases)
    with _listening(host, port) as listener:
        server = waitress.create_server(app, sockets=[listener], **_LIMITS)
        ready(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/")
        try:
            server.run()
        finally:
            server.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # CPython adds the address to strerror of what create_server raises; the first half is the reason.
        raise HqError(f"can't listen on {host}:{port}: {(error.strerror or str(error)).split(' (')[0]}") from None
