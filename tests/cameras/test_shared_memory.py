"""One picture in memory that two processes see."""

import os

import av
import numpy as np
import pytest

from appliance.cameras.shared_memory import Reader, Writer, create, scaled

SIZES = [
    ((640, 360), 960, (640, 360)),
    ((1920, 1080), 960, (960, 540)),
    ((1920, 1080), 961, (960, 540)),
    ((641, 361), 960, (640, 360)),
    ((160, 130), 160, (160, 130)),
    ((4000, 3), 960, (960, 2)),
    ((1, 1000), 960, (2, 2000)),
]


@pytest.mark.parametrize(("size", "limit", "wanted"), SIZES)
def test_a_picture_keeps_its_shape_with_even_sides(size: tuple[int, int], limit: int, wanted: tuple[int, int]) -> None:
    assert scaled(*size, limit) == wanted


@pytest.fixture
def memory() -> object:
    descriptor = create()
    yield descriptor
    os.close(descriptor)


def plain(width: int, height: int, colour: tuple[int, int, int]) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((height, width, 3), colour, np.uint8), format="bgr24")


def test_what_is_written_is_what_is_read(memory: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 162, 3), np.uint8)  # rows that libav has to pad
    size = Writer(memory, 960).write(av.VideoFrame.from_ndarray(noise, format="bgr24"))
    assert np.array_equal(Reader(memory).view(*size), noise)


def test_memory_grows_with_the_picture_and_old_views_stay_readable(memory: int) -> None:
    writer, reader = Writer(memory, 960), Reader(memory)
    small = reader.view(*writer.write(plain(64, 32, (1, 2, 3))))
    large = reader.view(*writer.write(plain(800, 600, (4, 5, 6))))
    again = reader.view(*writer.write(plain(32, 64, (7, 8, 9))))
    assert large.shape == (600, 800, 3)
    assert again.shape == (64, 32, 3)
    assert (again == (7, 8, 9)).all()
    assert small.shape == (32, 64, 3)
    assert int(small.sum()) > 0


def test_a_lent_picture_can_not_be_written(memory: int) -> None:
    view = Reader(memory).view(*Writer(memory, 960).write(plain(64, 32, (1, 2, 3))))
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 0


def test_a_child_can_not_take_the_memory_away(memory: int) -> None:
    Writer(memory, 960).write(plain(64, 32, (1, 2, 3)))
    with pytest.raises(PermissionError):
        os.ftruncate(memory, 0)
