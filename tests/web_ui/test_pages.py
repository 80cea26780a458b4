"""What the pages say, and that they always say something."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import web_ui
from appliance import config
from appliance.storage import Folder, open_for_writing
from appliance.storage.live import LiveServer
from tests.metrics.shop import at
from tests.web_ui.month import TOML, fill

Open = Callable[..., FlaskClient]
NOW = at("2026-11-24 17:36")
STATIC = Path(web_ui.__file__).parent / "static"

STATE = {
    "cameras": {
        "door": {"alive": True, "problem": "", "per_second": 9.8, "skipped": 3, "restarts": 1, "last": NOW - 1}
    },
    "problem": "",
    "net": "person 384x224",
    "since": NOW - 3600,
}


def text(client: FlaskClient, path: str = "/", status: int = 200) -> str:
    """The words of a page, without its markup."""
    answer = client.get(path)
    assert answer.status_code == status
    body = re.sub(r"(?s)<(svg|head).*?</\1>", " ", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def counter(folder: Folder) -> Iterator[Callable[..., None]]:
    """Answers on the socket in the counter's place; the real one needs a camera and a net."""
    servers = []

    def start(picture: bytes = b"\xff\xd8jpeg", **changes: object) -> None:
        state = json.dumps({**STATE, **changes}).encode()
        servers.append(LiveServer(folder.live_socket, lambda question: state if question == "state" else picture))

    yield start
    for server in servers:
        server.close()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action") and value:
                self.found.add(value)
            if name == "id" and value:
                assert value not in self.ids, f"{value} twice"
                self.ids.add(value)


def test_no_link_is_dead(month: Folder, open_page: Open) -> None:
    client, seen, todo = open_page(month), set[str](), {"/"}
    while todo:
        path = todo.pop()
        seen.add(path)
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            if answer.mimetype != "text/html":
                continue
            page = Links()
            page.feed(answer.text)
        for link in page.found:
            assert link.startswith("/"), f"{link}: leaves the box"
            there, _, anchor = link.partition("#")
            if anchor:
                target = Links()
                target.feed(client.get(there).text)
                assert anchor in target.ids
            if there not in seen:
                todo.add(there)
    assert {"/", "/days", "/box", "/meaning"} <= seen
    assert sum(path.startswith("/days/") for path in seen) == 28


@pytest.mark.parametrize("path", ["/", "/days", "/days/2026-11-23", "/box", "/meaning"])
def test_a_page_is_light_labelled_and_without_inline_style(month: Folder, open_page: Open, path: str) -> None:
    client = open_page(month)
    page = client.get(path).text
    own = len(page) + sum(file.stat().st_size for file in STATIC.iterdir())
    assert own < 60_000
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?! src=)", page)


def test_one_number_speaks_with_its_share_its_error_and_its_sentence(month: Folder, open_page: Open) -> None:
    words = text(open_page(month))
    assert "Came in today 158 93 % seen" in words.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Not audited yet : how exact this is in your shop is not known." in words
    assert "19 fewer than last Tuesday at this time, allowing for what was not seen; too close to tell." in words
    assert "not seen for 36 minutes (13:08 to 13:44)" in words
    assert "footfall/1" in words
    assert "±" not in words


def test_a_day_that_was_not_seen_is_a_dash_and_a_closed_day_is_closed(month: Folder, open_page: Open) -> None:
    rows = text(open_page(month), "/days").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Mon 16 Nov – – 0 %" in rows
    assert "Sun 22 Nov closed" in rows
    assert "Thu 12 Nov 105 104 50 %" in rows
    assert "0 0" not in rows.split("By day")[1].split("Together")[0]


@pytest.mark.parametrize(
    "day",
    ["2026-11-25", "2026-10-27", "2019-01-01", "9999-12-31", "0001-01-01", "20261124", "2026-02-30", "x", "2026-W48-2"],
)
def test_a_day_the_box_does_not_know_is_one_line(month: Folder, open_page: Open, day: str) -> None:
    words = text(open_page(month), f"/days/{day}", 404)
    assert words == "tallybox 404 The box knows no such day. To the page of today"


