"""Who waits for whom between decoding and handing over, and how many pictures a second are kept."""

import threading
from itertools import pairwise

import av
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.cameras.libav import Picture
from appliance.cameras.slot import Slot, Thinning

FRAME = av.VideoFrame(16, 16, "yuv420p")


def picture(pts: float | None, received: float = 0.0) -> Picture:
    return Picture(FRAME, pts, received, 0.0)


def test_the_newest_picture_replaces_one_that_nobody_took() -> None:
    slot = Slot(lossless=False)
    for pts in (0.0, 0.1, 0.2):
        slot.put(picture(pts))
    assert slot.take(0) == (picture(0.2), 2)
    assert slot.take(0) is None
    slot.put(picture(0.3))
    assert slot.take(0) == (picture(0.3), 0)


def test_lossless_a_picture_waits_until_the_one_before_was_taken() -> None:
    slot, shown = Slot(lossless=True), []
    feeder = threading.Thread(target=lambda: [slot.put(picture(float(pts))) for pts in range(50)] and slot.end(""))
    feeder.start()
    while not isinstance(taken := slot.take(10), str):
        assert taken is not None
        shown.append(taken)
    feeder.join()
    assert shown == [(picture(float(pts)), 0) for pts in range(50)]


def test_the_last_picture_comes_before_the_end() -> None:
    slot = Slot(lossless=False)
    slot.put(picture(0.0))
    slot.end("the stream ended")
    assert slot.take(0) == (picture(0.0), 0)
    assert slot.take(0) == "the stream ended"


RATES = [
    (15, 10.0, 100),  # two of three
    (25, 10.0, 100),
    (30, 1.0, 10),
    (10, 10.0, 100),
    (5, 10.0, 50),  # a slower stream is left as it is
    (12.5, 10.0, 100),
]


@pytest.mark.parametrize(("stream", "rate", "kept"), RATES)
def test_thinning_keeps_the_rate_evenly(stream: float, rate: float, kept: int) -> None:
    thinning = Thinning(rate)
    times = [index / stream for index in range(int(10 * stream)) if thinning.keeps(picture(index / stream))]
    assert len(times) == pytest.approx(kept, abs=1)
    assert max(b - a for a, b in pairwise(times)) < 1 / rate + 1 / stream


@given(st.lists(st.floats(-0.01, 0.01), min_size=2, max_size=100))
def test_a_stream_of_just_the_rate_that_jitters_is_kept_whole(jitter: list[float]) -> None:
    thinning = Thinning(10.0)
    assert all(thinning.keeps(picture(index / 10 + late)) for index, late in enumerate(jitter))


def test_without_a_rate_everything_is_kept() -> None:
    thinning = Thinning(None)
    assert all(thinning.keeps(picture(0.0)) for _ in range(5))


def test_a_stream_that_jumps_back_or_ahead_is_not_held_up() -> None:
    thinning = Thinning(10.0)
    assert [thinning.keeps(picture(pts)) for pts in (100.0, 0.0, 0.05, 0.1, 500.0, 500.05, 500.1)] == [
        True, True, False, True, True, False, True,
    ]  # fmt: skip


def test_a_picture_without_stream_time_goes_by_its_arrival() -> None:
    thinning = Thinning(10.0)
    assert [thinning.keeps(picture(None, 50 + index / 20)) for index in range(4)] == [True, False, True, False]


@given(st.lists(st.floats(0.0, 1.0), max_size=200), st.floats(1.0, 30.0))
@example([0.0, 1.0, 1.0, 1.0, 0.5, 0.25], 1.3125)
def test_no_stretch_of_time_holds_more_than_the_rate(gaps: list[float], rate: float) -> None:
    """But for its ends: the first picture may be late by three quarters of an interval, the last a quarter early."""
    thinning, now, kept = Thinning(rate), 0.0, []
    for gap in gaps:
        now += gap
        if thinning.keeps(picture(now)):
            kept.append(now)
    for first, begin in enumerate(kept):
        for last in range(first, len(kept)):
            assert last - first + 1 <= (kept[last] - begin) * rate + 2 + 1e-3
