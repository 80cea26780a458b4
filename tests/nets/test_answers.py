"""How the net errs is told for the shop's own bands, and is a probability of every answer for every truth."""

from collections import defaultdict

import pytest

from appliance.checks import ages
from appliance.config import BANDS
from appliance.nets import Catalogue
from appliance.nets.answers import errors_of, names

ENTRY = Catalogue().find("age-gender")


@pytest.mark.parametrize("starts", [BANDS, [18], [10, 20, 30, 40, 50, 60, 70], [13, 14, 15, 16, 17, 18]])
def test_the_answers_to_each_truth_sum_to_one(starts):
    sums = defaultdict(float)
    for truth, _, share in errors_of(ENTRY, ages(starts)):
        assert 0 <= share <= 1
        sums[truth] += share
    assert set(sums) == {*names(ages(starts)), "m", "f"}
    assert all(total == pytest.approx(1) for total in sums.values())


def test_the_truth_is_the_likeliest_answer_for_children_adults_women_and_men():
    told = {(truth, said): share for truth, said, share in errors_of(ENTRY, ages([13]))}
    for truth, other in (("0-12", "13+"), ("13+", "0-12"), ("m", "f"), ("f", "m")):
        assert told[truth, truth] > told[truth, other]


def test_bands_are_named_by_their_ends():
    assert names(ages([12, 60])) == ["0-11", "12-59", "60+"]
