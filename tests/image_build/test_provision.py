"""Files from the card are somebody's text: taken when right, told in one line when wrong, and never more than that."""

import importlib.util
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_build.settings import HERE


def load(name):
    """Import a program of the image's layers, which is no module of a package."""
    path = HERE / f"layers/common/usr/lib/tallybox/{name}.py"
    spec = importlib.util.spec_from_file_location(f"layer_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


provision, peers = load("provision"), load("peers")


@pytest.fixture
def places(tmp_path):
    for name in ("card", "data", "network"):
        (tmp_path / name).mkdir()
    return provision.Places(tmp_path / "card", tmp_path / "data", tmp_path / "network", tmp_path / "hostname")


def profiles(places):
    return {path.name: path.read_text() for path in (places.network / "connections").glob("*")}


def test_a_configuration_is_taken_and_is_gone_from_the_card(places):
    (places.card / "tallybox.toml").write_bytes(b'\xef\xbb\xbf[shop]\r\nname = "Caf\xc3\xa9"\r\n')
    assert provision.take(places) == []
    assert "Café" in (places.data / "tallybox.toml").read_text()
    assert (places.data / "tallybox.toml").stat().st_mode & 0o077 == 0
    assert list(places.card.iterdir()) == []


WRONG = {
    "a setting that is none": ("tallybox.toml", "[shop]\ncolour = 1\n", "shop.colour is not a setting"),
    "no TOML": ("tallybox.toml", "shop:\n", "tallybox.toml: "),
    "no text": ("tallybox.toml", b"\xff\xfe\x00", "not UTF-8 text"),
    "too large": ("tallybox.toml", b"#" * 70_000, "larger than 64 KB"),
    "a short password": ("wifi.toml", 'ssid = "x"\npassword = "1234567"\n', "8 to 63"),
    "a password with a line break": ("wifi.toml", 'ssid = "x"\npassword = "12345678\\n[ipv4]"\n', "8 to 63"),
    "no ssid": ("wifi.toml", 'password = "12345678"\n', "without ssid"),
    "an ssid that is a number": ("wifi.toml", "ssid = 5\n", "1 to 32 bytes"),
    "an ssid that is too long": ("wifi.toml", f'ssid = "{"é" * 17}"\n', "1 to 32 bytes"),
    "a country that is none": ("wifi.toml", 'ssid = "x"\ncountry = "Germany"\n', "two letters"),
    "a key that is none": ("wifi.toml", 'name = "x"\n', "name is not a setting"),
    "a host name with a blank": ("wifi.toml", 'hostname = "my box"\n', "hostname must be"),
    "a link that is none": ("enrol.txt", "https://hq.example\n", "must be the one line"),
    "a link of two lines": ("enrol.txt", "tallybox-enrol:a\ntallybox-enrol:b\n", "must be the one line"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_stays_on_the_card_with_one_line_about_it(places, name):
    file, content, says = WRONG[name]
    (places.card / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    (line,) = provision.take(places)
    assert says in line
    assert line.startswith(file)
    assert (places.card / "tallybox-error.txt").read_text() == f"{line}\n"
    assert (places.card / file).exists()
    assert not any(places.data.iterdir())
    assert profiles(places) == {}


def test_one_wrong_file_does_not_hold_up_the_others_and_a_right_one_clears_the_note(places):
    (places.card / "tallybox.toml").write_text("nonsense")
    (places.card / "wifi.toml").write_text('ssid = "shop"\npassword = "12345678"\ncountry = "de"\n')
    assert len(provision.take(places)) == 1
    assert len(profiles(places)) == 1
    assert (places.network / "country").read_text() == "DE\n"
    (places.card / "tallybox.toml").write_text("[shop]\n")
    assert provision.take(places) == []
    assert list(places.card.iterdir()) == []


def test_an_enrolment_link_waits_for_the_network(places):
    (places.card / "enrol.txt").write_text("tallybox-enrol:https://hq.example?store=a&code=B\r\n")
    assert provision.take(places) == []
    assert (places.data / "enrol.txt").read_text() == "tallybox-enrol:https://hq.example?store=a&code=B\n"


def test_the_name_of_the_box_is_written_in_place(places):
    places.hostname.write_text("tallybox-0000\n")
    inode = places.hostname.stat().st_ino
    (places.card / "wifi.toml").write_text('hostname = "corner-1"\n')
    assert provision.take(places) == []
    assert places.hostname.read_text() == "corner-1\n"
    assert places.hostname.stat().st_ino == inode


@given(
    st.text(min_size=1, max_size=32).filter(
        lambda text: len(text.encode("utf-8", "ignore")) == len(text.encode("utf-8", "replace")) <= 32
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63),
)
def test_no_name_and_no_password_can_add_a_line_to_a_profile(ssid, password):
    plain = provision.profile(provision.wifi("x", "12345678", False)).splitlines()
    told = provision.profile(provision.wifi(ssid, password, False)).splitlines()
    assert [line.partition("=")[0] for line in told] == [line.partition("=")[0] for line in plain]
    bytes_ = next(line for line in told if line.startswith("ssid=")).removeprefix("ssid=").rstrip(";").split(";")
    assert bytes(map(int, bytes_)) == ssid.encode()


def test_imager_s_files_give_the_name_and_the_network(places):
    pytest.importorskip("yaml", reason="needs PyYAML, which the image has; the boot test runs this too")
    (places.card / "user-data").write_text("#cloud-config\nhostname: shop-7\nusers: []\n")
    network = 'network:\n  wifis:\n    wlan0:\n      access-points:\n        "Shop":\n          password: "12345678"\n'
    (places.card / "network-config").write_text(network)
    assert provision.take(places) == []
    assert places.hostname.read_text() == "shop-7\n"
    assert len(profiles(places)) == 1


def test_the_firewall_lets_out_to_whom_the_configuration_names():
    from appliance import config

    text = '[camera.a]\nsource = "rtsp://u:p@10.0.0.7/live"\n[camera.b]\nsource = "rtsp://cam.local:8554/x"\n'
    text += (
        '[camera.c]\nsource = "usb:0"\n[camera.d]\nsource = "/a/clip.mp4"\n[headquarters]\nurl = "https://hq.example"\n'
    )
    assert peers.named(config.parse(text)) == {("10.0.0.7", 554), ("cam.local", 8554), ("hq.example", 443)}
    assert peers.named(config.parse("")) == set()


def test_a_name_that_is_not_found_is_left_out(capsys):
    assert peers.resolved({("127.0.0.1", 443), ("no-such-host.invalid", 80)}) == {("127.0.0.1", 443)}
