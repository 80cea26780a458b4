from math import degrees

import numpy as np
import pytest

from scripts.synthetic_shop.bodies import BodyInfo
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.placing import Placer
from scripts.synthetic_shop.random_scene import SIZES, Wanted, random_scene
from scripts.synthetic_shop.scene import LENSES, LIGHTS
from scripts.synthetic_shop.scene_file import load, suite
from scripts.synthetic_shop.walkable import Floor

SEEDS = range(120)


def test_the_same_seed_gives_the_same_scene_and_another_one_another() -> None:
    assert random_scene(7) == random_scene(7)
    assert random_scene(7) != random_scene(8)


def test_a_wish_for_tilt_light_and_size_is_kept() -> None:
    scenes = [random_scene(seed, Wanted((70, 90), "ir", sizes=True)) for seed in SEEDS]
    assert all(70 <= degrees(scene.camera.tilt) <= 90.001 for scene in scenes)
    assert {scene.light.kind for scene in scenes} == {"ir"}
    assert all(scene.camera.grey for scene in scenes)
    assert {(scene.camera.width, scene.camera.height) for scene in scenes} == set(SIZES)


def test_left_to_chance_all_lights_and_lenses_come_and_half_look_steeply_down() -> None:
    scenes = [random_scene(seed) for seed in SEEDS]
    assert {scene.light.kind for scene in scenes} == set(LIGHTS)
    assert {scene.camera.lens for scene in scenes} == set(LENSES)
    steep = np.mean([degrees(scene.camera.tilt) >= 70 for scene in scenes])
    assert 0.4 < steep < 0.7
    assert sum(degrees(scene.camera.tilt) > 89.9 for scene in scenes) >= 10


def test_the_camera_hangs_in_the_room_and_sees_the_floor_at_the_door() -> None:
    seen = []
    for seed in SEEDS:
        scene = random_scene(seed)
        camera, door, lens = scene.camera, scene.doors[0], Lens(scene.camera, scene)
        assert abs(camera.x) < scene.room.width / 2
        assert 0 < camera.y < scene.room.depth
        assert camera.height_m < scene.room.height
        pixels, depth = lens.project([[door.x, 0.8, z] for z in (0.0, 0.9, 1.7)])
        seen.append(((depth > 0) & (pixels > 0).all(1) & (pixels < [lens.width, lens.height]).all(1)).any())
    assert np.mean(seen) > 0.85


def test_a_yard_is_seen_steeply_from_high_up_and_has_cars_that_do_not_overlap() -> None:
    scenes = [random_scene(seed, Wanted(yard=True)) for seed in SEEDS]
    assert all(degrees(scene.camera.tilt) >= 60 and scene.camera.height_m >= 4.5 for scene in scenes)
    assert all(scene.things and scene.things[0].kind == "car" for scene in scenes)
    for scene in scenes:
        places = np.array([(thing.x, thing.y) for thing in scene.things])
        apart = np.abs(places[:, None] - places[None]).sum(-1) + 9 * np.eye(len(places))
        assert apart.min() > 4.5


@pytest.mark.parametrize("seed", range(10))
def test_people_stand_where_one_can_stand_and_not_in_each_other(seed: int, walkers: list[BodyInfo]) -> None:
    scene = random_scene(seed)
    placer = Placer(scene, walkers, Lens(scene.camera, scene), np.random.default_rng(seed))
    floor = Floor(scene)
    for _ in range(5):
        poses = placer.draw()
        places = np.array([(pose.x, pose.y) for pose in poses]).reshape(-1, 2)
        assert all(floor.free(float(x), float(y), 0.24) for x, y in places)
        apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 9 * np.eye(len(places))
        assert not len(places) or apart.min() > 0.35
        assert [pose.person for pose in poses] == list(range(1, len(poses) + 1))


def test_frames_differ_in_number_and_some_are_empty(walkers: list[BodyInfo]) -> None:
    scene = random_scene(3)
    placer = Placer(scene, walkers, Lens(scene.camera, scene), np.random.default_rng(0))
    counts = [len(placer.draw()) for _ in range(80)]
    assert min(counts) == 0
    assert max(counts) >= 5


def test_a_scenes_own_door_and_camera_are_kept_whatever_the_seed():
    path = suite()[0]
    drawn = [random_scene(seed, Wanted(scene=path)) for seed in (1, 2)]
    assert [scene.visitors for scene in drawn] == [(), ()]
    assert drawn[0].camera == drawn[1].camera == load(path).camera
    assert drawn[0].doors == drawn[1].doors
    assert drawn[0].seed != drawn[1].seed
