from math import radians

import numpy as np
import pytest

from appliance.config import ConfigError
from scripts.synthetic_shop.scene import Camera, Light, Thing
from scripts.synthetic_shop.scene_file import parse

ABOUT = 'about = "a door"\n'


def test_a_scene_needs_only_a_sentence_about_it() -> None:
    scene = parse(ABOUT, "plain")
    assert (scene.name, scene.doors[0].name, scene.camera.width) == ("plain", "entrance", 640)


def test_angles_are_degrees_in_the_file_and_radians_in_code() -> None:
    scene = parse(ABOUT + "[camera]\ntilt = 90\n[light]\nazimuth = -45", "s")
    assert scene.camera.tilt == pytest.approx(radians(90))
    assert scene.light.azimuth == pytest.approx(radians(-45))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("seconds = 5", "needs about"),
        (ABOUT + "colour = 1", "colour is not a key of a scene"),
        (ABOUT + "seconds = 0.2", "seconds must be a number from 1 to 600"),
        (ABOUT + "seed = true", "seed must be a number"),
        (ABOUT + "[camera]\ntilt = 91", "camera.tilt must be a number from 0 to 90"),
        (ABOUT + "[camera]\nlense = 1", "camera.lense is not a key; known here: width"),
        (ABOUT + "[camera]\ngrey = 1", "camera.grey must be true or false"),
        (ABOUT + '[camera]\nlens = "mirror"', "camera.lens must be one of pinhole, radial, fisheye"),
        (ABOUT + "[camera]\nfov = 170", 'camera.fov above 154 degrees needs lens = "fisheye"'),
        (ABOUT + "[camera]\nheight_m = 5", "camera.height_m is above the ceiling"),
        (ABOUT + "[door]\nwidth = 2", "door must be written [[door]]"),
        (ABOUT + "[[door]]\n[[door]]", "two doors have the same name"),
        (ABOUT + "[[door]]\nx = 3.2", "door entrance is wider than its wall"),
        (ABOUT + "[[visitor]]\nstart = 2", "visitor 1 needs script: what they do"),
        (ABOUT + '[[visitor]]\nscript = "in"\n[[visitor]]\nscript = "fly"', "visitor 2.script must be one of in, out"),
        (ABOUT + '[[visitor]]\nscript = "in"\ndoor = "back"', "visitor 1.door must be one of entrance"),
        (ABOUT + '[[visitor]]\nscript = "in"\ncarries = "box"', "visitor 1.carries must be a list of box, bag"),
        (ABOUT + '[[thing]]\nkind = "table"\nsize = [1, 1]', "thing 1.size must be a size [width, depth, height]"),
        (ABOUT + '[[visitor]]\nscript = "in"\ngoal = [1]', "visitor 1.goal must be a place [x, y] in metres"),
        ("about = ", "s.toml: Invalid value"),
    ],
)
def test_a_wrong_scene_gets_one_line_that_names_the_key(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "s")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_seed_furnishes_alike_and_another_one_differently() -> None:
    text = ABOUT + "[room]\nclutter = 9"
    assert parse(text, "s", 5).things == parse(text, "s", 5).things
    assert parse(text, "s", 5).things != parse(text, "s", 6).things


def test_furniture_stays_in_the_room_and_out_of_the_way_of_the_door() -> None:
    for seed in range(12):
        scene = parse(ABOUT + "[room]\nclutter = 20", "s", seed)
        solid = [thing for thing in scene.things if thing.blocks]
        assert solid
        for thing in solid:
            half_x, half_y = thing.footprint
            assert abs(thing.x) + half_x <= scene.room.width / 2
            assert 0.3 <= thing.y - half_y < thing.y + half_y <= scene.room.depth
            assert thing.y - half_y >= 2.5 or abs(thing.x) - half_x >= scene.doors[0].width / 2 + 0.4


@pytest.mark.parametrize(("looks", "way"), [("out", (0, -1, 0)), ("in", (0, 1, 0))])
def test_a_level_camera_looks_straight_at_the_door_or_away_from_it(looks: str, way: tuple[float, ...]) -> None:
    assert Camera(tilt=0.0, looks=looks).forward == pytest.approx(way, abs=1e-9)


def test_a_camera_at_90_degrees_looks_straight_down() -> None:
    assert Camera(tilt=radians(90), yaw=1.0).forward == pytest.approx((0, 0, -1), abs=1e-9)


def test_the_sun_stands_over_the_street_and_wanders() -> None:
    light = Light(sun=1, azimuth=0.0, elevation=radians(30), drift=radians(1))
    assert light.towards_sun(0) == pytest.approx((0, -np.cos(radians(30)), 0.5))
    assert light.towards_sun(10)[0] > 0.1


def test_a_things_footprint_turns_with_it() -> None:
    size = (2.0, 0.5, 1.0)
    assert Thing("shelf", heading=radians(90), size=size).footprint == pytest.approx((1.0, 0.25))
    assert Thing("shelf", heading=0.0, size=size).footprint == pytest.approx((0.25, 1.0))
