"""The traffic of the bench of the idle line: what runs inside its namespaces.

python -m scripts.bench.line_traffic serve | upload plain|paced BYTES | download plain|paced BYTES
"""

import contextlib
import hashlib
import socket
import struct
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from appliance.config import Headquarters
from appliance.nightly.connection import client
from appliance.nightly.paced import Announced, fetch, pieces
from appliance.nightly.pacer import Pacer
from appliance.nightly.probe import Probe
from scripts.bench.shop_line import HQ

PORT = 7000
URL = f"http://{HQ}:{PORT}"
TOLD, TIMEOUT = Headquarters(URL), httpx.Timeout(600)
# What a killed sender has not sent yet must not go on filling the line.
GONE_AT_ONCE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Handler(BaseHTTPRequestHandler):
    """Swallows uploads, gives downloads of any size, echoes probes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a probe, or give as many zeros as the path asks for."""
        size = 0 if self.path == "/v1/echo" else int(self.path.rsplit("/", 1)[1])
        self.send_response(204 if not size else 200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the bench ends a transfer when it has seen enough
            for _ in range(size // 65_536):
                self.wfile.write(bytes(65_536))

    def do_PUT(self) -> None:
        """Swallow a body."""
        left = int(self.headers["Content-Length"])
        with contextlib.suppress(ConnectionError):
            while left > 0 and (got := len(self.rfile.read1(min(left, 65_536)))):
                left -= got
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def upload(paced: bool, size: int) -> None:
    """Send zeros; print the seconds it took."""
    headers = {"Content-Length": str(size)}
    started = time.monotonic()
    if not paced:
        with httpx.Client(transport=httpx.HTTPTransport(socket_options=[GONE_AT_ONCE]), timeout=600) as http:
            http.put(f"{URL}/sink", content=bytes(size), headers=headers)
    else:
        pacer = Pacer()
        with client(TOLD, patience=TIMEOUT) as http, client(TOLD) as beside, Probe(beside, pacer):
            time.sleep(0.5)
            http.put("/sink", content=pieces(bytes(size), pacer), headers=headers)
    print(time.monotonic() - started)


def download(paced: bool, size: int) -> None:
    """Fetch zeros; print the seconds it took."""
    started = time.monotonic()
    if not paced:
        httpx.get(f"{URL}/zeros/{size}", timeout=600, trust_env=False)
    else:
        pacer = Pacer()
        digest = hashlib.sha256(bytes(size)).hexdigest()
        target = Path(tempfile.mkdtemp()) / "zeros"
        with client(TOLD, patience=TIMEOUT) as http, client(TOLD) as beside, Probe(beside, pacer):
            time.sleep(0.5)
            fetch(http, f"/zeros/{size}", target, Announced(size, digest), pacer)
    print(time.monotonic() - started)


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    if what == "serve":
        ThreadingHTTPServer((HQ, PORT), Handler).serve_forever()
    else:
        {"upload": upload, "download": download}[what](more[0] == "paced", int(more[1]))
