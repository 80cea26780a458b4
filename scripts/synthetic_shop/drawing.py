"""The drawing passes: each sets up one shader pair and draws what it is given."""

from typing import TYPE_CHECKING, Any

import moderngl
import numpy as np

from scripts.synthetic_shop.accessories import accessory
from scripts.synthetic_shop.bodies import Body
from scripts.synthetic_shop.camera import Lens
from scripts.synthetic_shop.geometry import FORMAT, Floats
from scripts.synthetic_shop.gpu import program, tell
from scripts.synthetic_shop.people import Placed, Reals
from scripts.synthetic_shop.room import Pane

if TYPE_CHECKING:
    from scripts.synthetic_shop.staging import Moving, Stage

NEAR_GLASS = 2.2  # metres: further off, a reflection is too faint to matter
_ROW = 1024  # texels a row of the textures that hold bodies
_PLAIN = np.eye(4), np.eye(3)


class Painter:
    """The programs, and the bodies and accessories that are on the GPU already."""

    def __init__(self, gl: moderngl.Context) -> None:
        self._gl = gl
        pairs = {
            "still": ("surface.vert", "surface.frag"), "moving": ("surface.vert", "surface.frag", "MOVING"),
            "thing depth": ("surface.vert", "nothing.frag"), "thing mark": ("surface.vert", "silhouette.frag"),
            "people": ("people.vert", "people.frag", "LIT"), "mirrored": ("people.vert", "people.frag", "LIT",
            "MIRRORED"),
            "body depth": ("people.vert", "nothing.frag"), "body mark": ("people.vert", "silhouette.frag"),
        }  # fmt: skip
        self._programs = {name: program(gl, *pair) for name, pair in pairs.items()}
        self._bodies: dict[str, _BodyOnGpu] = {}
        self._things: dict[str, dict[str, moderngl.VertexArray]] = {}

    def textures(self, layers: Floats) -> moderngl.TextureArray:
        """Put a scene's textures on the GPU."""
        bytes_ = np.ascontiguousarray(layers * 255, np.uint8).tobytes()
        array = self._gl.texture_array((layers.shape[2], layers.shape[1], layers.shape[0]), 3, bytes_)
        array.build_mipmaps()
        array.filter, array.anisotropy = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR), 4.0
        return array

    def still_mesh(self, vertices: Floats) -> moderngl.VertexArray:
        """Put what stands still on the GPU."""
        return self._array("still", vertices)

    def thing(self, vertices: Floats) -> moderngl.VertexArray:
        """Put a thing that moves on the GPU."""
        return self._array("moving", vertices)

    def still(self, stage: "Stage", lens: dict[str, Any]) -> None:
        """Draw the room and what stands in it."""
        stage.texture.use(0)
        tell(
            self._programs["still"],
            textures=0,
            model=_PLAIN[0],
            paint=_PLAIN[1],
            dirt=stage.dirt,
            **stage.lights,
            **lens,
        )
        stage.still.render()

    def shades(self, stage: "Stage", placed: list[Placed], moving: list["Moving"]) -> None:
        """Draw what keeps the sun off, as the sun sees it."""
        sun = {"lens_off": 1, "flat_view": stage.sun_view}
        self._each_body("body depth", placed, sun)
        self._each_worn("thing depth", placed, sun)

    def people(self, stage: "Stage", placed: list[Placed], lens: dict[str, Any]) -> None:
        """Draw people with their numbers."""
        sun = {"sun_map": 3, "sun_view": stage.sun_view, "has_sun": float(stage.has_sun), "bounce": stage.bounce}
        tell(self._programs["people"], plastic=0.0, **sun, **stage.shading(placed[:24]), **stage.lights)
        self._each_body("people", placed, lens, numbered=True)

    def flat(self, person: Placed, view: Reals, lights: dict[str, Any]) -> None:
        """Draw one person as a flat view (4 x 4) sees them, for a poster."""
        alone = {"people": 0, "plastic": 0.0, "has_sun": 0.0, "bounce": (0.0, 0.0, 0.0)}
        tell(self._programs["people"], **alone, **lights)
        self._each_body("people", [person], {"lens_off": 1, "flat_view": view}, numbered=True)

    def moving(self, stage: "Stage", placed: list[Placed], moving: list["Moving"], lens: dict[str, Any]) -> None:
        """Draw what people wear and carry, doors, and what drives."""
        stage.texture.use(0)
        sun = {"sun_map": 3, "sun_view": stage.sun_view, "has_sun": float(stage.has_sun)}
        of = self._programs["moving"]
        tell(of, textures=0, dirt=0.0, person=0.0, paint=_PLAIN[1], **sun, **stage.lights, **lens)
        for thing in moving:
            tell(of, model=thing.model)
            thing.mesh.render()
        self._each_worn("moving", placed, lens, numbered=True)

    def reflections(self, stage: "Stage", placed: list[Placed], lens: dict[str, Any], eye: Lens) -> None:
        """Draw people again, mirrored in windows and mirrors that are in view; their numbers stay where they are."""
        panes = [pane for pane in stage.panes if _in_view(pane, eye)] if placed else []
        if not panes:
            return
        gl, of = self._gl, self._programs["mirrored"]
        gl.enable(moderngl.BLEND)
        numbers_stay: Any = (moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ZERO, moderngl.ONE)
        gl.blend_func = numbers_stay
        sun = {"sun_map": 3, "sun_view": stage.sun_view, "has_sun": 0.0, "bounce": stage.bounce}
        tell(of, plastic=0.0, **sun, **stage.shading(placed[:24]), **stage.lights)
        for pane in panes:
            normal = pane.normal if (eye.position - pane.corner) @ pane.normal > 0 else -pane.normal
            glass = {"glass_u": tuple(pane.u), "glass_v": tuple(pane.v), "glass_n": tuple(normal)}
            tell(of, glass_at=tuple(pane.corner), glass_share=pane.share, **glass)
            near = [person for person in placed if -0.2 < (person.model[:3, 3] - pane.corner) @ normal < NEAR_GLASS]
            self._each_body("mirrored", near, lens, mirror=_mirror(pane.corner, normal))
        gl.disable(moderngl.BLEND)

    def silhouettes(self, stage: "Stage", placed: list[Placed], lens: dict[str, Any]) -> None:
        """Draw up to eight people, a channel each, whatever hides them."""
        self._each_body("body mark", placed, lens, numbered=True)
        self._each_worn("thing mark", placed, lens, numbered=True)

    def _each_body(
        self,
        name: str,
        placed: list[Placed],
        lens: dict[str, Any],
        *,
        numbered: bool = False,
        mirror: Reals | None = None,
    ) -> None:
        of = self._programs[name]
        tell(of, **lens)
        for index, person in enumerate(placed):
            body, moment, look = self._body(person.body), person.moment, person.look
            body.vertices.use(1)
            body.normals.use(2)
            model = person.model if mirror is None else mirror @ person.model
            tell(
                of, vertices=1, normals=2, count=body.count, first=moment.first, second=moment.second,
                share=moment.share,
                model=model, body_height=person.body.info.height_m, me=index,
            )  # fmt: skip
            if "colours" in of:
                crown = tuple(person.body.meta["crown"])
                tell(
                    of, colours=look.colours, seconds=look.seconds, patterns=look.patterns, hair=look.hair, crown=crown
                )
            if numbered:
                tell(of, person=(index + 1) / 255, channel=(index // 4 % 2, index % 4))
            body.arrays[name].render()

    def _each_worn(self, name: str, placed: list[Placed], lens: dict[str, Any], *, numbered: bool = False) -> None:
        of = self._programs[name]
        tell(of, paint=_PLAIN[1], **lens)
        for index, person in enumerate(placed):
            for worn in person.worn:
                if name == "thing mark" and not worn.own:
                    continue
                tell(of, model=worn.model, paint=worn.paint)
                if numbered:
                    tell(of, person=(index + 1) / 255 if worn.own else 0.0, channel=(index // 4 % 2, index % 4))
                self._accessory(worn.name)[name].render()

    def _array(self, name: str, vertices: Floats) -> moderngl.VertexArray:
        return self._arrays((name,), vertices)[name]

    def _arrays(self, names: tuple[str, ...], vertices: Floats) -> dict[str, moderngl.VertexArray]:
        buffer = self._gl.buffer(np.ascontiguousarray(vertices, np.float32).tobytes())
        return {
            name: self._gl.vertex_array(self._programs[name], [_used(self._programs[name], buffer)]) for name in names
        }

    def _accessory(self, name: str) -> dict[str, moderngl.VertexArray]:
        if name not in self._things:
            self._things[name] = self._arrays(("moving", "thing depth", "thing mark"), accessory(name))
        return self._things[name]

    def _body(self, body: Body) -> "_BodyOnGpu":
        if body.info.name not in self._bodies:
            names = ("people", "mirrored", "body depth", "body mark")
            self._bodies[body.info.name] = _BodyOnGpu(self._gl, body, {name: self._programs[name] for name in names})
        return self._bodies[body.info.name]


class _BodyOnGpu:
    """A body's frames as textures, and its triangles for each program."""

    def __init__(self, gl: moderngl.Context, body: Body, programs: dict[str, moderngl.Program]) -> None:
        self.count = body.vertices.shape[1]
        self.vertices = _table(gl, body.vertices.reshape(-1, 3).astype(np.float16), "f2")
        self.normals = _table(gl, (body.normals.reshape(-1, 3) * 127 + 127.5).astype(np.uint8), "f1")
        faces = gl.buffer(body.faces.astype(np.uint32).tobytes())
        rest = gl.buffer(body.rest.tobytes())
        regions = gl.buffer(np.stack([body.regions, body.shades], 1).astype(np.float32).tobytes())
        self.arrays = {}
        for name, of in programs.items():
            layout = [(rest, "3f", "rest")] if "rest" in of else []
            layout += [(regions, "2f", "region_shade")] if "region_shade" in of else []
            self.arrays[name] = gl.vertex_array(of, layout, faces)


def _table(gl: moderngl.Context, values: Any, kind: str) -> moderngl.Texture:
    rows = -(-len(values) // _ROW)
    padded = np.zeros((rows * _ROW, 4), values.dtype)
    padded[: len(values), :3] = values
    table = gl.texture((_ROW, rows), 4, padded.tobytes(), dtype=kind)
    table.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return table


def _used(of: moderngl.Program, buffer: moderngl.Buffer) -> tuple[Any, ...]:
    """Describe the buffer to a program that may not use all of its columns."""
    parts, names = [], []
    for part, name in zip(FORMAT[0].split(), FORMAT[1], strict=True):
        if name in of:
            parts.append(part)
            names.append(name)
        else:
            parts.append(f"{4 * int(part[0])}x")
    return (buffer, " ".join(parts), *names)


def _mirror(point: Reals, normal: Reals) -> Reals:
    """Return the 4 x 4 reflection in a plane."""
    turn = np.eye(4)
    turn[:3, :3] -= 2 * np.outer(normal, normal)
    turn[:3, 3] = 2 * (point @ normal) * normal
    return turn


def _in_view(pane: Pane, eye: Lens) -> bool:
    across, up = np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 4))
    pixels, depth = eye.project(pane.corner + across.reshape(-1, 1) * pane.u + up.reshape(-1, 1) * pane.v)
    return bool(((depth > 0) & (pixels > 0).all(1) & (pixels < [eye.width, eye.height]).all(1)).any())
