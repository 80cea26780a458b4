"""What an address asks for: days and filters, checked. What can't be is one line that names the part."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from hq.chain import STATES, Question
from hq.illness import MEANING
from hq.receiving import RefusalError, in_reach

SORTS = ("store", "region", "state", "in", "out", "seen")
_NAME = re.compile(r"[a-z0-9-]{0,40}")


def asked_day(given: Mapping[str, str], name: str, otherwise: date, now: datetime) -> date:
    """Return the day that is asked for as `name`. Raises RefusalError."""
    text = given.get(name)
    if text is None:
        return otherwise
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        day = date.min
    if not in_reach(day, now):
        raise RefusalError(400, "page", f"{name}: must be a day such as 2026-11-24, from 2020 to tomorrow")
    return day


def asked_span(given: Mapping[str, str], otherwise: date, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that a program asks for. Raises RefusalError, also for other words: a slip
    of the pen must not bring other days than were meant."""
    if strange := sorted(set(given) - {"first", "last"}):
        raise RefusalError(400, "page", f"{strange[0][:40]!r} can't be asked for: first and last can")
    last = asked_day(given, "last", otherwise, now)
    first = asked_day(given, "first", last, now)
    if first > last:
        raise RefusalError(400, "page", "first: must not be after last")
    return first, last


def asked_stores(given: Mapping[str, str], region: str = "") -> Question:
    """Return which stores are asked for; `region` is the only one that may be seen. Raises RefusalError."""
    page = given.get("page", "0")
    if not re.fullmatch(r"[0-9]{1,4}", page):
        raise RefusalError(400, "page", "page: must be a number from 0 to 9999")
    return Question(
        name=_name(given, "name"),
        region=region or _name(given, "region"),
        state=_one_of(given, "state", ("", *STATES)),
        ill=_one_of(given, "ill", ("", "any", *MEANING)),
        sort=_one_of(given, "sort", SORTS),
        down=_one_of(given, "down", ("", "1")) == "1",
        page=int(page),
    )


def _name(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "").strip().lower()
    if not _NAME.fullmatch(text):
        raise RefusalError(400, "page", f"{name}: must be made of a-z, 0-9 and -")
    return text


def _one_of(given: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    text = given.get(name, words[0])
    if text not in words:
        raise RefusalError(400, "page", f"{name}: must be one of {', '.join(word for word in words if word)}")
    return text
