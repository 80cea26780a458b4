"""Which cameras were moved or covered within a span is read from the changes alone."""

import pytest

from appliance.frame import Hanging
from appliance.metrics.hanging import Misplaced, in_words, misplaced
from appliance.storage import Journal, open_for_writing, queries

CAMERAS = {"door", "back"}


@pytest.fixture
def db(tmp_path):
    database = open_for_writing(tmp_path / "tallybox.db")
    journal = Journal(database)
    for camera, time, state in [
        ("door", 0, "same"), ("door", 100, "moved"), ("door", 200, "same"),
        ("back", 0, "same"), ("back", 150, "covered"), ("gone", 50, "moved"),
    ]:  # fmt: skip
        journal.write([], hanging=Hanging(camera, "x", state, float(time)))  # type: ignore[arg-type]
    yield database
    journal.close()


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, 100, []),
        (0, 101, [Misplaced("door", "moved", 100, None)]),
        (120, 180, [Misplaced("back", "covered", 150, None), Misplaced("door", "moved", 100, None)]),
        (199, 300, [Misplaced("back", "covered", 150, None), Misplaced("door", "moved", 100, 200)]),
        (200, 300, [Misplaced("back", "covered", 150, None)]),
    ],
)
def test_a_span_names_who_was_misplaced_in_it_as_known_at_its_end(db, start, end, found):
    assert misplaced(db, CAMERAS, start, end) == found


def test_the_newest_is_kept_once_a_camera(db):
    assert {name: known.state for name, known in queries.hangings(db).items()} == {
        "door": "same", "back": "covered", "gone": "moved",
    }  # fmt: skip


def test_nothing_was_looked_at_yet(tmp_path):
    assert misplaced(open_for_writing(tmp_path / "tallybox.db"), CAMERAS, 0, 100) == []


@pytest.mark.parametrize(
    ("x", "y", "turned", "words"),
    [
        (0.08, 0, 0, "8 % further right"),
        (-0.081, 0.044, 0, "8 % further left, 4 % lower"),
        (0.002, -0.03, -7, "3 % higher, turned by about 7 degrees"),
        (0, 0, 0, ""),
    ],
)
def test_words_say_which_way(x, y, turned, words):
    assert in_words(Hanging("door", "x", "moved", x=x, y=y, turned=turned)) == words
