"""The day's page tells who came back and who works here, and is silent where nobody was marked."""

import pytest

from appliance.frame import Crossing
from tests.web_ui.day_page import MINUTE, day_page


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        (["back", "", "back", "staff"], "<strong>2</strong> had gone out"),
        (["staff"], "<strong>1</strong> work"),
        ([""], ""),
    ],
)
def test_the_day_tells_who_came_back_and_who_works_here(tmp_path, marks, shown):
    crossed = [Crossing(MINUTE + i, "door", "door", "in", i, i, 0.5, mark) for i, mark in enumerate(marks)]
    page = day_page(tmp_path, crossed)
    assert ("Of those who came in, " in page) is bool(shown)
    assert shown in page
