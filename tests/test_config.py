"""Every error names the key and the line; every key changes something."""

import re
from dataclasses import fields, replace

import pytest

from appliance import config_reference
from appliance.config import Camera, ConfigError, Headquarters, Line, Net, Page, Shop, Visitors, load, parse, scrub

CAMERA = '[camera.door]\nsource = "rtsp://10.0.0.2/a"\n'
LINE = CAMERA + "[camera.door.line.entrance]\nstart = [0.1, 0.5]\nend = [0.9, 0.5]\n"

WRONG = {
    "an unknown table": ("[shp]\n", r"line 1: shp is not a setting"),
    "an unknown key": ('\n[shop]\nzne = "UTC"\n', r"line 3: shop\.zne is not a setting; known here: id, name, zone"),
    "a zone that is none": ('[shop]\nzone = "Mars/Base"\n', r"line 2: shop\.zone must be an IANA time zone"),
    "a zone that is a path": ('[shop]\nzone = "../etc/passwd"\n', r"line 2: shop\.zone must be an IANA time zone"),
    "hours that are none": ('[shop]\nhours.mon = "9-17"\n', r"line 2: shop\.hours\.mon must be \"HH:MM-HH:MM\""),
    "a day that is none": ('[shop.hours]\nmonday = "closed"\n', r"line 2: shop\.hours\.monday is not a day"),
    "a camera without a source": ("[camera.door]\nrate = 5\n", r"line 1: camera\.door needs source"),
    "a camera's bad name": ('[camera."front door"]\nsource = "x"\n', r"a name must be 1 to 40 of a-z, 0-9 and -"),
    "a rate of none": (CAMERA + "rate = 0\n", r"line 3: camera\.door\.rate must be a number from 1 to 30"),
    "a rate that is text": (CAMERA + 'rate = "fast"\n', r"line 3: camera\.door\.rate must be a number"),
    "a line outside the picture": (LINE + "inside = [0.5, 1.2]\n", r"line 6: .*inside must be a point \[x, y\]"),
    "a line of no length": (
        LINE.replace("0.9", "0.1") + "inside = [0.5, 0.9]\n",
        r"line 3: camera\.door\.line\.entrance has no length",
    ),
    "an inner point on the line": (LINE + "inside = [0.5, 0.5]\n", r"line 3: .* has its inside point on the line"),
    "a line without an inner point": (LINE, r"line 3: camera\.door\.line\.entrance needs inside"),
    "a size that the net can't have": ('[net]\nsize = "400x224"\n', r"line 2: net\.size must be .auto., or WIDTH"),
    "a port that is none": ("[page]\nport = 70000\n", r"line 2: page\.port must be a number from 1 to 65535"),
    "an address that is none": ('[headquarters]\nurl = "ftp://hq"\n', r"line 2: headquarters\.url must be"),
    "true where a number must be": ("[page]\nport = true\n", r"page\.port must be a number"),
    "a table where a value must be": ("[page.port]\n", r"page\.port must be a number"),
    "a value where a table must be": ("camera = 3\n", r"line 1: camera must be a table"),
    "no TOML at all": ("shop:\n  name: x\n", r"^tallybox\.toml: "),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_one_line_that_names_key_and_line(mistake):
    text, message = WRONG[mistake]
    with pytest.raises(ConfigError, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_means_the_defaults(tmp_path):
    assert load(tmp_path / "tallybox.toml").cameras == ()


def test_a_file_that_is_no_text_is_said_in_one_line(tmp_path):
    (tmp_path / "tallybox.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "tallybox.toml")


def test_the_example_is_a_good_file_and_shows_the_defaults():
    settings = parse(config_reference.example())
    assert settings.cameras[0].lines[0].name == "entrance"
    uncommented = re.sub(r"(?m)^# (\w+ = )", r"\1", config_reference.example())
    assert parse(uncommented) == settings


def test_the_reference_names_every_key_there_is():
    described = {(table, key) for table, key, _, _ in config_reference.described_keys()}
    for table, cls in config_reference.TABLES:
        for field in fields(cls):
            if "check" in field.metadata:
                assert (table, field.name) in described
    assert {cls for _, cls in config_reference.TABLES} == {Shop, Camera, Line, Net, Visitors, Page, Headquarters}


def test_a_shop_that_closes_after_midnight_and_one_closed_on_sunday():
    shop = parse('[shop.hours]\nfri = "18:00-02:00"\nsun = "closed"\n').shop
    assert shop.hours[6] is None
    assert [f"{t:%H:%M}" for t in shop.hours[4]] == ["18:00", "02:00"]


def test_the_fingerprint_changes_with_what_decides_the_numbers_and_with_nothing_else():
    settings = parse(LINE + "inside = [0.5, 0.9]\n")
    camera = settings.cameras[0]
    moved = replace(camera, lines=(replace(camera.lines[0], end=(0.8, 0.5)),))
    assert replace(settings, cameras=(moved,)).fingerprint() != settings.fingerprint()
    assert replace(settings, net=Net(size=(448, 256))).fingerprint() != settings.fingerprint()
    other_password = replace(camera, source="rtsp://new:password@10.0.0.2/a")
    assert replace(settings, cameras=(other_password,)).fingerprint() == settings.fingerprint()
    assert replace(settings, page=Page(port=81)).fingerprint() == settings.fingerprint()


SHOWN = {
    "rtsp://admin:secret@10.0.0.2:554/a": "rtsp://10.0.0.2:554/a",
    "rtsp://admin:se@cret@10.0.0.2/a": "rtsp://10.0.0.2/a",
    "rtsp://admin:sec/ret@10.0.0.2/a": "rtsp://10.0.0.2/a",
    "rtsp://admin:se@c/ret@10.0.0.2/a": "rtsp://10.0.0.2/a",
    "rtsp://admin:12/34@10.0.0.2/a": "rtsp://10.0.0.2/a",
    "http://10.0.0.2:8080/now@noon.jpg": "http://10.0.0.2:8080/now@noon.jpg",
    "rtsp://[fe80::1]:554/a": "rtsp://[fe80::1]:554/a",
    "rtsp://a:b@10.0.0.2/a and http://c:d@10.0.0.3/b fail": "rtsp://10.0.0.2/a and http://10.0.0.3/b fail",
    "/data/clip.mp4": "/data/clip.mp4",
}


@pytest.mark.parametrize("address", SHOWN)
def test_an_address_is_shown_without_its_password(address):
    assert scrub(address) == SHOWN[address]