def test_a_page_that_is_not_there_is_one_line(month: Folder, open_page: Open) -> None:
    assert "There is no such page." in text(open_page(month), "/etc/passwd", 404)


def test_a_first_start_says_what_to_do_next(folder: Folder, open_page: Open) -> None:
    client = open_page(folder)
    words = text(client)
    assert "What to do next" in words
    assert str(folder.config) in words
    assert "Nothing was counted yet." in words
    for path in ("/days", "/box", "/meaning"):
        text(client, path)
    assert client.get("/healthz").json == {"ok": True, "version": "0.1.0"}


def test_the_lines_to_write_are_lines_that_work(folder: Folder, open_page: Open) -> None:
    client = open_page(folder)
    lines = re.search(r"(?s)<pre[^>]*><code>(.*?)</code></pre>", client.get("/").text)
    assert lines is not None
    folder.config.write_text(unescape(lines[1]), encoding="utf-8")
    assert [line.name for line in config.load(folder.config).cameras[0].lines] == ["entrance"]
    assert "Name the camera" not in text(client)


def test_the_lines_to_write_fit_into_a_file_that_has_begun(folder: Folder, open_page: Open) -> None:
    folder.config.write_text('[shop]\nname = "Anna\'s \\"corner\\""\n', encoding="utf-8")
    lines = re.search(r"(?s)<pre[^>]*><code>(.*?)</code></pre>", open_page(folder).get("/").text)
    assert lines is not None
    folder.config.write_text(folder.config.read_text(encoding="utf-8") + unescape(lines[1]), encoding="utf-8")
    assert config.load(folder.config).cameras[0].name == "door"


def test_a_camera_without_a_line_is_told_to_get_one(folder: Folder, open_page: Open) -> None:
    folder.config.write_text('[camera.back]\nsource = "usb:0"\n', encoding="utf-8")
    assert "Camera back has no line, so it counts nobody." in text(open_page(folder))


def test_a_counter_that_does_not_run_is_said_and_the_numbers_stand(month: Folder, open_page: Open) -> None:
    words = text(open_page(month))
    assert "The counter is not running." in words
    assert "158" in words


def test_a_camera_that_is_gone_is_said_with_what_to_look_at(
    folder: Folder, open_page: Open, counter: Callable[..., None]
) -> None:
    fill(folder.path, NOW, 1)
    gone = {"alive": False, "problem": "rtsp://owner:secret@192.168.1.20/stream1: no route", "per_second": 0.0}
    counter(cameras={"door": {**STATE["cameras"]["door"], **gone, "last": None}})  # type: ignore[index]
    words = text(open_page(folder))
    assert "Camera door gives no picture: rtsp://192.168.1.20/stream1: no route." in words
    assert "secret" not in words + text(open_page(folder), "/box")


def test_a_disk_that_refuses_is_said_first(folder: Folder, open_page: Open, counter: Callable[..., None]) -> None:
    folder.config.write_text(TOML, encoding="utf-8")
    counter(problem="the disk does not take what was counted: disk I/O error")
    assert "What to do next The disk refuses what was counted." in text(open_page(folder))


def test_with_all_well_the_box_page_says_so_and_shows_no_password(
    folder: Folder, open_page: Open, counter: Callable[..., None]
) -> None:
    folder.config.write_text(TOML, encoding="utf-8")
    counter()
    words = text(open_page(folder), "/box")
    assert "All is well" in words
    assert "rtsp://192.168.1.20/stream1" in words
    assert "secret" not in words
    assert "9.8 pictures/s" in words


