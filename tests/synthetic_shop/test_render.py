"""Pictures and labels agree, light falls where it must, and what moves, moves. Needs OpenGL and the baked people."""

from dataclasses import replace
from math import radians

import numpy as np
import pytest

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import NotBakedError, load_bodies
from scripts.synthetic_shop.scene import Camera, Door, Light, Room, Scene, Thing

ABOVE = Camera(height_m=4.0, y=1.6, tilt=radians(90), fov=radians(100))
LENSES = {
    "level": Camera(height_m=1.6, y=6.5, tilt=0.0),
    "tilted, barrel": Camera(height_m=2.8, y=5.0, tilt=radians(35), fov=radians(95), lens="radial", k1=0.25),
    "steep, turned": Camera(height_m=3.2, y=3.2, tilt=radians(65), yaw=radians(20), roll=radians(15)),
    "from above": replace(ABOVE, fov=radians(85)),
    "fisheye": replace(ABOVE, lens="fisheye", fov=radians(170)),
    "small and shaking": Camera(width=320, height=180, height_m=3.0, y=4.0, tilt=radians(45), shake=0.01),
}


@pytest.fixture(scope="module")
def renderer():
    pytest.importorskip("moderngl", reason="no moderngl: pip install --require-hashes -r locks/synth.txt")
    from scripts.synthetic_shop.gpu import NoGraphicsError
    from scripts.synthetic_shop.render import Renderer

    try:
        return Renderer(load_bodies()[:16])
    except (NotBakedError, NoGraphicsError) as error:
        pytest.skip(str(error))


def shop(camera=ABOVE, light=None, things=(), kind="open", seed=4):
    room, door = Room(height=4.2, windows=False), Door(width=1.4, kind=kind)
    return Scene("test", "", seed=seed, room=room, doors=(door,), camera=camera, light=light or Light(), things=things)


def stroller(x=0.0, y=1.6, **other):
    told = {"body": 5, "heading": radians(70), "phase": 0.3, "speed": 1.2} | other
    return Pose(1, x=x, y=y, **told)


def brightness(image):
    return image.astype(float).mean(2)


