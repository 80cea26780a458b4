"""The day's page tells who came back and who works here, and is silent where nobody was marked."""

from datetime import UTC, datetime

import pytest

from appliance.clock import now
from appliance.frame import Coverage, Crossing
from appliance.storage import Folder, Journal, open_for_writing
from web_ui import create_app


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        (["back", "", "back", "staff"], "<strong>2</strong> had gone out"),
        (["staff"], "<strong>1</strong> work"),
        ([""], ""),
    ],
)
def test_the_day_tells_who_came_back_and_who_works_here(tmp_path, marks, shown):
    folder = Folder(tmp_path).make()
    folder.config.write_text('[camera.door]\nsource = "usb:0"\n')
    journal, minute = Journal(open_for_writing(folder.database)), int(now() // 60) * 60 - 60
    rows = [Crossing(minute + i, "door", "door", "in", i, i, 0.5, mark) for i, mark in enumerate(marks)]
    journal.write(rows, [Coverage("door", minute, 60.0, 600)], [])
    journal.close()
    today = datetime.fromtimestamp(minute - 4 * 3600, UTC).date().isoformat()  # the business day begins at four
    page = create_app(folder).test_client().get(f"/days/{today}", headers={"Host": "localhost"}).text
    assert ("Of those who came in, " in page) is bool(shown)
    assert shown in page
