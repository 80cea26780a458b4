"""A stranger takes the figures for people: nets that were trained on photographs find them.

One adult a picture, a clean camera,
by day; found means a box of IoU 0.4 or more at confidence 0.2. The nets are others'
(YOLOX-nano, NanoDet-plus-m) and lie in ../shared/weights. Steep views are where such nets fail, and why this shop is.
"""

import importlib.util
from dataclasses import replace
from math import radians
from pathlib import Path

import numpy as np
import pytest

from scripts.synthetic_shop.bodies import NotBakedError
from scripts.synthetic_shop.placing import Placer
from scripts.synthetic_shop.random_scene import Wanted, random_scene

WEIGHTS = Path(__file__).resolve().parents[3] / "shared" / "weights"
SCENES = 60
LEAST = {(0, 20): 0.85, (25, 40): 0.78, (45, 60): 0.5, (75, 90): 0.3}  # measured: 0.95, 0.95, 0.72, 0.57

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def studio():
    pytest.importorskip("moderngl", reason="no moderngl: pip install --require-hashes -r locks/synth.txt")
    from scripts.synthetic_shop.gpu import NoGraphicsError
    from scripts.synthetic_shop.studio import Studio

    try:
        return Studio()
    except (NotBakedError, NoGraphicsError) as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def nets():
    if not (WEIGHTS / "nets.py").exists():
        pytest.skip(f"no nets of others in {WEIGHTS}")
    told = importlib.util.spec_from_file_location("nets", WEIGHTS / "nets.py")
    module = importlib.util.module_from_spec(told)
    told.loader.exec_module(module)
    return {name: module.load(name) for name in ("yolox_nano", "nanodet_plus_m")}


def adults_alone(studio, tilts, light="day"):
    """Yield pictures with one adult who is well seen, and the box."""
    grown = [number for number, info in enumerate(studio.infos) if info.age >= 18]
    for seed in range(SCENES):
        scene = random_scene(5000 + seed, Wanted(tilts, light))
        camera = replace(scene.camera, noise=0.01, crf=20, grey=False, stamp=False, interlace=False, shutter=0.0)
        if camera.lens == "fisheye":
            camera = replace(camera, lens="pinhole", fov=radians(90))
        scene = replace(scene, camera=camera)
        studio.enter(scene)
        rng = np.random.default_rng([seed, 7])
        placer = Placer(scene, studio.infos, studio.lens, rng)
        for pose in placer.draw()[:1]:
            shot = studio.shoot([replace(pose, body=int(rng.choice(grown)), carries=(), wears=())], [1.0], 0)
            for label in shot.labels:
                if label.share >= 0.8 and label.box[3] - label.box[1] >= 40:
                    yield shot.image, np.clip(label.box, 0, [camera.width, camera.height] * 2)


def overlap(box, others):
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:4])
    common = np.clip(high - low, 0, None).prod(1)
    areas = (others[:, 2:4] - others[:, :2]).prod(1)
    return common / ((box[2:] - box[:2]).prod() + areas - common)


@pytest.mark.parametrize("tilts", LEAST, ids=lambda tilts: f"tilt {tilts[0]}-{tilts[1]}")
def test_nets_trained_on_photographs_find_the_figures(studio, nets, tilts, record_property):
    found, shown = dict.fromkeys(nets, 0), 0
    for image, box in adults_alone(studio, tilts):
        shown += 1
        for name, detect in nets.items():
            boxes = detect(image, 0.2)
            found[name] += bool(len(boxes) and overlap(box, boxes).max() >= 0.4)
    assert shown >= 12
    recalls = {name: round(hits / shown, 2) for name, hits in found.items()}
    record_property("recall", recalls)
    print(f"tilt {tilts}: {shown} adults, recall {recalls}")
    assert max(recalls.values()) >= LEAST[tilts]
