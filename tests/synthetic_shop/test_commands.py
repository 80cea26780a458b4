import csv
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from scripts.score import read_clips
from scripts.synthetic_shop.agents import simulate
from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.bundle import BUNDLED, LIMIT, SCENES
from scripts.synthetic_shop.clips import ClipError, render_clip
from scripts.synthetic_shop.commands import cli
from scripts.synthetic_shop.frames import A_SCENE, COLUMNS, EXTRA, FACES, write_frames
from scripts.synthetic_shop.random_scene import Wanted
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.scene_file import SUITE, load, parse, suite
from scripts.synthetic_shop.studio import Studio
from scripts.synthetic_shop.truth import expected
from tests.conftest import ROOT

SMALL = """
about = "one in"
seconds = 6
[camera]
width = 320
height = 180
[[visitor]]
script = "in"
start = -2.5
"""


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.synthetic_shop", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=100)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_help_of_every_command_shows_a_line_one_can_type(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"]).output
    assert f"-m scripts.synthetic_shop {name}" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["render", "none.toml", "--out", "x"], "none.toml: can't be read"),
        (["suite", "--only", "nowhere", "--out", "x"], "--only nowhere: no such scene; known: "),
        (["frames", "--tilt", "steep", "--out", "x"], "'steep': must be degrees such as 70-90"),
        (["frames", "--tilt", "90-70", "--out", "x"], "must lie within 0-90"),
        (["frames", "--count", "0", "--out", "x"], "--count"),
        (["sheet", "tests/synthetic_shop"], "holds neither NAME.truth.json nor frames.csv"),
    ],
)
def test_what_was_typed_wrong_gets_one_line_and_exit_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = _run(*[tmp_path / a if a == "x" else a for a in arguments])
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_baking_without_the_body_model_says_what_is_missing() -> None:
    if find_spec("anny"):
        pytest.skip("anny is installed here")
    done = _run("bake", "--count", 1)
    assert done.returncode == 1
    assert "anny" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_the_repository_carries_its_six_clips_small_and_with_their_truth() -> None:
    names = {path.stem for path in suite()}
    assert set(BUNDLED) <= names
    clips = {clip.name: clip for clip in read_clips(SCENES)}
    assert set(clips) == set(BUNDLED)
    for name, clip in clips.items():
        assert clip.path.stat().st_size <= LIMIT
        assert 4 <= len(clip.crossings) <= 12
        truth = json.loads((SCENES / f"{name}.truth.json").read_text())
        with av.open(str(clip.path)) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height) == (truth["width"], truth["height"])
            assert stream.frames == round(truth["seconds"] * truth["fps"])


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_a_bundled_truth_is_what_its_scene_says_today(name: str, walkers: list[BodyInfo]) -> None:
    scene = load(SUITE / f"{name}.toml")
    told = json.loads((SCENES / f"{name}.truth.json").read_text())["expected"]["crossings"]
    must = expected(scene, simulate(scene, walkers))
    assert [(c.person, c.direction) for c in must] == [(c["person"], c["direction"]) for c in told]
    assert [c.t for c in must] == pytest.approx([c["t"] for c in told], abs=0.05)


