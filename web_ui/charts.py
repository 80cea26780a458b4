"""Charts as SVG, drawn by the server: pure functions from bars to markup, in a wide and a narrow form.

What was not seen is hatched, what is not over is pale, the week before is dashes. Words come from the caller, colours
from the style sheet, so a chart follows the system's wish for dark.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

Words = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """One column. `of` is what it stands for, handed to the words; `gaps` are shares of its width that are hatched."""

    of: Any
    value: int | None
    before: int | None = None
    gaps: tuple[tuple[float, float], ...] = ()
    pale: bool = False
    soft: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a chart: its size in pixels, and the least width of a column that still has room for a number."""

    name: str
    width: int
    height: int
    roomy: int = 22

    top, bottom, side = 22, 26, 2


HOURS = (Form("wide", 592, 232), Form("narrow", 328, 208))
WEEK = (Form("any", 424, 232),)
MONTH = (Form("wide", 1072, 232), Form("narrow", 328, 176))


def draw(
    forms: Sequence[Form], name: str, bars: Sequence[Bar], title: str, label: Words, note: Words, describe: Words
) -> Markup:
    """Return the chart in every form; the style sheet shows one of them.

    `label` stands below a column, `note` in place of a bar that has no value, `describe` is said of a column when it is
    pointed at or read aloud.
    """
    return Markup("").join(_Chart(form, name, bars).svg(title, label, note, describe) for form in forms)


def share_bar(share: float, low: float, high: float) -> Markup:
    """Return a share of the whole as a bar, and its interval as a thin line across the end of it."""
    width = 120
    bar, start, end = (round(width * min(1.0, max(0.0, value)), 1) for value in (share, low, high))
    return Markup(
        '<svg class="share" viewBox="0 0 {w} 12" width="{w}" height="12" aria-hidden="true">'
        '<path class="whole" d="M0 11.5H{w}"/><rect class="bar" y="2" width="{bar}" height="8"/>'
        '<path class="span" d="M{start} 6H{end}M{start} 3v6M{end} 3v6"/></svg>'
    ).format(w=width, bar=bar, start=start, end=end)


class _Chart:
    """One form of one chart, with its scale."""

    def __init__(self, form: Form, name: str, bars: Sequence[Bar]) -> None:
        self._form, self._bars, self._hatch = form, bars, f"unseen-{name}-{form.name}"
        self._base = form.height - form.bottom
        self._step = (form.width - 2 * form.side) / max(1, len(bars))
        self._space = max(2.0, min(8.0, self._step * 0.16))
        self._most = max([5, *(v for bar in bars for v in (bar.value, bar.before) if v is not None)])

    def svg(self, title: str, label: Words, note: Words, describe: Words) -> Markup:
        linked = any(bar.href for bar in self._bars) and self._step >= self._form.roomy
        columns = [self._column(i, bar, note, describe, linked) for i, bar in enumerate(self._bars)]
        labels = [self._label(i, bar, label) for i, bar in enumerate(self._bars)]
        role = "group" if linked else "img"
        return Markup(
            '<svg class="chart {}" viewBox="0 0 {} {}" role="{}" aria-label="{}">'
            '<defs><pattern id="{}" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
            '<path d="M0 0V6" class="hatch"/></pattern></defs>{}{}<path d="M0 {}H{}" class="base"/></svg>'
        ).format(
            self._form.name,
            self._form.width,
            self._form.height,
            role,
            title,
            self._hatch,
            Markup("").join(columns),
            Markup("").join(labels),
            self._base + 0.5,
            self._form.width,
        )

    def _column(self, i: int, bar: Bar, note: Words, describe: Words, linked: bool) -> Markup:
        x, wide = self._place(i)
        said = describe(bar.of)
        parts = [Markup("<title>{}</title>").format(said), self._hit(i)]
        parts += [self._gap(i, gap) for gap in bar.gaps]
        if bar.value is not None:
            tone = " soft" if bar.soft else ""
            tone += " pale" if bar.pale else ""
            y = self._y(bar.value)
            parts.append(
                Markup('<path d="M{} {}V{}H{}V{}z" class="bar{}"/>').format(
                    _n(x), _n(self._base), _n(y), _n(x + wide), _n(self._base), tone
                )
            )
        if bar.before is not None:
            y = self._y(bar.before)
            parts.append(Markup('<path d="M{} {}h{}" class="before"/>').format(_n(x - 1), _n(y), _n(wide + 2)))
        parts.append(self._number(i, bar, note))
        inside = Markup("").join(parts)
        if linked and bar.href:
            return Markup('<a href="{}" aria-label="{}">{}</a>').format(bar.href, said, inside)
        return Markup("<g>{}</g>").format(inside)

    def _number(self, i: int, bar: Bar, note: Words) -> Markup:
        """Write the value above its bar, or the note where there is none; without room only the largest value."""
        x, wide = self._place(i)
        if bar.value is None:
            text, y, kind = (note(bar.of) if self._step >= self._form.roomy else ""), self._base - 8.0, "tick"
        else:
            roomy = self._step >= self._form.roomy or bar.value == max(b.value or 0 for b in self._bars)
            text, y, kind = (str(bar.value) if roomy else ""), self._above(bar), "value"
        text = escape(text).strip()
        if not text:
            return Markup("")
        return Markup('<text x="{}" y="{}" class="{}">{}</text>').format(_n(x + wide / 2), _n(y), kind, text)

    def _above(self, bar: Bar) -> float:
        """Return where a bar's number stands: above the bar, and above the dashes where those would cross it."""
        top = self._y(bar.value or 0)
        dashes = self._base if bar.before is None else self._y(bar.before)
        return (dashes if top - 20 < dashes < top else top) - 6

    def _label(self, i: int, bar: Bar, label: Words) -> Markup:
        every = 1 if self._step >= self._form.roomy else 7 if len(self._bars) > 24 else 3
        if (len(self._bars) - 1 - i) % every:
            return Markup("")
        x, wide = self._place(i)
        text = escape(label(bar.of)).strip()
        anchor = Markup(' text-anchor="end"') if every > 1 and i == len(self._bars) - 1 else Markup("")
        middle = x + wide if anchor else x + wide / 2
        return Markup('<text x="{}" y="{}" class="tick"{}>{}</text>').format(
            _n(middle), self._form.height - 7, anchor, text
        )

    def _gap(self, i: int, gap: tuple[float, float]) -> Markup:
        """Hatch a stretch of the column's time, from edge to edge, so that a gap over several hours is one piece."""
        x = self._form.side + self._step * (i + gap[0])
        return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{})"/>').format(
            _n(x), self._form.top, _n(self._step * (gap[1] - gap[0])), self._base - self._form.top, self._hatch
        )

    def _hit(self, i: int) -> Markup:
        x = self._form.side + self._step * i
        return Markup('<rect x="{}" width="{}" height="{}" class="hit"/>').format(
            _n(x), _n(self._step), self._form.height
        )

    def _place(self, i: int) -> tuple[float, float]:
        return self._form.side + self._step * i + self._space / 2, self._step - self._space

    def _y(self, value: int) -> float:
        return self._base - (self._base - self._form.top) * value / self._most


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