def box_of(mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


@pytest.mark.parametrize("camera", LENSES.values(), ids=LENSES)
@pytest.mark.parametrize("spot", [(0.0, 1.6), (-1.0, 2.4), (0.9, 1.2)])
@pytest.mark.parametrize("worn", [(), ("hood",), ("hat",)], ids=str)
def test_the_box_of_the_projected_body_is_the_box_of_its_pixels(renderer, camera, spot, worn):
    pose = stroller(*spot, wears=worn)
    picture = renderer.scene(shop(camera)).picture([pose], [1.0], 3)
    outline = renderer.people.outline(pose)
    pixels, depth = renderer.lens.project(outline.points, 3)
    projected = np.array([*pixels.min(0), *pixels.max(0)])
    if (depth > 0).all() and (projected[:2] > 0).all() and (projected[2:] < [camera.width, camera.height]).all():
        assert box_of(picture.ids == 1) == pytest.approx(projected, abs=1.6)
        assert (picture.ids == 1).sum() == pytest.approx(picture.areas[0], rel=0.08, abs=12)


def test_a_face_lies_on_the_person_and_looks_where_they_do(renderer):
    camera = LENSES["level"]
    for heading, turned in ((90, 0), (180, 90), (270, 180)):  # the camera looks out of the shop, from y = 6.5
        pose = stroller(0.0, 2.0, heading=radians(heading))
        picture = renderer.scene(shop(camera)).picture([pose], [1.0], 3)
        outline = renderer.people.outline(pose)
        pixels = renderer.lens.project(outline.face, 3)[0].astype(int)
        assert (picture.ids[pixels[:, 1], pixels[:, 0]] == 1).mean() > 0.9
        _, y1, _, y2 = box_of(picture.ids == 1)
        assert ((pixels[:, 1] > y1) & (pixels[:, 1] < y1 + 0.25 * (y2 - y1))).all()
        assert np.degrees(np.arccos(outline.looks @ [0, 1, 0])) == pytest.approx(turned, abs=12)


def test_a_marker_on_the_floor_is_seen_at_the_pixel_its_place_projects_to(renderer):
    spot = (0.7, 2.2)
    marked = shop(LENSES["tilted, barrel"], things=(Thing("bin", *spot, size=(0.06, 0.06, 0.02)),))
    bare = renderer.scene(shop(LENSES["tilted, barrel"])).picture([], [1.0], 0).image
    with_bin = renderer.scene(marked).picture([], [1.0], 0).image
    changed = np.abs(brightness(with_bin) - brightness(bare)) > 12
    at, _ = renderer.lens.project([[*spot, 0.01]])
    x1, y1, x2, y2 = box_of(changed)
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx(tuple(at[0]), abs=2.0)


def test_two_people_have_their_own_numbers_and_the_nearer_hides_the_other(renderer):
    level = LENSES["level"]
    near, far = stroller(0.0, 3.0), replace(stroller(0.05, 1.2), person=2, body=6)
    picture = renderer.scene(shop(level)).picture([near, far], [1.0], 0)
    seen = [(picture.ids == number).sum() for number in (1, 2)]
    assert seen[0] == pytest.approx(picture.areas[0], rel=0.05)
    assert seen[1] < 0.7 * picture.areas[1]
    alone = renderer.picture([far], [1.0], 0)
    assert (alone.ids == 1).sum() == pytest.approx(picture.areas[1], rel=0.08)


def test_somebody_behind_the_wall_is_not_seen(renderer):
    level = LENSES["level"]
    behind = renderer.scene(shop(level)).picture([stroller(2.5, -1.0)], [1.0], 0)
    assert (behind.ids == 1).sum() == 0
    assert behind.areas[0] > 500


def sun_on_the_floor(renderer, azimuth=0.0):
    light = Light(sun=2.0, azimuth=radians(azimuth), elevation=radians(50))
    lit = renderer.scene(shop(light=light)).picture([], [1.0], 0).image
    renderer.scene(shop(light=replace(light, azimuth=radians(89))))  # the same shop, the sun beside the wall
    shaded = renderer.picture([], [1.0], 0).image
    ratio = (brightness(lit) + 2) / (brightness(shaded) + 2)
    return ratio, renderer.lens


def test_a_sun_patch_has_the_width_of_the_door(renderer):
    ratio, lens = sun_on_the_floor(renderer)
    xs = np.linspace(-2, 2, 401)
    pixels, _ = lens.project([[x, 0.7, 0.0] for x in xs])
    along = ratio[pixels[:, 1].astype(int), pixels[:, 0].astype(int)]
    bright = xs[along > (along.min() + along.max()) / 2]
    assert np.ptp(bright) == pytest.approx(1.4, abs=0.12)
    assert bright.mean() == pytest.approx(0.0, abs=0.06)


def test_a_patch_lies_where_the_sun_sends_it(renderer):
    ratio, lens = sun_on_the_floor(renderer, azimuth=30)  # from +x, so the patch moves to -x
    pixels, _ = lens.project([[-0.5, 1.2, 0.0], [1.1, 1.2, 0.0]])
    inside, outside = (ratio[int(y), int(x)] for x, y in pixels)
    assert inside > 1.15 * outside


def test_the_floor_behind_the_wall_gets_no_sun(renderer):
    ratio, lens = sun_on_the_floor(renderer)
    pixels, _ = lens.project([[1.6, 0.6, 0.0], [-1.6, 0.6, 0.0], [0.0, 0.6, 0.0]])
    left, right, open_way = (ratio[int(y), int(x)] for x, y in pixels)
    assert open_way > 1.2 * max(left, right)


def test_a_person_in_the_sun_throws_a_shadow_away_from_it(renderer):
    light = Light(sun=2.0, elevation=radians(40))
    renderer.scene(shop(light=light))
    empty = renderer.picture([], [1.0], 0).image
    picture = renderer.picture([stroller(0.0, 0.5)], [1.0], 0)
    darker = (brightness(empty) - brightness(picture.image) > 15) & (picture.ids == 0)
    _, ys = np.nonzero(darker)[::-1]
    assert darker.sum() > 200
    assert ys.mean() > np.nonzero(picture.ids)[0].mean()  # away from the street, which is at the top


def test_a_patch_sweeps_when_the_sun_drifts(renderer):
    moving = Light(sun=2.0, elevation=radians(45), drift=radians(3))
    renderer.scene(shop(light=moving))
    first, later = (brightness(renderer.picture([], [1.0], frame).image) for frame in (0, 80))
    assert (np.abs(first - later) > 15).sum() > 300


def test_a_door_that_opens_changes_the_picture_and_nobodys_number(renderer):
    renderer.scene(shop(kind="swing"))
    shut, ajar = (renderer.picture([stroller()], [how], 0) for how in (0.0, 0.8))
    assert (np.abs(brightness(shut.image) - brightness(ajar.image)) > 10).sum() > 150
    assert (shut.ids == ajar.ids).mean() > 0.99


def test_motion_blur_is_centred_on_the_labelled_moment(renderer):
    pose = stroller(0.0, 2.0, heading=0.0, speed=3.0)
    sharp = renderer.scene(shop()).picture([pose], [1.0], 0)
    empty = renderer.picture([], [1.0], 0).image
    blurred = renderer.scene(shop(replace(ABOVE, shutter=0.1))).picture([pose], [1.0], 0)
    change = np.abs(brightness(blurred.image) - brightness(empty))
    reach = np.flatnonzero((change > 12).any(0))
    body = np.flatnonzero((sharp.ids == 1).any(0))
    assert reach[0] < body[0] - 3
    assert reach[-1] > body[-1] + 3
    assert (blurred.ids == sharp.ids).all()


def test_the_same_scene_gives_the_same_picture(renderer):
    poses = [stroller(carries=("bag",))]
    first = renderer.scene(shop(things=(Thing("table", -1.5, 2.5),))).picture(poses, [1.0], 5)
    renderer.scene(shop(seed=9)).picture(poses, [1.0], 5)
    again = renderer.scene(shop(things=(Thing("table", -1.5, 2.5),))).picture(poses, [1.0], 5)
    assert (first.image == again.image).all()
    assert (first.ids == again.ids).all()


def test_infrared_pictures_have_no_colours_and_show_the_person(renderer):
    renderer.scene(shop(light=Light("ir")))
    picture = renderer.picture([stroller()], [1.0], 0)
    assert np.ptp(picture.image.astype(int), axis=2).max() <= 1
    empty = brightness(renderer.picture([], [1.0], 0).image)
    there = picture.ids == 1
    assert np.abs(brightness(picture.image) - empty)[there].mean() > 12


def test_a_mirror_shows_who_stands_before_it_and_gives_them_no_second_number(renderer):
    looking_in = Camera(height_m=1.7, y=1.0, looks="in", tilt=radians(5))
    plain = shop(looking_in)
    mirrored = replace(plain, things=(Thing("mirror", 0.0, 8.97, radians(-90), (3.0, 0.04, 2.0), 0.1),))
    person = stroller(1.3, 6.9)
    renderer.scene(mirrored)
    with_person, empty = renderer.picture([person], [1.0], 0), renderer.picture([], [1.0], 0)
    changed = np.abs(brightness(with_person.image) - brightness(empty.image)) > 5
    image = renderer.people.outline(person).points * [1, -1, 1] + [0, 2 * 8.97, 0]
    pixels, _ = renderer.lens.project(image[(image[:, 2] > 0.3) & (image[:, 2] < 1.5)])
    (x1, y1), (x2, y2) = pixels.min(0).astype(int), pixels.max(0).astype(int)
    assert changed[y1:y2, x1:x2].mean() > 0.35
    assert changed[y1:y2, 2 * x1 - x2 - 30 : 2 * x1 - x2 - 5].mean() < 0.1  # beside the image nothing changes
    assert (with_person.ids[y1:y2, x1:x2] == 0).all()


@pytest.mark.parametrize("kind", ["shelf", "table", "counter", "rack", "coats", "plant", "bin", "sign", "mannequin",
"pram",
                                  "trolley", "pet", "poster", "mirror", "mat", "grille"])  # fmt: skip
def test_every_thing_is_seen_where_it_stands_and_is_nobody(renderer, kind):
    camera = replace(ABOVE, tilt=radians(75), y=3.4)
    things = (Thing(kind, 0.0, 2.0, radians(90), (0.8, 0.6, 1.2)),)
    bare = renderer.scene(shop(camera)).picture([], [1.0], 0)
    picture = renderer.scene(shop(camera, things=things)).picture([], [1.0], 0)
    assert (np.abs(brightness(picture.image) - brightness(bare.image)) > 6).sum() > 60
    assert not picture.ids.any()


@pytest.mark.parametrize("load", ["box", "bag", "backpack", "umbrella", "trolley", "pram"])
def test_what_is_carried_is_seen_with_its_owner(renderer, load):
    renderer.scene(shop(replace(ABOVE, tilt=radians(60), y=4.0)))
    without, carrying = (renderer.picture([stroller(carries=carries)], [1.0], 0) for carries in ((), (load,)))
    assert (np.abs(brightness(without.image) - brightness(carrying.image)) > 10).sum() > 80
