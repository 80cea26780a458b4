"""People who walk: scripts and avoidance at 100 steps a second."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pose:
    """One person at one moment. `person` counts from 1, `body` is an index into the bodies.

    `phase` is how many walking cycles they have made (None: they stand, in posture `stance` 0 to 2); `heading` is the
    direction of walking (0 is +x, turned left), `speed` metres a second along it.
    """

    person: int
    body: int
    x: float
    y: float
    heading: float
    phase: float | None
    stance: int = 0
    speed: float = 0.0
    carries: tuple[str, ...] = ()
    wears: tuple[str, ...] = ()
