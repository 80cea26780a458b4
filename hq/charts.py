"""Small charts as SVG, drawn by the server; colours come from the style sheet. Not known is a gap, never zero."""

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT = 112, 24


def sparkline(counts: Sequence[int | None]) -> Markup:
    """Return a column a day; a day without a number is a small mark on the base."""
    most = max([1, *(count for count in counts if count is not None)])
    step = _WIDTH / max(1, len(counts))
    bars = [(i, max(1.0, count / most * _HEIGHT)) for i, count in enumerate(counts) if count is not None]
    gaps = [(i, 2.0) for i, count in enumerate(counts) if count is None]
    return Markup('<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true">{}{}</svg>').format(
        _WIDTH, _HEIGHT, _columns("bar", bars, step), _columns("gap", gaps, step)
    )


def _columns(kind: str, columns: list[tuple[int, float]], step: float) -> Markup:
    """Return all columns of a kind as one path: a page has a hundred of these charts."""
    path = "".join(f"M{(i + 0.5) * step:.0f} {_HEIGHT}v-{height:.0f}" for i, height in columns)
    return Markup('<path class="{}" d="{}"/>').format(kind, path) if path else Markup("")
