from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from appliance.tracking.assignment import assign

ALONE = 2.0
tables = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(0, 3, width=16), max_size=25)


def total(costs, pairs, rows):
    return sum(costs[pair] for pair in pairs) + ALONE * (rows - len(pairs))


@given(tables)
def test_no_pairing_is_cheaper(costs):
    rows, columns = range(5), range(5)
    allowed = {pair: cost for pair, cost in costs.items() if cost < ALONE}
    best = min(
        total(allowed, [(r, c) for r, c in zip(rows, order, strict=True) if (r, c) in allowed], 5)
        for order in permutations(columns)
    )
    assert abs(total(costs, assign(costs, ALONE), 5) - best) < 1e-9


@given(tables)
def test_each_row_and_column_is_given_at_most_once_and_none_for_too_much(costs):
    pairs = assign(costs, ALONE)
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    assert all(costs[pair] < ALONE for pair in pairs)


def test_two_cheap_pairs_beat_one_cheapest():
    assert assign({(0, 0): 0.1, (0, 1): 0.3, (1, 0): 0.4}) == [(0, 1), (1, 0)]