def test_settings_that_are_wrong_are_shown_and_the_old_ones_hold(folder: Folder, open_page: Open) -> None:
    folder.config.write_text(TOML, encoding="utf-8")
    client = open_page(folder)
    assert "Corner shop" in text(client)
    folder.config.write_text(TOML.replace('zone = "Europe/Berlin"', 'zone = "Mars"'), encoding="utf-8")
    words = text(client)
    assert "The settings are wrong, and the old ones stay in force." in words
    assert "line 4: shop.zone must be" in words
    assert "Corner shop" in words


def test_a_database_that_is_none_is_said_and_the_page_stands(folder: Folder, open_page: Open) -> None:
    folder.database.write_bytes(b"not a database" * 100)
    client = open_page(folder)
    assert "What was counted can't be read." in text(client)
    health = client.get("/healthz").json
    assert health is not None
    assert health["ok"] is False


def test_names_from_the_settings_are_never_markup(folder: Folder, open_page: Open) -> None:
    folder.config.write_text("[shop]\nname = '<script>alert(1)</script>'\n", encoding="utf-8")
    page = open_page(folder).get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_was_sent_waits_or_was_refused_stands_on_the_box_page(folder: Folder, open_page: Open) -> None:
    folder.config.write_text(TOML + '[headquarters]\nurl = "https://key:word@hq.example"\n', encoding="utf-8")
    days = [
        ("2026-11-21", NOW - 3600, None, 0),
        ("2026-11-22", None, "503 later", 0),
        ("2026-11-23", None, "too old", 1),
    ]
    database = open_for_writing(folder.database)
    with closing(database.conn), database.conn:
        for day, acknowledged, answer, parked in days:
            database.conn.execute(
                "INSERT INTO store_day VALUES (?, 1, 'd', x'00', 's', ?, ?)", (day, NOW - 9000, acknowledged)
            )
            if acknowledged is None:
                database.conn.execute("INSERT INTO outbox VALUES (?, 1, 2, ?, ?, ?)", (day, NOW, answer, parked))
        database.conn.execute("INSERT INTO night_note VALUES (?, 'idle', 'line idle', 14000, 1)", (NOW - 3600,))
    words = text(open_page(folder), "/box")
    assert "https://hq.example: last acknowledged 24 Nov 16:36. 1 day waits. 1 refused." in words
    assert "2026-11-21 1 acknowledged 24 Nov 16:36" in words
    assert "2026-11-22 1 waits, tried 2 times: 503 later" in words
    assert "2026-11-23 1 refused: too old" in words
    assert "Headquarters refused 1 day." in words
    assert "24 Nov 16:36 line idle 1 day, 14.0 kB" in words
    assert "word@" not in words


def test_the_live_picture_is_handed_on_and_kept_nowhere(
    folder: Folder, open_page: Open, counter: Callable[..., None]
) -> None:
    folder.config.write_text(TOML, encoding="utf-8")
    counter(picture=b"\xff\xd8 a picture")
    client = open_page(folder)
    answer = client.get("/live/door.jpg?123")
    assert (answer.data, answer.mimetype) == (b"\xff\xd8 a picture", "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'src="/live/door.jpg"' in client.get("/").text


@pytest.mark.parametrize("camera", ["back", "door%0astate", "..%2fdoor", "door.jpg"])
def test_a_camera_that_is_not_set_up_has_no_picture(
    folder: Folder, open_page: Open, counter: Callable[..., None], camera: str
) -> None:
    folder.config.write_text(TOML, encoding="utf-8")
    counter()
    assert open_page(folder).get(f"/live/{camera}.jpg").status_code == 404


def test_a_picture_that_does_not_come_is_said_so(folder: Folder, open_page: Open, counter: Callable[..., None]) -> None:
    folder.config.write_text(TOML, encoding="utf-8")
    assert open_page(folder).get("/live/door.jpg").status_code == 503
    counter(picture=b"")
    assert open_page(folder).get("/live/door.jpg").status_code == 503


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/", "/days", "/box", "/live/door.jpg", "/healthz"])
def test_the_page_changes_nothing(month: Folder, open_page: Open, method: str, path: str) -> None:
    assert getattr(open_page(month), method)(path).status_code == 405
