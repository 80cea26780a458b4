"""The box's enrolment, against the real headquarters in a thread."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.config import Headquarters
from appliance.documents import signing
from appliance.nightly import enrolment
from appliance.nightly.enrolment import Invitation
from hq import enrolling, keys
from hq.app import create_app
from hq.database import open_database, reading, sqlite_url
from tests.serving import serving


@pytest.fixture
def headquarters(tmp_path):
    engine = open_database(sqlite_url(tmp_path / "hq.sqlite3"))
    with serving(create_app(engine)) as address:
        yield engine, address
    engine.dispose()


def known(engine):
    with reading(engine) as connection:
        return [key.text for key in keys.keys_of(connection, "corner")]


def test_a_box_enrols_with_its_code_and_changes_its_key(headquarters):
    engine, url = headquarters
    first, second = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    code = enrolling.invite(engine, "corner", datetime.now(UTC))
    for _ in range(2):
        enrolment.enrol(Headquarters(url), "corner", code, first)
    enrolment.change_key(Headquarters(url), "corner", first, second)
    assert known(engine) == [signing.public_key_text(key.public_key()) for key in (second, first)]


def test_a_wrong_code_is_one_line(headquarters):
    _, url = headquarters
    with pytest.raises(enrolment.EnrolmentError, match=r"^headquarters refused: code: is wrong, was used, or is older"):
        enrolment.enrol(Headquarters(url), "corner", "abcde-fghjk", Ed25519PrivateKey.generate())


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:99999", "https://127.0.0.1:1"])
def test_who_is_not_there_is_one_line(url):
    with pytest.raises(enrolment.EnrolmentError, match=r"^headquarters can't be reached: [^\n]+$"):
        enrolment.enrol(Headquarters(url), "corner", "abcde-fghjk", Ed25519PrivateKey.generate())


def test_a_link_is_read_as_it_was_written():
    for pin in ("", "0f" * 32):
        written = enrolling.link("https://hq.example/a", "corner", "abcdefghjk", pin)
        assert enrolment.read_link(f" {written}\n") == Invitation("https://hq.example/a", "corner", "abcdefghjk", pin)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://hq.example?store=a&code=b",
        "tallybox-enrol:",
        "tallybox-enrol:file:///etc/passwd?store=a&code=b",
        "tallybox-enrol:https://hq.example",
        "tallybox-enrol:https://hq.example?store=a",
        "tallybox-enrol:https://hq.example?store=a&store=b&code=c",
        "tallybox-enrol:https://hq.example?store=a&code=c&pin=sha256",
    ],
)
def test_what_is_no_link_is_refused(text):
    with pytest.raises(ValueError, match=r"^link: (its pin )?must"):
        enrolment.read_link(text)
