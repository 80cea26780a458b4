"""A replay: every frame once, in order, with times that depend on nothing but the recording."""

import time
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from appliance.cameras import CameraError, Recording, replay

START = 1_790_000_000.0
CLIPS = Path(__file__).parents[3] / "shared/clips"


def shown(recording: Recording) -> list[tuple[int, float, bytes]]:
    return [(frame.index, frame.time, frame.image.tobytes()) for frame in recording.frames()]


def test_every_frame_comes_once_in_order_with_its_own_time(clip: Path) -> None:
    frames = shown(replay(clip, start=START))
    assert [index for index, _, _ in frames] == list(range(30))
    assert [time for _, time, _ in frames] == [START + index / 15 for index in range(30)]
    assert len({image for _, _, image in frames}) == 30


def test_the_same_clip_gives_the_same_frames_at_any_speed(clip: Path) -> None:
    fast = shown(replay(clip, start=START))
    assert shown(replay(clip, start=START)) == fast
    assert shown(replay(clip, start=START, speed="real")) == fast


def test_real_speed_takes_as_long_as_the_clip(clip: Path) -> None:
    frames = replay(clip, speed="real").frames()
    next(frames)
    began = time.monotonic()
    assert len(list(frames)) == 29
    assert time.monotonic() - began > 29 / 15 - 0.1


def test_a_slow_reader_loses_nothing(clip: Path) -> None:
    indices = []
    for frame in replay(clip, speed="real").frames():
        indices.append(frame.index)
        time.sleep(0.1 if frame.index < 5 else 0.0)
    assert indices == list(range(30))


def test_the_picture_is_what_libav_decodes(clip: Path) -> None:
    with av.open(str(clip)) as container:
        wanted = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    for frame in replay(clip).frames():
        assert np.array_equal(frame.image, wanted[frame.index])


def test_a_wide_picture_is_scaled_down(clip: Path) -> None:
    frame = next(replay(clip, width=200).frames())
    assert frame.image.shape == (112, 200, 3)


def test_a_recording_can_be_replayed_again(clip: Path) -> None:
    recording = replay(clip)
    assert shown(recording) == shown(recording)


@pytest.mark.parametrize("name", ["clip.mkv", "clip.ts", "clip.avi", "clip.h264"])
def test_other_containers_count_from_their_first_frame(
    tmp_path: Path, make_clip: Callable[..., Path], name: str
) -> None:
    times = [frame.time for frame in replay(make_clip(tmp_path / name)).frames()]
    assert len(times) == 30
    assert times[0] == 0.0
    rate = 25 if name.endswith("h264") else 15  # a bare stream holds no times: libav takes it for 25 a second
    assert times == pytest.approx([index / rate for index in range(30)], abs=0.002)


def test_a_closed_recording_ends(clip: Path) -> None:
    recording = replay(clip)
    count = 0
    for _ in recording.frames():
        count += 1
        recording.close()
    assert count == 1


def folder_of(path: Path, *sizes: tuple[int, int]) -> Path:
    path.mkdir()
    for index, (width, height) in enumerate(sizes):
        suffix = ("png", "JPG", "webp")[index % 3]
        cv2.imwrite(str(path / f"{index:03}.{suffix}"), np.full((height, width, 3), 20 + 40 * index, np.uint8))
    return path


def test_a_folder_of_pictures_is_a_recording_in_the_order_of_names(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures", *[(64, 48)] * 4)
    (folder / "notes.txt").write_text("not a picture")
    (folder / "002a.png").write_bytes(b"broken")
    frames = [(frame.time, int(frame.image.mean())) for frame in replay(folder, rate=2).frames()]
    assert frames == [(0.0, 20), (0.5, 60), (1.0, 100), (2.0, 140)]  # the broken one leaves its place empty


def test_pictures_may_change_their_size(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pictures", (64, 48), (640, 480), (32, 16), (1920, 1080))
    shapes = [(frame.image.shape[:2], int(frame.image.mean())) for frame in replay(folder).frames()]
    assert shapes == [((48, 64), 20), ((480, 640), 60), ((16, 32), 100), ((540, 960), 140)]


def test_a_clip_cut_off_by_a_pulled_plug_gives_what_it_holds(tmp_path: Path, make_clip: Callable[..., Path]) -> None:
    whole = make_clip(tmp_path / "whole.ts", frames=60)
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    frames, wanted = shown(replay(cut)), shown(replay(whole))
    assert 20 <= len(frames) < 60
    assert frames[:20] == wanted[:20]


def a_missing_file(path: Path, _: object) -> Path:
    return path / "missing.mp4"


def an_empty_file(path: Path, _: object) -> Path:
    (path / "empty.mp4").touch()
    return path / "empty.mp4"


def an_empty_folder(path: Path, _: object) -> Path:
    (path / "empty").mkdir()
    return path / "empty"


def a_folder_of_broken_pictures(path: Path, _: object) -> Path:
    (path / "broken").mkdir()
    (path / "broken/1.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    return path / "broken"


def text(path: Path, _: object) -> Path:
    (path / "notes.txt").write_text("hello\n" * 100)
    return path / "notes.txt"


def noise(path: Path, _: object) -> Path:
    (path / "noise.mp4").write_bytes(np.random.default_rng(1).bytes(50_000))
    return path / "noise.mp4"


def a_playlist_that_names_another_file(path: Path, _: object) -> Path:
    (path / "list.mp4").write_text("ffconcat version 1.0\nfile clip.mp4\n")
    return path / "list.mp4"


def a_playlist_of_the_network(path: Path, _: object) -> Path:
    (path / "live.mp4").write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/1.ts\n#EXT-X-ENDLIST\n")
    return path / "live.mp4"


def a_clip_without_its_index(path: Path, clip: Path) -> Path:
    (path / "stump.mp4").write_bytes(clip.read_bytes()[:2000])
    return path / "stump.mp4"


USELESS = [
    (a_missing_file, "missing.mp4: there is no such file or device"),
    (an_empty_file, "empty.mp4: it holds nothing that can be read as video"),
    (an_empty_folder, "empty: it has no picture that can be decoded"),
    (a_folder_of_broken_pictures, "broken: it has no picture that can be decoded"),
    (text, "notes.txt: it holds nothing that can be read as video"),
    (noise, "noise.mp4: it holds nothing that can be read as video"),
    (a_playlist_that_names_another_file, "list.mp4: it holds nothing that can be read as video"),
    (a_playlist_of_the_network, "live.mp4: it holds nothing that can be read as video"),
    (a_clip_without_its_index, "stump.mp4: it holds nothing that can be read as video"),
]


@pytest.mark.parametrize(("make", "message"), USELESS, ids=lambda case: getattr(case, "__name__", ""))
def test_what_holds_no_video_is_an_error_of_one_line(
    tmp_path: Path, clip: Path, make: Callable[[Path, Path], Path], message: str
) -> None:
    recording = replay(make(tmp_path, clip))
    with pytest.raises(CameraError) as caught:
        next(recording.frames())
    assert str(caught.value) == recording.problem == message


def test_sound_alone_is_no_video(tmp_path: Path, make_sound: Callable[[Path], Path]) -> None:
    with pytest.raises(CameraError, match=r"^sound\.mp4: it has no video in it$"):
        next(replay(make_sound(tmp_path / "sound.mp4")).frames())


@pytest.mark.skipif(not CLIPS.is_dir(), reason="needs the clips at ../shared/clips")
def test_a_real_clip_is_read_to_its_end() -> None:
    clip = CLIPS / "underpass.mp4"
    with av.open(str(clip)) as container:
        wanted = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert [frame.time for frame in replay(clip).frames()] == wanted
