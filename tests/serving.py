"""A WSGI application served on a free port of this machine while a test runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import waitress


@contextmanager
def serving(app) -> Iterator[str]:
    """Serve; the value is the address."""
    server = waitress.create_server(app, host="127.0.0.1", port=0)

    def run() -> None:
        with suppress(OSError, ValueError):  # its loop may still look at the sockets that `close` closes
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(10)
