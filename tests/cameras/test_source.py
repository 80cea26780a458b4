"""What may be written as a source, and that no password is ever shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import config
from appliance.cameras import open_camera, replay
from appliance.cameras.source import parse_source
from appliance.config import ConfigError

GOOD = [
    ("picamera", "picamera", "", "picamera"),
    ("usb:0", "usb", "/dev/video0", "/dev/video0"),
    ("usb:12", "usb", "/dev/video12", "/dev/video12"),
    ("/dev/video3", "usb", "/dev/video3", "/dev/video3"),
    ("/dev/v4l/by-id/usb-cam-index0", "usb", "/dev/v4l/by-id/usb-cam-index0", "/dev/v4l/by-id/usb-cam-index0"),
    ("rtsp://10.0.0.5/live", "rtsp", "rtsp://10.0.0.5/live", "rtsp://10.0.0.5"),
    ("rtsp://me:pass@cam.local:554/1", "rtsp", "rtsp://me:pass@cam.local:554/1", "rtsp://cam.local:554"),
    ("rtsp://me:p@ss@cam:554/1", "rtsp", "rtsp://me:p@ss@cam:554/1", "rtsp://cam:554"),
    ("rtsp://[fe80::1]:554/1", "rtsp", "rtsp://[fe80::1]:554/1", "rtsp://[fe80::1]:554"),
    ("rtsp://cam/user=me_password=pass", "rtsp", "rtsp://cam/user=me_password=pass", "rtsp://cam"),
    ("/data/door.mp4", "file", "/data/door.mp4", "door.mp4"),
    ("/data/usb door.mp4", "file", "/data/usb door.mp4", "usb door.mp4"),
]
BAD = [
    "",
    "usb:",
    "usb:one",
    "usb:-1",
    "http://cam/stream",
    "rtsps://me:pass@cam/1",
    "concat:/etc/passwd",
    "file:///etc/passwd",
    "rtsp://",
    "rtsp:///path",
    "rtsp://cam:99999/1",
    "rtsp://cam:0/1",
    "rtsp://me:pa/ss@cam/1",
    "rtsp://cam/a b",
    "rtsp://cam/1\r\nX: y",
    "clip\0.mp4",
]


@pytest.mark.parametrize(("text", "kind", "address", "label"), GOOD)
def test_a_source_is_known_by_how_it_is_written(text: str, kind: str, address: str, label: str) -> None:
    source = parse_source(text)
    assert (source.kind, source.address, source.label) == (kind, address, label)


def test_a_path_is_taken_from_where_the_program_was_started() -> None:
    assert parse_source("clips/door.mp4").address == str(Path.cwd() / "clips/door.mp4")


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_source_gets_one_line_that_names_the_setting(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_camera(config.Camera("door", source=text))
    message = str(caught.value)
    assert message.startswith("camera.door.source: ")
    assert message.isprintable()
    assert "pass@" not in message
    assert "pa/ss" not in message


@given(st.text("abc:/@%?#[]1.", max_size=30))
def test_no_address_shows_what_stands_before_its_last_at(text: str) -> None:
    try:
        shown = parse_source(f"rtsp://me:secret{text}").label
    except ConfigError as error:
        shown = str(error)
    assert "@" not in text or "secret" not in shown


@pytest.mark.parametrize("text", ["rtsp://me:pass@cam/1", "usb:0", "picamera"])
def test_only_a_recording_can_be_replayed(text: str) -> None:
    with pytest.raises(ConfigError, match="can't be replayed"):
        replay(text)
