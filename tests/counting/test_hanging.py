"""A camera that was moved or covered is noticed within minutes; light, people, deliveries and reboots say nothing."""

import cv2
import numpy as np
import pytest

from appliance import cameras
from appliance.counting import HangingWatch
from appliance.counting.hanging import LOOKS, SETTLING, cut
from appliance.frame import Hanging
from tests.conftest import ROOT
from tests.counting.test_sketch import SIZE, moved, scene

REPOSITORY = sorted((ROOT / "tests/scenes").glob("*.mp4"))
SHARED = sorted((ROOT.parent / "shared/clips").glob("*.mp4"))
MINUTE, SETTLED = 60, int(SETTLING // 60) + 15
RNG = np.random.default_rng(3)


class Wall:
    """A watched camera, minute by minute."""

    def __init__(self, known=Hanging("door", "x"), open_at=lambda time: True):  # noqa: B008 - frozen
        self.watch, self.minute, self.told = HangingWatch(known, open_at), 0, []

    def shows(self, pictures, minutes):
        """Let it see the pictures, one a minute, again and again; return what was told meanwhile."""
        before = len(self.told)
        for k in range(minutes):
            said = self.watch.see(pictures[(7 * k) % len(pictures)], MINUTE * self.minute)
            self.minute += 1
            if said is not None:
                self.told.append((said, self.minute))
        return [said for said, _ in self.told[before:]]

    @property
    def state(self):
        return self.watch.known.state


@pytest.fixture
def wall():
    wall = Wall()
    wall.shows([noisy(scene())], SETTLED)
    assert wall.state == "same"
    return wall


def noisy(image, sigma=3.0):
    return np.clip(image + RNG.normal(0, sigma, image.shape), 0, 255).astype(np.uint8)


def parked(image):
    """A van before the left three quarters of the picture."""
    hidden = image.copy()
    cv2.rectangle(hidden, (0, 0), (3 * SIZE[0] // 4, SIZE[1]), (230, 230, 230), -1)
    cv2.rectangle(hidden, (60, 60), (400, 300), (40, 90, 160), 9)
    return hidden


def night(image):
    """What infrared leaves: grey, a quarter of the contrast, bright in the middle, noise."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    lamp = np.exp(-(((x - SIZE[0] / 2) / 300) ** 2) - ((y - SIZE[1] / 2) / 220) ** 2)[..., None]
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return noisy(grey * 0.25 * (0.5 + lamp) + 15, 4)


CAP = [noisy(np.full((SIZE[1], SIZE[0], 3), 6, np.uint8), 6) for _ in range(5)]
CLOTH = [noisy(np.full((SIZE[1], SIZE[0], 3), 120, np.uint8), 8) for _ in range(5)]


@pytest.mark.parametrize(("x", "y", "turned"), [(0.03, 0, 0), (0, -0.03, 0), (-0.08, 0.04, 0), (0, 0, 8), (0, 0, -15)])
def test_a_camera_that_was_moved_is_told_with_how_far_and_since_when(wall, x, y, turned):
    at = wall.minute
    (said,) = wall.shows([noisy(moved(scene(), x, y, turned))], 20)
    assert said.state == "moved"
    assert (said.x, said.y) == (pytest.approx(x, abs=0.012), pytest.approx(y, abs=0.012))
    assert said.turned == pytest.approx(turned, abs=3)
    assert at <= said.since / MINUTE <= at + 4
    assert 10 <= wall.told[-1][1] - at <= 15


def test_nothing_is_said_of_what_lasts_less_than_ten_minutes(wall):
    assert wall.shows([moved(scene(), 0.1)], 9) == []
    assert wall.shows([scene()], 30) == []


def test_a_camera_that_is_turned_back_is_well_again_by_itself(wall):
    wall.shows([moved(scene(), 0.1)], 20)
    (said,) = wall.shows([scene()], 10)
    assert (said.state, said.x, said.turned) == ("same", 0, 0)


def test_a_camera_that_shows_something_else_is_told_within_an_hour_and_a_bit(wall):
    (said,) = wall.shows([noisy(scene(5))], 75)
    assert (said.state, said.x, said.y) == ("moved", 0, 0)


def test_a_cloth_is_told_within_minutes(wall):
    (said,) = wall.shows(CLOTH, 15)
    assert said.state == "covered"
    (said,) = wall.shows([scene()], 10)
    assert said.state == "same"


def test_the_dark_is_told_after_an_hour_of_opening_hours_and_never_of_others():
    at_night = Wall(open_at=lambda time: time < SETTLED * MINUTE)
    at_night.shows([scene()], SETTLED)
    assert at_night.shows(CAP, 600) == []
    by_day = Wall()
    by_day.shows([scene()], SETTLED)
    assert by_day.shows(CAP, 55) == []
    assert [said.state for said in by_day.shows(CAP, 15)] == ["covered"]


@pytest.mark.parametrize("change", [night, lambda image: cv2.convertScaleAbs(image, alpha=0.5, beta=90), parked])
def test_other_light_and_a_van_that_stays_say_nothing(wall, change):
    for _ in range(3):
        said = wall.shows([noisy(change(scene()))], 40)
        said += wall.shows([noisy(scene())], 40)
        assert {s.state for s in said} <= {"same"}
    assert wall.state == "same"


@pytest.mark.parametrize("blank", [0, 128])
def test_a_camera_that_starts_again_says_nothing(wall, blank):
    assert wall.shows([np.full((360, 640, 3), blank, np.uint8)], 5) == []
    assert wall.shows([scene()], 30) == []


def test_a_camera_that_is_still_being_hung_is_learnt_anew_without_a_word():
    wall = Wall()
    wall.shows([scene()], 20)
    (said,) = wall.shows([moved(scene(), 0.2)], 20)
    assert said.state == "same"
    assert wall.shows([moved(scene(), 0.2)], 120) == []
    assert [s.state for s in wall.shows([scene()], 20)] == ["moved"]


def test_an_owner_s_word_begins_it_anew(wall):
    wall.shows([moved(scene(), 0.1)], 20)
    wall.watch.begin_anew()
    assert [(s.state, s.looks == b"") for s in wall.shows([moved(scene(), 0.1)], 10)] == [
        ("new", True),
        ("same", False),
    ]


def test_nothing_is_begun_with_a_covered_lens():
    wall = Wall()
    assert wall.shows(CAP, 60) == []
    assert [s.state for s in wall.shows([scene()], 10)] == ["same"]


def test_it_goes_on_from_what_was_kept(wall):
    wall.shows([moved(scene(), 0.1)], 20)
    again = Wall(wall.watch.known)
    again.minute = wall.minute + 3
    assert again.shows([moved(scene(), 0.1)], 60) == []
    assert [s.state for s in again.shows([scene()], 15)] == ["same"]


def refitted(step):
    """The scene with other shelves, more with every step; the walls stay."""
    rng = np.random.default_rng(9)
    image = scene()
    for _ in range(8 * step):
        (x, y), tone = rng.integers((0, 0), SIZE), rng.integers(20, 240, 3).tolist()
        cv2.rectangle(image, (int(x), int(y)), (int(x) + 90, int(y) + 60), tone, -1)
    return image


def test_a_shop_that_changes_bit_by_bit_stays_the_same_and_keeps_few_looks(wall):
    for step in range(1, 9):
        wall.shows([noisy(refitted(step))], 120)
        assert wall.state == "same"
    assert 2 <= len(cut(wall.watch.known.looks)) <= LOOKS
    assert [s.state for s in wall.shows([moved(refitted(8), 0.08)], 20)] == ["moved"]


def test_looks_never_follow_a_camera_that_sinks(wall):
    told = []
    for step in range(1, 30):
        told += wall.shows([noisy(moved(scene(), y=0.002 * step))], 60)
    assert "moved" in {said.state for said in told}


def pictures_of(clip):
    frames = [cv2.resize(f.image, SIZE) for i, f in enumerate(cameras.replay(clip, width=1920).frames()) if i % 20 == 0]
    return frames[:24]


@pytest.mark.skipif(not SHARED, reason="the real clips are not beside the checkout")
@pytest.mark.slow
@pytest.mark.parametrize("clip", [pytest.param(clip, id=clip.stem) for clip in SHARED])
def test_real_clips(clip):
    watch_a_clip(clip)


@pytest.mark.slow
@pytest.mark.parametrize("clip", [pytest.param(clip, id=clip.stem) for clip in REPOSITORY])
def test_drawn_clips(clip):
    watch_a_clip(clip)


def watch_a_clip(clip):
    """A clip against itself is silent; moved by 8 % it is told, and covered; back it is the same again."""
    pictures, wall = pictures_of(clip), Wall()
    wall.shows(pictures, SETTLED + 120)
    assert wall.state == "same"
    assert {said.state for said, _ in wall.told} == {"same"}
    assert {s.state for s in wall.shows([night(p) for p in pictures], 60)} <= {"same"}
    for wrong in [[moved(p, -0.08, 0.04) for p in pictures], [moved(p, turned=12) for p in pictures]]:
        said = [s.state for s in wall.shows(wrong, 25)]
        assert said == ["moved"]
        wall.shows(pictures, 20)
        assert wall.state == "same"
    assert [s.state for s in wall.shows(CLOTH, 20)] == ["covered"]
    wall.shows(pictures, 20)
    assert wall.state == "same"
