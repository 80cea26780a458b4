"""The camera's faults: as strong as told, the same each time, and none that moves what is where."""

from dataclasses import replace

import numpy as np
import pytest

from scripts.synthetic_shop.scene import Camera, Light, Scene
from scripts.synthetic_shop.sensor import Sensor, through_h264, through_jpeg

PLAIN = Camera(width=320, height=180, noise=0.0)


def sensor(camera=PLAIN, seed=1, light="day"):
    return Sensor(Scene("test", "", seed=seed, camera=camera, light=Light(light)))


def grey(value=128):
    return np.full((180, 320, 3), value, np.uint8)


def clean_seed():
    """A seed whose camera has neither dirt nor bars nor a coarse sensor."""
    for seed in range(1000):
        character = sensor(seed=seed).character
        if (
            not (character.dirt or character.banding or character.sharpen)
            and character.coarse == character.saturation == 1
        ):
            return seed
    raise AssertionError("no clean camera among a thousand")


@pytest.mark.parametrize("noise", [0.01, 0.03, 0.06])
def test_noise_is_as_strong_as_told(noise):
    taken = sensor(replace(PLAIN, noise=noise), clean_seed()).take(grey(), 0).astype(float)
    assert taken[:, :, 1].std() / 255 == pytest.approx(noise, rel=0.25)
    assert taken.mean() == pytest.approx(128, abs=2)


def test_noise_is_new_in_every_frame_and_the_same_each_time():
    noisy = sensor(replace(PLAIN, noise=0.03))
    first, second = noisy.take(grey(), 0), noisy.take(grey(), 1)
    assert (first != second).mean() > 0.5
    assert (first == sensor(replace(PLAIN, noise=0.03)).take(grey(), 0)).all()


@pytest.mark.parametrize(("camera", "light"), [(replace(PLAIN, grey=True), "day"), (PLAIN, "ir")])
def test_grey_and_infrared_cameras_give_no_colours(camera, light):
    colourful = np.random.default_rng(1).integers(0, 256, (180, 320, 3)).astype(np.uint8)
    taken = sensor(replace(camera, noise=0.03), light=light).take(colourful, 0)
    assert np.ptp(taken.astype(int), axis=2).max() == 0


def test_a_stamp_is_burnt_in_near_an_edge_and_its_seconds_run():
    seed = clean_seed()
    without = sensor(seed=seed).take(grey(), 0)
    stamped = sensor(replace(PLAIN, stamp=True), seed)
    first, later = stamped.take(grey(), 0), stamped.take(grey(), 50)
    rows = np.flatnonzero((first != without).any((1, 2)))
    assert len(rows)
    assert rows[-1] < 40 or rows[0] > 140
    assert (first != later).any()


@pytest.mark.parametrize("seed", range(12))
def test_no_fault_moves_an_edge(seed):
    picture = grey(40)
    picture[60:120, 100:180] = 220
    taken = sensor(replace(PLAIN, crf=36), seed).take(picture, 0, still=True).astype(float).mean(2)
    columns = taken[70:110].mean(0)
    middle = (columns.min() + columns.max()) / 2
    bright = np.flatnonzero(columns > middle)
    assert (bright[0], bright[-1]) == pytest.approx((100, 179), abs=2)


def test_a_worse_crf_costs_more_of_the_picture():
    detail = np.random.default_rng(2).integers(0, 256, (45, 80, 3)).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    losses = [np.abs(through_h264(detail, crf).astype(float) - detail).mean() for crf in (18, 30, 42)]
    assert losses == sorted(losses)
    assert losses[-1] > 1.5 * losses[0]


@pytest.mark.parametrize("size", [(180, 320), (181, 321), (64, 64)])
def test_a_coded_picture_keeps_its_size(size):
    picture = np.random.default_rng(3).integers(0, 256, (*size, 3)).astype(np.uint8)
    assert through_h264(picture, 30).shape == picture.shape
    assert through_jpeg(picture, 40).shape == picture.shape
