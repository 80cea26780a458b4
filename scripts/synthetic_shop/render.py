"""Draws the synthetic shop with OpenGL: the empty shop once a scene, then people, doors and shadows each frame.

Everything passes through the lens vertex by vertex (shaders/lens.glsl), so pictures and labels can't differ. Colour and
the person's number come from one draw. Motion blur sums exposures around the frame's time; the middle one is labelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.agents import Pose
from scripts.synthetic_shop.bodies import Body, load_bodies
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.drawing import Painter
from scripts.synthetic_shop.gpu import Targets, lens_uniforms, open_context, program, tell
from scripts.synthetic_shop.lighting import exposure, flicker
from scripts.synthetic_shop.people import People, Placed
from scripts.synthetic_shop.scene import Scene
from scripts.synthetic_shop.staging import SUN_MAP, Stage

EXPOSURES = {0: (0.0,), 1: (0.0, -0.33, 0.33), 2: (0.0, -0.4, -0.2, 0.2, 0.4)}
MOST = 24  # people that shade; the shaders have room for no more
_CORNERS = np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A picture (H x W x 3, BGR, without the camera's faults), who is seen where (H x W, 0 nobody, else 1 + the index
    into the poses), and how many pixels each would fill if nothing hid it (N)."""

    image: NDArray[np.uint8]
    ids: NDArray[np.uint8]
    areas: NDArray[np.float64]


