"""The command line that others script against."""

import json
import re

import pytest

from appliance.cli import COMMANDS

LINE = "door:0.1,0.5,0.9,0.5:0.5,0.9"


def rows(result):
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_summary_comes_last_and_names_every_line_also_where_nobody_passed(tallybox, clip):
    told = rows(tallybox("replay", clip, "--line", LINE, "--line", "back:0.1,0.2,0.9,0.2:0.5,0.9", "--json"))
    summary = told[-1]
    assert len(told) == 1
    assert summary["in"] == summary["out"] == {"door": 0, "back": 0}
    assert summary["frames"] == 20
    assert set(summary) == {
        "kind", "frames", "seconds", "in", "out", "fps", "decode_ms", "detect_ms", "track_ms", "peak_rss_mb"
    }  # fmt: skip


def test_nothing_but_json_is_on_standard_output_and_nothing_at_all_on_standard_error(tallybox, clip):
    result = tallybox("replay", clip, "--line", LINE, "--json")
    rows(result)
    assert result.stderr == ""


def test_without_json_it_speaks_in_sentences(tallybox, clip):
    assert "door: 0 in, 0 out" in tallybox("replay", clip, "--line", LINE).stdout


def test_detect_prints_a_line_a_picture_with_weak_scores_too(tallybox, shared):
    pictures = sorted((shared / "train/person/rf_human_v2").glob("*.jpg"))[:2]
    told = rows(tallybox("detect", *pictures, "--json"))
    assert [row["file"] for row in told] == [str(p) for p in pictures]
    scores = [box[4] for row in told for box in row["boxes"]]
    assert max(scores) > 0.6
    assert 0.02 <= min(scores) < 0.1
    assert all(len(box) == 5 for row in told for box in row["boxes"])


def test_bench_prints_a_row_a_size_int8_beside_fp32(tallybox):
    told = [row for row in rows(tallybox("bench", "--runs", "3", "--json")) if row["model"] == "person"]
    assert [row["size"] for row in told] == ["320x192", "384x224", "448x256", "512x288", "640x384"]
    for row in told:
        assert set(row) == {"model", "size", "int8_ms", "fp32_ms", "ratio"}
        assert row["ratio"] == pytest.approx(row["fp32_ms"] / row["int8_ms"], abs=0.02)


def test_bench_times_nets_of_others_in_the_same_run(tallybox, shared):
    told = rows(tallybox("bench", "--runs", "3", "--size", "320x192", "--yardsticks", shared / "weights", "--json"))
    assert {"person", "yolox-nano", "fastestdet"} <= {row["model"] for row in told}
    assert all(row.get("fp32_ms", 1) > 0 for row in told)


def test_config_prints_an_example_that_is_good(tallybox, tmp_path):
    (tmp_path / "tallybox.toml").write_text(tallybox("config", "--example").stdout)
    result = tallybox("config", "--data", tmp_path)
    assert "camera        door: rtsp://192.168.1.20/stream1" in result.stdout
    assert "password" not in result.stdout


@pytest.mark.parametrize(
    "command",
    [[], *([name] for name in COMMANDS), ["hq", "serve"], ["hq", "enrol"], ["hq", "invite"]],
    ids=" ".join,
)  # fmt: skip
def test_help_shows_a_real_example(command, tallybox):
    result = tallybox(*command, "--help")
    assert result.returncode == 0
    assert re.search(r"Example:?\s+tallybox " + " ".join(command), result.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["meeting-room.mp4", "underpass.mp4"])
def test_the_same_clip_at_any_speed_and_twice_gives_the_same_crossings_byte_for_byte(name, tallybox, shared):
    truth = json.loads((shared / "clips/counts.json").read_text())
    from scripts.score import line_text

    line = line_text(next(c for c in truth["clips"] if c["file"] == name)["line"])
    outputs = [
        [row for row in result.stdout.splitlines() if '"crossing"' in row]
        for speed in ("max", "real", "max")
        for result in [tallybox("replay", shared / "clips" / name, "--line", line, "--speed", speed, "--json")]
    ]
    assert outputs[0] == outputs[1] == outputs[2] != []
