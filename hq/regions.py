"""Regions beside one another: what came in, like for like against a week before, what was seen, ill, missing."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, and_, func, select

from hq.chain import chain_of_regions
from hq.tables import latest_day, store


@dataclass(frozen=True, slots=True)
class Region:
    """A region's day. `in_` sums `counted` of `of` stores, those that saw something.

    `now` and `before` are the sums of the `alike` stores that saw something both on the day and a week before, so that
    a shop that opened, closed or was blind makes no difference; None where there is none.
    """

    name: str
    of: int
    counted: int
    missing: int
    ill: int
    in_: int | None
    seen_share: float | None
    alike: int
    now: int | None
    before: int | None

    @property
    def a_store(self) -> float | None:
        """People in a store that saw something."""
        return None if self.in_ is None else self.in_ / self.counted

    @property
    def change(self) -> float | None:
        """The change against a week before, like for like: 0.1 is a tenth more."""
        return self.now / self.before - 1 if self.before and self.now is not None else None


def regions_of_day(connection: Connection, day: date, region: str = "") -> list[Region]:
    """Return every region, or the one that may be seen, in order of names; "" is of stores that are in none."""
    alike = _alike(connection, day, region)
    return [
        Region(
            name,
            told.of,
            told.counted,
            told.missing,
            told.ill,
            told.in_,
            told.seen_share,
            *alike.get(name, (0, None, None)),
        )
        for name, told in chain_of_regions(connection, day, region).items()
    ]


def _alike(connection: Connection, day: date, region: str) -> dict[str, tuple[int, int, int]]:
    """Return stores, people in and people in a week before, of the stores of a region that have both numbers."""
    today, before = latest_day.alias("today"), latest_day.alias("before")
    of_both = [
        and_(told.c.store == store.c.name, told.c.day == on, told.c.in_count.is_not(None))
        for told, on in ((today, day), (before, day - timedelta(days=7)))
    ]
    query = (
        select(store.c.region, func.count(), func.sum(today.c.in_count), func.sum(before.c.in_count))
        .select_from(store)
        .join(today, of_both[0])
        .join(before, of_both[1])
        .group_by(store.c.region)
    )
    if region:
        query = query.where(store.c.region == region)
    return {name: (count, int(now), int(then)) for name, count, now, then in connection.execute(query)}
