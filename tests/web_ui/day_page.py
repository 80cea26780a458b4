"""The page of the business day in which something was just written to a fresh box."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from appliance.clock import now
from appliance.frame import Coverage, Crossing, VisitorGuess
from appliance.storage import Folder, Journal, open_for_writing
from web_ui import create_app

MINUTE = int(now() // 60) * 60 - 60


def day_page(path: Path, crossings: Iterable[Crossing] = (), guesses: Iterable[VisitorGuess] = ()) -> str:
    """Write what a camera saw in MINUTE, and return the text of that day's page."""
    folder = Folder(path).make()
    folder.config.write_text('[camera.door]\nsource = "usb:0"\n')
    journal = Journal(open_for_writing(folder.database))
    journal.write(list(crossings), [Coverage("door", MINUTE, 60.0, 600)], list(guesses))
    journal.close()
    day = datetime.fromtimestamp(MINUTE - 4 * 3600, UTC).date().isoformat()  # the business day begins at four
    return create_app(folder).test_client().get(f"/days/{day}", headers={"Host": "localhost"}).text
