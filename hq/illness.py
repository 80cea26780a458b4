"""What is wrong with a box or its cameras, read from the store-day it sent. A word each; no word: nothing known."""

from collections.abc import Callable, Mapping

from appliance.documents import StoreDay

LEAST_SEEN = 0.9
_LEAST_PEOPLE, _MOST_DRIFT = 50, 0.2

# What each word means, as a page says it.
MEANING = {
    "coverage": "cameras saw less than nine tenths of the opening hours",
    "drift": "in and out differ by more than a fifth",
    "counter": "the counter did not run",
    "camera": "a camera was offline",
    "moved": "camera moved",
    "covered": "camera covered",
    "disk": "less than 500 MB of disk are free",
    "clock": "the clock was wrong by more than 5 s",
    "undervoltage": "the power supply is too weak",
    "throttled": "the board slowed itself down",
    "heat": "the board is hotter than 80 °C",
    "parked": "headquarters refused documents",
}

_OF_HEALTH: dict[str, Callable[[Mapping[str, float]], bool]] = {
    "counter": lambda told: told.get("counter_runs", 1) == 0,
    "camera": lambda told: told.get("cameras_alive", 0) < told.get("cameras", 0),
    "moved": lambda told: told.get("cameras_moved", 0) > 0,
    "covered": lambda told: told.get("cameras_covered", 0) > 0,
    "disk": lambda told: told.get("disk_free_mb", 500) < 500,
    "clock": lambda told: abs(told.get("clock_offset_s", 0)) > 5,
    "undervoltage": lambda told: bool(told.get("undervoltage", 0)),
    "throttled": lambda told: bool(told.get("throttled", 0)),
    "heat": lambda told: told.get("temperature_c", 0) > 80,
    "parked": lambda told: told.get("documents_parked", 0) > 0,
}


def ills(day: StoreDay) -> tuple[str, ...]:
    """Return the words of what was wrong on that day, in the order of MEANING."""
    totals = day.totals
    told = {name: value for name, value in day.health.items() if isinstance(value, int | float)}
    found = {word for word, is_ill in _OF_HEALTH.items() if is_ill(told)}
    if totals.seen_share is not None and totals.seen_share < LEAST_SEEN:
        found.add("coverage")
    if _drifts(totals.in_ or 0, totals.out or 0):
        found.add("drift")
    return tuple(word for word in MEANING if word in found)


def _drifts(in_: int, out: int) -> bool:
    most = max(in_, out)
    return most >= _LEAST_PEOPLE and abs(in_ - out) > _MOST_DRIFT * most
