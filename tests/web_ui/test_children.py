"""Children stand beside the mix, and only where somebody could be told from others."""

import pytest

from appliance.frame import VisitorGuess
from tests.web_ui.day_page import MINUTE, day_page


@pytest.mark.parametrize(
    ("told", "shown"), [([0.8, 0.7, None], "<strong>2</strong> of 2 who could be told"), ([None, None], "")]
)
def test_the_day_tells_children_by_face_or_stature_and_is_silent_where_nobody_could_be_told(tmp_path, told, shown):
    page = day_page(tmp_path, guesses=[VisitorGuess(MINUTE, "door", None, None, p) for p in told])
    assert "Who came in" in page
    assert ("Children under twelve" in page) is bool(shown)
    assert shown in page
