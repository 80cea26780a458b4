"""Textures meet themselves at the edges, and the same seed draws the same ones."""

import numpy as np
import pytest

from scripts.synthetic_shop.patterns import grid, noise
from scripts.synthetic_shop.textures import LAYERS, textures


@pytest.mark.parametrize("seed", range(6))
def test_noise_has_no_seam_where_it_repeats(seed):
    field = noise(np.random.default_rng(seed), octaves=(4, 8, 16))
    inside = np.abs(np.diff(field, axis=0)).max()
    assert np.abs(field[0] - field[-1]).max() <= 1.1 * inside
    assert np.abs(field[:, 0] - field[:, -1]).max() <= 1.1 * np.abs(np.diff(field, axis=1)).max()


def test_shifted_rows_of_a_grid_still_meet_at_the_edges():
    bricks = grid(np.random.default_rng(1), 4, 8, (0.5, 0.3, 0.2), (0.9, 0.9, 0.9), vary=0.0, shifted=True)
    row = bricks[48, :, 1]  # the second course, off its joints
    joints = np.flatnonzero(row > 0.55)
    assert np.diff(joints).max() <= 64 - 1
    assert 0 < joints[0] <= 32


def test_a_seed_draws_one_set_of_textures_and_another_seed_another():
    first = textures(5)
    assert first.shape == (len(LAYERS), 256, 256, 3)
    assert (first == textures(5)).all()
    assert (first[1] != textures(6)[1]).any()
    assert 0 <= first.min() <= first.max() <= 1
