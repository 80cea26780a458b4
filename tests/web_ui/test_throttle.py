"""Trying codes gets slow, for one address and for all."""

from web_ui.throttle import ADDRESSES, FORGET, Throttle


def test_five_tries_are_free_then_each_waits_twice_as_long() -> None:
    throttle, now = Throttle(), 1000.0
    assert [throttle.may_try("a", now) for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(9):
        wait = throttle.may_try("a", now)
        waits.append(wait)
        assert throttle.may_try("a", now + wait - 0.1) > 0
        now += wait
        assert throttle.may_try("a", now) == 0.0
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900]


def test_a_try_that_must_wait_does_not_lengthen_the_wait() -> None:
    throttle = Throttle()
    for _ in range(50):
        wait = throttle.may_try("a", 1000.0)
    assert wait == 5.0


def test_another_address_may_try_until_all_have_tried_forty_times() -> None:
    throttle = Throttle()
    assert all(throttle.may_try(f"10.0.0.{i}", 1000.0) == 0.0 for i in range(40))
    assert throttle.may_try("192.168.1.9", 1000.0) == 5.0
    assert throttle.may_try("192.168.1.9", 1005.0) == 0.0


def test_the_right_code_is_no_failure() -> None:
    throttle = Throttle()
    for _ in range(100):
        assert throttle.may_try("a", 1000.0) == 0.0
        throttle.succeeded("a")


def test_an_hour_without_a_failure_is_forgiven() -> None:
    throttle = Throttle()
    for _ in range(5):
        throttle.may_try("a", 1000.0)
    assert throttle.may_try("a", 1001.0) > 0
    assert throttle.may_try("a", 1001.0 + FORGET) == 0.0


def test_memory_is_bounded() -> None:
    throttle = Throttle()
    for i in range(3 * ADDRESSES):
        throttle.may_try(str(i), 1000.0 + 31.0 * i)
    assert len(throttle._by_address) == ADDRESSES
