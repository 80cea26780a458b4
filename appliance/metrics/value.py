"""A number and how much of its time was seen. No number of this package travels without that share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """`number` is None where nothing was seen; `seen` is the share of its time that was, 0..1."""

    number: int | float | None
    seen: float

    @classmethod
    def counted(cls, count: int, seen: float) -> "Value":
        """Return a count over time of which the share `seen` was seen.

        Nobody in time that nobody watched is not 0 but unknown. Somebody who was counted was seen, whatever the share.
        """
        return cls(count if seen > 0 or count > 0 else None, seen)
