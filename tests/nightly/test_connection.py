"""Whom the box takes for headquarters, against real TLS servers with certificates of every kind."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from appliance.config import Headquarters
from appliance.nightly import enrolment
from appliance.nightly.connection import TrustError, client, pin_of
from appliance.nightly.small_socket import SEGMENT, open_socket
from tests import certificates


class Handler(BaseHTTPRequestHandler):
    heard = []  # noqa: RUF012 - set anew by each test

    def do_GET(self):
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """Return a function that starts an HTTPS server with a certificate, and its address."""
    servers = []
    Handler.heard = []

    def start(certificate):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None  # who hangs up in the handshake is no news
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(url, ca="", pin=""):
    with client(Headquarters(url, str(ca)), pin) as http:
        return http.get("/healthz").text


def test_a_named_certificate_is_believed(serve, tmp_path):
    server = certificates.make(tmp_path)
    assert ask(serve(server), ca=server.certificate) == "ok"


def test_a_pin_is_believed_without_any_authority(serve, tmp_path):
    server = certificates.make(tmp_path)
    assert ask(serve(server), pin=server.pin) == "ok"


def test_a_pinned_key_is_believed_on_the_wrong_date_and_under_another_name(serve, tmp_path):
    old = certificates.make(tmp_path, "old", days=-1)
    assert ask(serve(old), pin=old.pin) == "ok"
    moved = certificates.make(tmp_path, "moved", address="192.0.2.7")
    assert ask(serve(moved), pin=moved.pin) == "ok"


def test_a_renewed_certificate_of_the_same_key_keeps_its_pin(serve, tmp_path):
    first = certificates.make(tmp_path, "first")
    second = certificates.make(tmp_path, "second", key=first.key)
    assert first.certificate.read_bytes() != second.certificate.read_bytes()
    assert ask(serve(second), pin=first.pin) == "ok"


def refusals(folder):
    good, other = certificates.make(folder, "good"), certificates.make(folder, "other")
    old, moved = certificates.make(folder, "old", days=-1), certificates.make(folder, "moved", address="192.0.2.7")
    return {
        "nobody vouches for it": (good, {}, "certificate verify failed"),
        "another one is named": (good, {"ca": other.certificate}, "certificate verify failed"),
        "another key is pinned": (good, {"pin": other.pin}, "its key is "),
        "the pin is not softened by a certificate": (good, {"ca": good.certificate, "pin": other.pin}, "its key is"),
        "it has expired": (old, {"ca": old.certificate}, "certificate has expired"),
        "it is of another address": (moved, {"ca": moved.certificate}, "IP address mismatch"),
    }


def test_anybody_else_is_refused_before_a_word_is_said(serve, tmp_path):
    for rule, (certificate, trust, says) in refusals(tmp_path).items():
        url = serve(certificate)
        with pytest.raises(httpx.ConnectError) as refused:
            ask(url, **trust)
        assert says in str(refused.value), rule
        assert Handler.heard == [], rule


def test_the_environments_certificates_and_proxies_are_not_asked(serve, tmp_path, monkeypatch):
    server = certificates.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    url = serve(server)
    assert ask(url, pin=server.pin) == "ok"


def test_a_certificate_file_that_is_none_is_one_line(tmp_path):
    (tmp_path / "text.pem").write_text("no certificate")
    for name in ("none.pem", "text.pem"):
        with pytest.raises(TrustError, match=rf"{name}: the certificate can't be used: [^\n]+$"):
            client(Headquarters("https://127.0.0.1:9", str(tmp_path / name)))


def test_the_key_of_whoever_answers_can_be_looked_at(serve, tmp_path):
    server = certificates.make(tmp_path)
    assert enrolment.look_at_key(serve(server)) == server.pin == pin_of(server.certificate.read_bytes())
    with pytest.raises(enrolment.EnrolmentError, match="can't be reached"):
        enrolment.look_at_key("https://127.0.0.1:1")


def test_the_other_side_hears_of_small_segments_with_the_first_packet():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        opened = open_socket("127.0.0.1", server.getsockname()[1], 20)
        connection, _ = server.accept()
        with opened, connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) <= SEGMENT


def test_the_last_address_that_does_not_answer_is_the_reason(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (1, 2)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    with pytest.raises(ConnectionRefusedError):
        open_socket("hq.example", 443, 5)