class Renderer:
    """One OpenGL context; scenes and picture sizes may change."""

    def __init__(self, bodies: list[Body] | None = None, scale: float = 1.5) -> None:
        self.bodies = load_bodies() if bodies is None else bodies
        self._scale, self._sizes = scale, dict[tuple[int, int], Targets]()
        self._gl = gl = open_context()
        self._paint = Painter(gl)
        corners = gl.buffer(_CORNERS.tobytes())
        self._screen = {
            name: gl.vertex_array(program(gl, "screen.vert", f"{name}.frag"), [(corners, "2f", "corner")])
            for name in ("shadow", "compose", "add", "develop")
        }
        self._sun_map = gl.depth_texture((SUN_MAP, SUN_MAP))
        self._sun_map.compare_func = ""
        self._sun_map.repeat_x = self._sun_map.repeat_y = False
        self._sun_pass = gl.framebuffer(depth_attachment=self._sun_map)
        self._stage: Stage | None = None

    def scene(self, scene: Scene, wardrobe: int | None = None) -> "Renderer":
        """Build a scene and draw what stands still in it. Returns the renderer, so that `picture` can be chained.

        `wardrobe` is the seed of what people wear, where it is not the scene's.
        """
        if self._stage is not None:
            self._stage.release()
        camera = scene.camera
        size = (camera.width, camera.height)
        if size not in self._sizes:
            finer = self._scale if camera.width <= 480 else 1.25 if camera.width <= 800 else 1.0
            self._sizes[size] = Targets(self._gl, *size, finer)
        self._to = self._sizes[size]
        self._stage = Stage(self._gl, self._paint, scene, self.bodies)
        self.lens, self.people = Lens(camera, scene), People(scene, self.bodies, wardrobe)
        self._shaken: float | None = None
        self._draw_still(0)
        self._compose([], 0, 0)
        self._meter(self._stage.light.stops)
        return self

    def picture(self, poses: Sequence[Pose], doors: Sequence[float], frame: int) -> Rendered:
        """Draw one frame: poses, how far each door is open (0..1), the frame's number."""
        image, ids = self._exposed(poses, doors, frame, 0.0)
        camera = self._at.scene.camera
        if camera.interlace:
            later, _ = self._exposed(poses, doors, frame, 0.5 / camera.fps)
            image[1::2] = later[1::2]
        return Rendered(image, ids, self._areas([self.people.place(pose) for pose in poses], frame))

    @property
    def _at(self) -> Stage:
        if self._stage is None:
            raise RuntimeError("no scene: call scene() first")
        return self._stage

    def _exposed(
        self, poses: Sequence[Pose], doors: Sequence[float], frame: int, later: float
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        camera = self._at.scene.camera
        if camera.shake:
            self._draw_still(frame)
        shares = EXPOSURES[0 if camera.shutter < 0.004 or not poses else 1 if camera.shutter < 0.03 else 2]
        for number, share in reversed(list(enumerate(shares))):  # the labelled one last: its numbers stay
            placed = [self.people.place(pose, later + share * camera.shutter) for pose in poses]
            self._draw(placed, doors, frame)
            if len(shares) > 1:
                self._add(1 / len(shares), first=number == len(shares) - 1)
        return self._develop(self._to.sum if len(shares) > 1 else self._to.scene, frame / camera.fps + later)

    def _draw_still(self, frame: int) -> None:
        """Fill the buffers with all that doesn't move, through the lens as it is in this frame."""
        gl = self._gl
        gl.enable(moderngl.DEPTH_TEST)
        gl.disable(moderngl.CULL_FACE | moderngl.BLEND)
        self._to.still.use()
        self._to.still.clear()
        self._paint.still(self._at, lens_uniforms(self.lens, frame))

    def _draw(self, placed: list[Placed], doors: Sequence[float], frame: int) -> None:
        """Draw one exposure: sun map, soft shadows, the empty shop of the moment, then what moves."""
        gl, stage = self._gl, self._at
        time = frame / stage.scene.camera.fps
        stage.set_time(time)
        gl.enable(moderngl.DEPTH_TEST)
        gl.disable(moderngl.BLEND)
        moving = stage.moving(doors, time)
        if stage.has_sun:
            self._sun_pass.use()
            self._sun_pass.clear(depth=1.0)
            self._paint.shades(stage, placed, moving)
        self._compose(placed, len(placed), frame)
        self._sun_map.use(3)
        lens = lens_uniforms(self.lens, frame)
        self._paint.people(stage, placed, lens)
        self._paint.moving(stage, placed, moving, lens)
        self._paint.reflections(stage, placed, lens, self.lens)

    def _compose(self, placed: list[Placed], count: int, frame: int) -> None:
        gl, stage, to = self._gl, self._at, self._to
        shading = stage.shading(placed[:MOST])
        if count:
            to.shadows.use()
            gl.disable(moderngl.DEPTH_TEST)
            to.places.use(0)
            self._run("shadow", places=0, **shading, **stage.lights)
            gl.enable(moderngl.DEPTH_TEST)
        to.main.use()
        gl.depth_func = "1"
        names = ("colour", "shares", "places", "albedo", "normal", "depth", "shadow")
        for slot, name in enumerate(names):
            getattr(to, name).use(slot)
        self._sun_map.use(len(names))
        slots = {
            "colours": 0,
            "shares": 1,
            "places": 2,
            "albedos": 3,
            "normals": 4,
            "depths": 5,
            "shadows": 6,
            "sun_map": 7,
        }
        sun = float(stage.has_sun and count > 0)
        self._run("compose", **slots, has_people=float(count > 0), has_sun=sun, sun_view=stage.sun_view, **stage.lights)
        gl.depth_func = "<"

    def _add(self, weight: float, *, first: bool) -> None:
        gl = self._gl
        self._to.exposed.use()
        if first:
            self._to.exposed.clear()
        gl.disable(moderngl.DEPTH_TEST)
        gl.enable(moderngl.BLEND)
        gl.blend_func = moderngl.ONE, moderngl.ONE
        self._to.scene.use(0)
        self._run("add", picture=0, weight=weight)
        gl.disable(moderngl.BLEND)

    def _develop(self, lights: moderngl.Texture, time: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        to = self._to
        to.picture.use()
        self._gl.disable(moderngl.DEPTH_TEST)
        lights.use(0)
        to.scene.use(1)
        to.glow.use(2)
        film = self._film | {
            "exposure": self._film["exposure"] * flicker(self._at.scene.light, self._at.scene.seed, time)
        }
        self._run("develop", picture=0, numbers=1, glow=2, pixel=(1 / to.size[0], 1 / to.size[1]), **film)
        out = np.frombuffer(to.picture.read(components=4), np.uint8).reshape(to.size[1], to.size[0], 4)[::-1]
        return np.ascontiguousarray(out[:, :, 2::-1]), np.ascontiguousarray(out[:, :, 3])

    def _meter(self, stops: float) -> None:
        """Set the exposure from the empty shop, and what glares in it."""
        to, light = self._to, self._at.light
        seen = np.frombuffer(to.scene.read(), np.float16).reshape(to.drawn[1], to.drawn[0], 4)[:, :, :3]
        lights = np.clip(np.nan_to_num(seen[::2, ::2].astype(np.float32)), 0, 12)
        glow = cv2.resize(lights, to.glow.size, interpolation=cv2.INTER_AREA)
        glow = 0.6 * cv2.GaussianBlur(glow, (0, 0), 2) + 0.4 * cv2.GaussianBlur(glow, (0, 0), 9)
        to.glow.write(glow.astype(np.float16).tobytes())
        self._film: dict[str, Any] = {
            "exposure": exposure(lights, stops), "bloom": light.bloom, "infrared": light.infrared,
            "balance": light.balance,
            "vignette": light.vignette, "softness": light.softness, "contrast": light.contrast,
        }  # fmt: skip

    def _areas(self, placed: list[Placed], frame: int) -> NDArray[np.float64]:
        """Count the pixels that each person would fill alone."""
        gl, to = self._gl, self._to
        areas = np.zeros(len(placed))
        brightest, usual = cast(Any, moderngl.MAX), cast(Any, moderngl.FUNC_ADD)
        pixel = to.size[0] * to.size[1] / (to.marks[0].size[0] * to.marks[0].size[1])
        gl.disable(moderngl.DEPTH_TEST)
        gl.enable(moderngl.BLEND)
        gl.blend_func = moderngl.ONE, moderngl.ONE
        gl.blend_equation = brightest
        for start in range(0, len(placed), 8):
            to.silhouettes.use()
            to.silhouettes.clear()
            some = placed[start : start + 8]
            self._paint.silhouettes(self._at, some, lens_uniforms(self.lens, frame))
            for half in range((len(some) + 3) // 4):
                marks = np.frombuffer(to.silhouettes.read(components=4, attachment=half), np.uint8).reshape(-1, 4)
                found = (marks > 127).sum(0) * pixel
                there = len(areas[start + 4 * half : start + 4 * half + 4])
                areas[start + 4 * half : start + 4 * half + there] = found[:there]
        gl.disable(moderngl.BLEND)
        gl.blend_equation = usual
        return areas

    def _run(self, name: str, **values: Any) -> None:
        array = self._screen[name]
        tell(array.program, **values)
        array.render(moderngl.TRIANGLE_STRIP)
