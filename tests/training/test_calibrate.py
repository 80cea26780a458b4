import numpy as np
import pytest

from scripts.training.calibrate import fit, reliability


def test_a_known_line_is_found_again():
    rng = np.random.default_rng(1)
    scores = rng.uniform(0.05, 0.95, 20_000)
    logit = np.log(scores / (1 - scores))
    right = rng.random(20_000) < 1 / (1 + np.exp(-(3.0 * logit + 1.0)))
    assert fit(scores, right.astype(float)) == pytest.approx((3.0, 1.0), abs=0.15)


def test_the_table_says_what_was_told_and_what_was_right():
    probability = np.array([0.05, 0.05, 0.95, 0.95])
    assert reliability(probability, np.array([0.0, 0.0, 1.0, 1.0])) == [(0.0, 0.05, 0.0, 2), (0.9, 0.95, 1.0, 2)]
