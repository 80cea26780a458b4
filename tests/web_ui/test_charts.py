"""Charts: what is seen stands, what was not is hatched, and words are never markup."""

from typing import Any
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from web_ui.charts import HOURS, MONTH, WEEK, Bar, draw, share_bar

SVG = "{http://www.w3.org/2000/svg}"
BARS = st.lists(
    st.builds(
        Bar,
        of=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8),
        value=st.none() | st.integers(0, 5000),
        before=st.none() | st.integers(0, 5000),
        gaps=st.just(()) | st.just(((0.25, 0.75),)),
        pale=st.booleans(),
        href=st.sampled_from(["", "/days/2026-11-24"]),
    ),
    max_size=31,
)


def drawn(bars: list[Bar], forms: Any = HOURS) -> list[ElementTree.Element]:
    markup = str(draw(forms, "test", bars, "A chart", str, lambda of: "–", lambda of: f"said of {of}"))
    namespaced = markup.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    return list(ElementTree.fromstring(f"<r>{namespaced}</r>"))


@given(BARS, st.sampled_from([HOURS, WEEK, MONTH]))
def test_any_bars_make_well_formed_charts_within_their_frame(bars: list[Bar], forms: Any) -> None:
    charts = drawn(bars, forms)
    assert len(charts) == len(forms)
    for chart, form in zip(charts, forms, strict=True):
        for text in chart.iter(f"{SVG}text"):
            assert 0 <= float(text.attrib["x"]) <= form.width
            assert 0 <= float(text.attrib["y"]) <= form.height
        for box in chart.iter(f"{SVG}rect"):
            assert float(box.attrib["x"]) + float(box.attrib["width"]) <= form.width + 0.2


def test_a_column_without_a_value_has_no_bar_and_says_so() -> None:
    chart = drawn([Bar("a", None, gaps=((0.0, 1.0),)), Bar("b", 0)])[0]
    columns = chart.findall(f"{SVG}g")
    assert [len(column.findall(f"{SVG}path")) for column in columns] == [0, 1]
    assert [column.find(f"{SVG}text").text for column in columns] == ["–", "0"]  # type: ignore[union-attr]
    assert len(columns[0].findall(f"{SVG}rect")) == 2  # the hatched one, and the one that is pointed at


def test_half_an_hour_that_was_not_seen_is_hatched_where_it_lies() -> None:
    chart = drawn([Bar("a", 3, gaps=((0.25, 0.75),)), Bar("b", 4)], WEEK)[0]
    hatched = next(box for box in chart.iter(f"{SVG}rect") if "fill" in box.attrib)
    assert float(hatched.attrib["x"]) == 2 + 0.25 * 210
    assert float(hatched.attrib["width"]) == 0.5 * 210


def test_a_number_never_stands_on_the_dashes_of_last_week() -> None:
    for before in range(0, 60):
        chart = drawn([Bar("a", 30, before=before), Bar("b", 60)], WEEK)[0]
        column = chart.findall(f"{SVG}g")[0]
        baseline = float(column.find(f"{SVG}text").attrib["y"])  # type: ignore[union-attr]
        dashes = next(p for p in column.findall(f"{SVG}path") if p.attrib["class"] == "before")
        at = float(dashes.attrib["d"].split()[1].split("h")[0])
        assert not baseline - 12 < at < baseline


def test_words_are_escaped() -> None:
    chart = drawn([Bar('<script>alert("1")</script>', 3, href="/x")], WEEK)[0]
    assert not list(chart.iter(f"{SVG}script"))
    assert "<script>" in (chart.find(f"{SVG}a").attrib["aria-label"])  # type: ignore[union-attr]


def test_a_narrow_month_keeps_its_largest_number_and_every_seventh_label() -> None:
    chart = drawn([Bar(str(i), i) for i in range(28)], MONTH)[1]
    texts = [text.text for text in chart.iter(f"{SVG}text")]
    assert texts == ["27", "6", "13", "20", "27"]


def test_a_share_is_a_bar_with_its_interval_within_the_whole():
    drawn = str(share_bar(0.5, -0.1, 1.2))
    assert 'class="bar" y="2" width="60.0"' in drawn
    assert 'd="M0.0 6H120.0' in drawn
