"""Posters that show people: a baked body, drawn flat in plain light, put onto a poster's texture."""

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bodies import Body, moment_of
from scripts.synthetic_shop.drawing import Painter
from scripts.synthetic_shop.looks import draw_look
from scripts.synthetic_shop.patterns import SIZE
from scripts.synthetic_shop.people import Placed
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.textures import LAYER
from scripts.synthetic_shop.wearing import turned

_PART = 47
_WITH_PEOPLE = 0.6  # share of posters
_SHOWING = ("poster", "sign")


def people_on_posters(
    gl: moderngl.Context, paint: Painter, layers: NDArray[np.float32], scene: Scene, bodies: list[Body]
) -> NDArray[np.float32]:
    """Return the scene's textures with somebody on some of its posters, if the scene has any."""
    if not any(thing.kind in _SHOWING for thing in scene.things):
        return layers
    rng = np.random.default_rng([scene.seed, _PART])
    for number in range(3):
        body, layer = bodies[int(rng.integers(len(bodies)))], LAYER[f"poster{number}"]
        look = draw_look(body, scene.seed, 900 + number, infrared=scene.light.kind == "ir")
        model = turned(float(rng.uniform(-0.7, 0.7)), (0.0, 0.0, 0.0))
        placed = Placed(body, moment_of(float(rng.random()), 0), model, look, ())
        high, foot = (body.info.height_m * 1.15, -0.1) if rng.random() < 0.6 else (0.75, body.info.height_m - 0.7)
        if rng.random() < _WITH_PEOPLE:
            shown = _portrait(gl, paint, placed, high, foot)
            there = shown[:, :, 3:]
            layers[layer] = layers[layer] * (1 - there) + shown[:, :, :3] * there
    return layers


def _portrait(gl: moderngl.Context, paint: Painter, placed: Placed, high: float, foot: float) -> NDArray[np.float32]:
    """Return a picture (SIZE x SIZE x 4, RGB and cover, 0..1) of `high` metres from `foot` up. Row 0 is the top."""
    view = np.zeros((4, 4))  # from the front (-y), a poster being two wide and three high
    view[0, 0], view[1, 2], view[1, 3] = 3 / high, 2 / high, -1 - 2 * foot / high
    view[2, 1], view[3, 3] = 0.2, 1.0
    target = gl.simple_framebuffer((SIZE, SIZE), 4, dtype="f2")
    target.use()
    target.clear()
    gl.enable(moderngl.DEPTH_TEST)
    gl.disable(moderngl.BLEND)
    paint.flat(placed, view, _studio_light())
    drawn = (
        np.frombuffer(target.read(components=4, dtype="f2"), np.float16).reshape(SIZE, SIZE, 4)[::-1].astype(np.float32)
    )
    target.release()
    cover = (drawn[:, :, 3:] > 0).astype(np.float32)
    return np.concatenate([np.clip(drawn[:, :, :3], 0, 1) ** (1 / 2.2), cover], 2)


def _studio_light() -> dict[str, Any]:
    """Light from all around, a lamp in front."""
    return {
        "lamp_place": np.array([[1.0, -3.0, 2.5]] * 4), "lamp_weight": np.array([1.5, 0.0, 0.0, 0.0]), "openings": 0,
        "lamp_colour": (1.0, 1.0, 1.0), "ambient": (0.5, 0.5, 0.5), "sky": (0.0, 0.0, 0.0), "sun": (0.0, 0.0, 0.0),
        "sun_towards": (0.0, -1.0, 0.5), "camera_eye": (0.0, -4.0, 1.2), "camera_forward": (0.0, 1.0, 0.0),
        "infrared": 0.0,
    }  # fmt: skip