@pytest.fixture(scope="module")
def clip(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One small clip with its truth."""
    folder = tmp_path_factory.mktemp("clip")
    render_clip(studio, parse(SMALL, "small"), folder)
    return folder


def _pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


@pytest.mark.slow
def test_a_clip_has_a_picture_for_each_row_of_its_truth_and_can_be_scored(clip: Path) -> None:
    truth = json.loads((clip / "small.truth.json").read_text())
    assert len(_pictures(clip / "small.mp4")) == len(truth["frames"]) == 60
    (told,) = read_clips(clip)
    assert [direction for _, _, direction in told.crossings] == ["in"]


@pytest.mark.slow
def test_what_moves_in_the_video_moves_where_the_truth_says_and_not_a_frame_later(clip: Path) -> None:
    truth = json.loads((clip / "small.truth.json").read_text())
    pictures = np.array(_pictures(clip / "small.mp4"))
    changed = np.abs(pictures.astype(int) - np.median(pictures, 0)).max(-1) > 70

    def outside(shift: int) -> float:
        left = []
        for i in range(8, 52):
            boxes = np.zeros(changed.shape[1:], bool)
            for person in truth["frames"][i + shift]["people"]:
                if person["visible_box"]:
                    x1, y1, x2, y2 = person["visible_box"]
                    boxes[y1:y2, x1:x2] = True
            if changed[i].sum() > 100:
                left.append((changed[i] & ~boxes).sum() / changed[i].sum())
        assert left, "nobody was seen to move"
        return float(np.mean(left))

    shifts = {shift: outside(shift) for shift in (-3, 0, 3)}
    assert min(shifts, key=lambda shift: shifts[shift]) == 0, shifts


@pytest.mark.slow
def test_the_same_seed_gives_the_same_truth_byte_for_byte(studio: Studio, clip: Path, tmp_path: Path) -> None:
    render_clip(studio, parse(SMALL, "small"), tmp_path)
    assert (tmp_path / "small.truth.json").read_bytes() == (clip / "small.truth.json").read_bytes()


@pytest.mark.slow
def test_a_scene_whose_line_is_out_of_sight_is_refused_with_a_reason(studio: Studio, tmp_path: Path) -> None:
    scene: Scene = parse('about = "x"\n[camera]\ntilt = 5\ny = 1\nlooks = "in"', "blind")
    with pytest.raises(ClipError, match="blind: the line of door entrance is not in the picture"):
        render_clip(studio, scene, tmp_path)


@pytest.mark.slow
def test_frames_come_with_their_tables_in_the_trainers_columns(studio: Studio, tmp_path: Path) -> None:
    count = 2 * A_SCENE + 3
    totals = write_frames(studio, tmp_path, count, 5, Wanted((70, 90), sizes=True))
    with (tmp_path / "frames.csv").open() as table:
        reader = csv.DictReader(table)
        rows = list(reader)
        assert tuple(reader.fieldnames or ()) == COLUMNS
    with (tmp_path / "frames_extra.csv").open() as table:
        extra = list(csv.DictReader(table))
        assert tuple(extra[0]) == EXTRA
    assert len({row["file"] for row in rows}) == len(list(tmp_path.glob("*.jpg"))) == count
    assert totals == {kind: sum(row["kind"] == kind for row in rows) for kind in totals}
    labelled = [row for row in rows if row["kind"] != "none"]
    assert [(row["file"], row["x1"]) for row in labelled] == [(row["file"], row["x1"]) for row in extra]
    for row in labelled:
        x1, y1, x2, y2 = (float(row[key]) for key in ("x1", "y1", "x2", "y2"))
        assert 0 <= x1 < x2 <= int(row["width"])
        assert 0 <= y1 < y2 <= int(row["height"])
    with (tmp_path / "faces.csv").open() as table:
        faces = list(csv.DictReader(table))
        assert tuple(faces[0]) == FACES
    assert {row["file"] for row in faces} == {row["file"] for row in rows}
    for row in rows:
        image = cv2.imread(str(tmp_path / row["file"]))
        assert image is not None
        assert image.shape[1::-1] == (int(row["width"]), int(row["height"]))


@pytest.mark.slow
def test_a_sheet_is_written_of_clips_and_of_frames(studio: Studio, clip: Path, tmp_path: Path) -> None:
    write_frames(studio, tmp_path, 3, 9, Wanted())
    for folder in (clip, tmp_path):
        done = _run("sheet", folder, "--out", tmp_path / "sheet.png", "--columns", 2)
        assert done.returncode == 0, done.stderr
        assert cv2.imread(str(tmp_path / "sheet.png")) is not None
