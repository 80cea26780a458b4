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
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMid" aria-hidden="true">{}{}</svg>'
    ).format(_WIDTH, _HEIGHT, _columns("bar", bars, step), _columns("gap", gaps, step))


def hour_bars(names: Sequence[str], counts: Sequence[int | None], unit: str) -> Markup:
    """Return a column an hour with its name below and its count above; an hour that was not seen is a mark."""
    most, wide, tall = max([1, *(count for count in counts if count is not None)]), 40, 120
    parts = [
        Markup(
            '<g><title>{}:00 {}</title><rect class="{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>{}{}</g>'
        ).format(
            name,
            "not seen" if count is None else f"{count} {unit}",
            "gap" if count is None else "bar",
            i * wide + 6,
            tall + 20 - height,
            wide - 12,
            height,
            _word(i * wide + wide / 2, tall + 38, name),
            "" if count is None else _word(i * wide + wide / 2, tall + 14 - height, str(count)),
        )
        for i, (name, count) in enumerate(zip(names, counts, strict=True))
        for height in [2.0 if count is None else max(1.0, count / most * tall)]
    ]
    box = f"0 0 {max(1, len(names)) * wide} {tall + 44}"
    return Markup(
        '<svg class="hours" viewBox="{}" preserveAspectRatio="xMinYMid" role="img" aria-label="{} by hour">{}</svg>'
    ).format(box, unit, Markup("").join(parts))


def _word(x: float, y: float, text: str) -> Markup:
    return Markup('<text x="{:.0f}" y="{:.1f}">{}</text>').format(x, y, text)


def _columns(kind: str, columns: list[tuple[int, float]], step: float) -> Markup:
    """Return all columns of a kind as one path: a page has a hundred of these charts."""
    path = "".join(f"M{(i + 0.5) * step:.0f} {_HEIGHT}v-{height:.0f}" for i, height in columns)
    return Markup('<path class="{}" d="{}"/>').format(kind, path) if path else Markup("")
