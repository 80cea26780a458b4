"""What was counted is on the disk before it is told, and nothing waits for a minute to close."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.counting import CoverageMeter
from appliance.frame import Coverage, Crossing
from appliance.storage import Folder, Journal, StorageError, open_for_reading, open_for_writing, record_settings
from appliance.storage.queries import first_minute, latest_crossings, line_counts, seen


def crossing(time, direction="in", line="door"):
    return Crossing(time, "cam", line, direction, 1, 1, 0.5)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "box").make()


@pytest.fixture
def journal(folder):
    journal = Journal(open_for_writing(folder.database))
    yield journal
    journal.close()


def test_a_crossing_can_be_read_at_once_by_another_process(folder, journal):
    journal.write([crossing(100.0)])
    (row,) = line_counts(open_for_reading(folder.database), 60, 120, 60)
    assert (row.start, row.line, row.ins, row.outs) == (60, "door", 1, 0)


def test_what_looks_said_of_a_crossing_is_kept_with_it(folder, journal):
    journal.write([crossing(100.0), replace(crossing(101.0), mark="back")])
    rows = open_for_reading(folder.database).execute("SELECT mark FROM crossing ORDER BY time").fetchall()
    assert rows == [("",), ("back",)]


def test_the_database_flushes_every_commit_to_the_disk(folder):
    database = open_for_writing(folder.database)
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_increments_of_a_minute_add_up_and_never_exceed_it(folder, journal):
    journal.write([], [Coverage("cam", 60, 25.0, 250), Coverage("cam", 60, 30.0, 300)])
    journal.write([], [Coverage("cam", 60, 30.0, 300)])
    (row,) = seen(open_for_reading(folder.database), 60, 120, 60)
    assert (row.seconds, row.frames) == (60.0, 850)


def test_a_person_who_comes_at_55_adds_nothing_to_the_minute_before(folder, journal):
    journal.write([crossing(115.0)])
    assert [(r.start, r.ins) for r in line_counts(open_for_reading(folder.database), 0, 180, 60)] == [(60, 1)]


def test_buckets_are_half_open(folder, journal):
    journal.write([crossing(60.0), crossing(119.999), crossing(120.0)])
    assert [(r.start, r.ins) for r in line_counts(open_for_reading(folder.database), 60, 120, 60)] == [(60, 2)]


def test_the_newest_crossings_come_first(folder, journal):
    journal.write([crossing(1.0), crossing(3.0, "out"), crossing(2.0)])
    assert [row[0] for row in latest_crossings(open_for_reading(folder.database), 1.5, 5)] == [3.0, 2.0]


def test_before_anything_was_seen_there_is_no_first_minute(folder, journal):
    reader = open_for_reading(folder.database)
    assert first_minute(reader) is None
    journal.write([], [Coverage("cam", 120, 1.0, 1)])
    assert first_minute(reader) == 120


def test_several_cameras_may_write_at_once(folder, journal):
    threads = [
        threading.Thread(target=lambda k=k: [journal.write([crossing(100.0 + k)]) for _ in range(40)]) for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(r.ins for r in line_counts(open_for_reading(folder.database), 0, 200, 60)) == 160


def test_where_the_disk_is_full_rows_wait_and_are_written_later(folder, journal, caplog):
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own "database or disk is full"
    written = [journal.write([crossing(float(k), line="x" * 200)]) for k in range(200)]
    assert written[-1] is False
    assert "full" in journal.problem
    journal._connection.execute("PRAGMA max_page_count = 100000")
    assert journal.write([crossing(200.0)]) is True
    assert journal.problem == ""
    assert sum(r.ins for r in line_counts(open_for_reading(folder.database), 0, 600, 60)) == 201
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]  # once gone, once back


WRITER = """
import sys, time
from pathlib import Path
from appliance.counting import CoverageMeter
from appliance.frame import Crossing
from appliance.storage import Journal, open_for_writing
journal, meter = Journal(open_for_writing(Path(sys.argv[1]))), CoverageMeter("cam")
for k in range(10_000):
    moment = 600 + k / 10
    meter.see(moment)
    if k % 7 == 0:
        journal.write([Crossing(moment, "cam", "door", "in", k, k, 0.5)], meter.take())
        print(k // 7 + 1, flush=True)
    if moment > 650:
        time.sleep(3600)
"""


def test_after_a_kill_at_50_the_sum_of_the_minutes_is_the_crossings_that_were_told(folder):
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(folder.database)], stdout=subprocess.PIPE, text=True)
    told = 0
    while told < 72:  # 600 to 650 s, one every 0.7 s
        told = int(child.stdout.readline())
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    database = open_for_writing(folder.database)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sum(row.ins for row in line_counts(database, 600, 660, 60)) == told
    (row,) = seen(database, 600, 660, 60)
    assert row.seconds == pytest.approx(49.7, abs=0.8)


def test_the_minute_goes_on_after_a_restart(folder, journal):
    first = CoverageMeter("cam")
    for k in range(21):
        first.see(600 + k)
    journal.write([], first.take())
    second = CoverageMeter("cam")
    for k in range(30, 61):
        second.see(600 + k)
    journal.write([], second.take())
    (row,) = seen(open_for_reading(folder.database), 600, 660, 60)
    assert row.seconds == pytest.approx(50.0)


def test_a_change_of_settings_is_noted_once(folder):
    database = open_for_writing(folder.database)
    for time, fingerprint in ((1.0, "a"), (2.0, "a"), (3.0, "b")):
        record_settings(database, time, fingerprint, "0.1.0")
    assert [tuple(row) for row in database.execute("SELECT time, fingerprint FROM setting_change")] == [
        (1.0, "a"),
        (3.0, "b"),
    ]


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one" * 40, b"\x00" * 4096])
def test_a_file_that_is_no_database_is_said_in_one_line(folder, content):
    folder.database.write_bytes(content)
    if content.startswith(b"\x00"):
        folder.database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    with pytest.raises(StorageError, match=r"^[^\n]+tallybox\.db: the database can't be opened"):
        open_for_writing(folder.database)


def test_reading_before_anything_was_counted_says_so(folder):
    with pytest.raises(StorageError, match="nothing was counted yet"):
        open_for_reading(folder.database)


def test_a_reader_can_not_write(folder, journal):
    import sqlite3

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        open_for_reading(folder.database).execute("DELETE FROM crossing")


def test_a_folder_that_can_not_be_made_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="can't be written"):
        Folder(tmp_path / "file" / "box").make()


def test_secrets_are_made_once_and_only_the_box_may_read_them(folder):
    assert folder.page_code() == Folder(folder.path).page_code()
    assert len(folder.page_code()) == 8
    assert folder.signing_key().private_bytes_raw() == Folder(folder.path).signing_key().private_bytes_raw()
    for path in (folder.path / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert Path(folder.path / "keys").stat().st_mode & 0o077 == 0


def test_two_who_make_a_secret_at_once_get_the_same(tmp_path):
    folders = [Folder(tmp_path).make() for _ in range(8)]
    codes = []
    threads = [threading.Thread(target=lambda f=f: codes.append(f.session_key())) for f in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(codes)) == 1
