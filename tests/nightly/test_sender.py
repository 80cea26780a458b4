"""Only an acknowledgement that names the document counts. Headquarters is played by a small server of the test."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from appliance import config
from appliance.documents import Acknowledgement, acknowledgement
from appliance.nightly import outbox, send_waiting, sender
from appliance.storage import Folder, open_for_writing

DIGEST = "sha256:" + "a" * 64


def good(path):
    _, _, _, store, _, day, revision = path.split("/")
    return 201, acknowledgement.to_bytes(Acknowledgement(store, day, int(revision), DIGEST))


def of_another_day(path):
    return good(path.replace("2026-11-2", "2026-10-2"))


ANSWERS = {  # what headquarters says to every document -> (acknowledged, tried, parked) of three that wait
    "yes": (good, (3, 0, 0)),
    "a server's fault ends the try": (lambda path: (500, b"broken"), (0, 1, 0)),
    "busy ends the try": (lambda path: (503, b"later"), (0, 1, 0)),
    "not enrolled yet ends the try": (lambda path: (404, b"unknown store"), (0, 1, 0)),
    "a refused document is parked and the next goes on": (lambda path: (400, b"document: bad"), (0, 3, 3)),
    "a conflict is parked and the next goes on": (lambda path: (409, b"other bytes"), (0, 3, 3)),
    "too large is parked and the next goes on": (lambda path: (413, b"size"), (0, 3, 3)),
    "an acknowledgement of another day is none": (of_another_day, (0, 1, 0)),
    "an acknowledgement that is none": (lambda path: (200, b"<html>welcome to the hotel</html>"), (0, 1, 0)),
    "a redirect is not followed": (lambda path: (302, b""), (0, 1, 0)),
}


@pytest.fixture
def db(tmp_path):
    db = open_for_writing(Folder(tmp_path).make().database)
    for day in ("2026-11-21", "2026-11-22", "2026-11-23"):
        outbox.keep(db, outbox.Waiting(day, 1, DIGEST, b"{}", "signature"), 1.0)
    yield db
    db.conn.close()


@pytest.fixture
def headquarters():
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # the probe
                self.send_response(204)
                self.end_headers()

            def do_PUT(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                status, body = answer(self.path)
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return config.parse(f'[headquarters]\nurl = "http://127.0.0.1:{server.server_port}"\n')

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def states(db):
    acknowledged = db.execute("SELECT count(*) FROM store_day WHERE acknowledged_at IS NOT NULL").fetchone()[0]
    tried, parked = db.execute("SELECT count(*) FILTER (WHERE tries > 0), sum(parked) FROM outbox").fetchone()
    return acknowledged, tried, parked or 0


@pytest.mark.parametrize("rule", ANSWERS)
def test_an_answer_does_what_it_says(rule, db, headquarters):
    answer, expected = ANSWERS[rule]
    send_waiting(db, headquarters(answer))
    assert states(db) == expected


def test_where_nobody_listens_everything_waits(db):
    assert send_waiting(db, config.parse('[headquarters]\nurl = "http://127.0.0.1:9"\n')).documents == 0
    assert states(db) == (0, 1, 0)
    assert len(outbox.waiting(db)) == 3


def test_without_an_address_nothing_is_sent_and_nothing_is_lost(db):
    assert send_waiting(db, config.Settings()).documents == 0
    assert states(db) == (0, 0, 0)


def test_the_environments_proxy_is_not_asked(db, headquarters, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert send_waiting(db, headquarters(good)).documents == 3


def test_a_certificate_file_that_is_none_is_said_in_one_line(db, tmp_path):
    settings = config.parse(f'[headquarters]\nurl = "https://127.0.0.1:9"\nca = "{tmp_path}/none.pem"\n')
    with pytest.raises(RuntimeError, match=r"none\.pem: the certificate can't be used"):
        send_waiting(db, settings)


@pytest.mark.parametrize(("ahead", "kept"), [(0.0, 0.0), (1.0, 0.0), (-3600.0, 3600.0), (90.0, -90.0)])
def test_the_boxs_clock_is_compared_with_headquarters(db, headquarters, monkeypatch, ahead, kept):
    monkeypatch.setattr(sender, "now", lambda: time.time() + ahead)
    send_waiting(db, headquarters(good))
    assert db.execute("SELECT seconds FROM clock_offset").fetchone()[0] == pytest.approx(kept, abs=3)
