"""The mix is corrected for how the net errs, says its interval, and never makes somebody known who was not."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.frame import VisitorGuess
from appliance.metrics.mix import corrected, mix_of_day, shares
from appliance.metrics.shop_day import day_of
from appliance.storage import Folder, Journal, open_for_writing, record_mix_errors
from tests.metrics.shop import settings as shop_settings

CONFUSION = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.05, 0.35, 0.6]])
NAMES = ["0-11", "12-29", "30+"]
ERRORS = [(t, s, CONFUSION[i, j]) for i, t in enumerate(NAMES) for j, s in enumerate(NAMES)]
NOTHING = np.zeros(3)


def test_a_known_mix_is_found_again_though_the_net_errs():
    true = np.array([0.1, 0.6, 0.3])
    rng = np.random.default_rng(1)
    said = rng.multinomial(20_000, true @ CONFUSION).astype(float)
    assert np.abs(said / said.sum() - true).max() > 0.08
    assert np.abs(corrected(said, CONFUSION, NOTHING) - true).max() < 0.03


def test_nineteen_of_twenty_intervals_hold_the_truth():
    true, held, rng = np.array([0.2, 0.5, 0.3]), 0, np.random.default_rng(2)
    for _ in range(60):
        said = rng.multinomial(400, true @ CONFUSION)
        told = shares(NAMES, dict(zip(NAMES, said.tolist(), strict=True)), ERRORS, {})
        held += sum(row.low <= truth <= row.high for row, truth in zip(told, true, strict=True))
    assert held / 180 > 0.88


def test_what_was_counted_by_eye_draws_a_small_sample_and_not_a_large_one():
    background = np.array([0.0, 1.0, 0.0])
    small = corrected(np.array([8.0, 1, 1]), CONFUSION, background)
    large = corrected(np.array([8000.0, 1000, 1000]), CONFUSION, background)
    assert small[1] > 0.85
    assert large[0] > 0.9


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1000), min_size=3, max_size=3))
def test_shares_are_shares(said):
    found = corrected(np.array(said) + 1e-6, CONFUSION, NOTHING)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()


def test_a_days_mix_tells_how_many_were_known(tmp_path):
    db = open_for_writing(Folder(tmp_path).make().database)
    record_mix_errors(db, [*ERRORS, ("m", "m", 0.9), ("m", "f", 0.1), ("f", "f", 0.8), ("f", "m", 0.2)])
    told, date_ = shop_settings(), date(2026, 11, 23)
    day = day_of(db, told, date_, told.shop.clock.span(date_)[1])
    assert mix_of_day(db, day) is None
    noon = day.start + 8 * 3600
    seen = [VisitorGuess(noon + i, "door", (("0-11", 0.1), ("12-29", 0.7), ("30+", 0.2)), 0.9) for i in range(30)]
    unseen = [VisitorGuess(noon + i, "door", None, None) for i in range(10)]
    Journal(db).write([], [], seen + unseen)
    told = mix_of_day(db, day)
    assert (told.visitors, round(told.known)) == (40, 30)
    assert [row.name for row in told.ages] == NAMES
    assert sum(row.share for row in told.ages) == pytest.approx(1)
    assert [row.name for row in told.genders] == ["f", "m"]
    assert told.genders[1].share > 0.9


def test_children_are_told_by_face_or_by_stature_and_the_others_are_in_no_figure(tmp_path):
    db = open_for_writing(Folder(tmp_path).make().database)
    told, date_ = shop_settings(), date(2026, 11, 23)
    day = day_of(db, told, date_, told.shop.clock.span(date_)[1])
    noon = day.start + 8 * 3600
    journal = Journal(db)
    journal.write([], [], [VisitorGuess(noon, "door", None, None)])
    assert mix_of_day(db, day).children is None
    by_face = VisitorGuess(noon, "door", (("0-11", 0.9), ("12+", 0.1)), 0.5, 0.9)
    journal.write([], [], [by_face, *[VisitorGuess(noon, "door", None, None, p) for p in (0.8, 0.1)]])
    mix = mix_of_day(db, day)
    assert (mix.visitors, mix.told_young, mix.known) == (4, 3, 1)
    assert mix.children == pytest.approx(1.8)
