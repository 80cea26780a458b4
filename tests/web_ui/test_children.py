"""Children stand beside the mix, and only where somebody could be told from others."""

from datetime import UTC, datetime

import pytest

from appliance.clock import now
from appliance.frame import Coverage, VisitorGuess
from appliance.storage import Folder, Journal, open_for_writing
from web_ui import create_app


@pytest.mark.parametrize(
    ("told", "shown"), [([0.8, 0.7, None], "<strong>2</strong> of 2 who could be told"), ([None, None], "")]
)
def test_the_day_tells_children_by_face_or_stature_and_is_silent_where_nobody_could_be_told(tmp_path, told, shown):
    folder = Folder(tmp_path).make()
    folder.config.write_text('[camera.door]\nsource = "usb:0"\n')
    journal, minute = Journal(open_for_writing(folder.database)), int(now() // 60) * 60 - 60
    journal.write(
        [], [Coverage("door", minute, 60.0, 600)], [VisitorGuess(minute, "door", None, None, p) for p in told]
    )
    journal.close()
    today = datetime.fromtimestamp(minute - 4 * 3600, UTC).date().isoformat()  # the business day begins at four
    page = create_app(folder).test_client().get(f"/days/{today}", headers={"Host": "localhost"}).text
    assert "Who came in" in page
    assert ("Children under twelve" in page) is bool(shown)
    assert shown in page
