"""The router's counters, against a small router that speaks SSDP and SOAP on loopback."""

import pytest

from appliance.nightly import router
from tests.nightly.gateway import DESCRIPTION, Gateway


@pytest.fixture
def gateway(monkeypatch):
    """Return a function that starts a router."""
    monkeypatch.setattr(router, "BETWEEN", 0.2)
    started = []

    def start(received, sent, **more):
        try:
            started.append(Gateway(received, sent, **more))
        except OSError as error:
            pytest.skip(f"port 1900 of loopback can't be had: {error}")
        return started[-1]

    yield start
    for one in started:
        one.close()


def steps(first, by):
    return [first + by * k for k in range(99)]


def test_a_router_that_counts_tells_what_it_moves_both_ways(gateway):
    at = gateway(steps(0, 100_000), steps(50, 20_000))
    rate = router.rate(at.address)
    assert rate is not None
    assert 120_000 / 0.2 * 0.4 < rate <= 120_000 / 0.2 * 1.05  # a busy machine asks later than it means to
    assert at.searches >= 2  # the first was lost


def test_its_description_may_be_named_instead_of_searched(gateway):
    at = gateway(steps(0, 100_000), steps(0, 1))
    assert router.rate(at.url) is not None
    assert at.searches == 0


UNBELIEVABLE = {
    "one that sticks": ([7] * 9, [9] * 9),
    "one that goes back": ([9_000_000, 5_000, 3_000], [9] * 9),
    "one that jumps beyond any line": ([0, 2**31, 2**32 - 1], [9] * 9),
}


@pytest.mark.parametrize("rule", UNBELIEVABLE)
def test_a_counter_is_not_believed(gateway, rule):
    received, sent = UNBELIEVABLE[rule]
    assert router.rate(gateway(received, sent).url) is None


def test_a_counter_that_wraps_at_32_bits_is_believed(gateway):
    at = gateway([2**32 - 1000, 99_000, 199_000], [1] * 9)
    rate = router.rate(at.url)
    assert rate is not None
    assert rate < 200_000 / 0.4 * 1.05


def test_where_one_way_sticks_the_other_is_believed(gateway):
    assert router.rate(gateway([7] * 9, steps(0, 50_000)).url) is not None


STRANGE = {
    "its service lies on another host": {"control": "http://127.0.0.18:1/control"},
    "its description lies on another host": {"location": "http://127.0.0.18:1/root.xml"},
    "its description is no XML": {"description": "<root><device>"},
    "its description is no router's": {"description": DESCRIPTION.replace("InternetGatewayDevice", "Toaster")},
    "its description is a bomb": {
        "description": '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><root>&b;</root>'
    },
    "its description has no end": {"description": "<root>" + " " * 1_000_000},
}


@pytest.mark.parametrize("rule", STRANGE)
def test_what_a_strange_router_says_is_no_number_and_no_fault(gateway, rule, monkeypatch):
    monkeypatch.setattr(router, "PATIENCE", 2.0)
    at = gateway(steps(0, 1000), steps(0, 1000), **STRANGE[rule])
    assert router.rate(at.address) is None
    assert "/control" not in at.asked


def test_a_router_that_is_not_there_is_no_number(monkeypatch):
    monkeypatch.setattr(router, "PATIENCE", 1.0)
    assert router.rate("127.0.0.20") is None
    assert router.rate("http://127.0.0.20:1/root.xml") is None
    assert router.rate("no such name.invalid") is None
