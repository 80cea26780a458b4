"""OpenGL without a screen: a context by EGL (Mesa's software renderer will do), shaders from files, buffers by size."""

import re
from pathlib import Path
from typing import Any

import moderngl
import numpy as np

from scripts.synthetic_shop.camera import Lens

SHADERS = Path(__file__).with_name("shaders")
CLIP_DISTANCE = 0x3000


class NoGraphicsError(RuntimeError):
    """OpenGL can't be had on this machine; the message says what to install."""


def open_context() -> moderngl.Context:
    """Return a context that draws without a screen. Raises NoGraphicsError."""
    options: dict[str, Any] = {"backend": "egl"}
    try:
        context = moderngl.create_context(standalone=True, require=330, **options)
    except Exception as error:
        raise NoGraphicsError(
            f"no OpenGL ({error}): apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri libgl1"
        ) from None
    context.enable_direct(CLIP_DISTANCE)
    return context


def source(name: str, *defined: str) -> str:
    """Return a shader with its includes put in and names defined."""
    text = re.sub(r'#include "(.+?)"\n', lambda found: source(found[1]), (SHADERS / name).read_text())
    return text.replace("#version 330\n", "#version 330\n" + "".join(f"#define {word}\n" for word in defined), 1)


def program(context: moderngl.Context, vertex: str, fragment: str, *defined: str) -> moderngl.Program:
    """Compile a pair of shaders."""
    return context.program(vertex_shader=source(vertex, *defined), fragment_shader=source(fragment, *defined))


def tell(where: moderngl.Program, **values: Any) -> None:
    """Set those uniforms that the program has. Matrices are given row by row, as numpy has them."""
    for name, value in values.items():
        if name not in where:
            continue
        uniform: Any = where[name]
        if isinstance(value, np.ndarray) and value.ndim == 2 and value.shape in ((3, 3), (4, 4)):
            uniform.write(np.ascontiguousarray(value.T, np.float32).tobytes())
        elif isinstance(value, np.ndarray):
            uniform.write(np.ascontiguousarray(value, np.int32 if value.dtype.kind == "i" else np.float32).tobytes())
        else:
            uniform.value = value


def lens_uniforms(lens: Lens, frame: int | None = None) -> dict[str, Any]:
    """Return the lens as shaders/lens.glsl wants it, shaken as in `frame`."""
    shift = np.zeros(2) if frame is None else lens.shaken(frame)
    return {
        "eye": tuple(lens.position), "view": lens.rotation, "fisheye": lens.kind, "lens_off": 0,
        "lens": (lens.k1, lens.k2, lens.span, lens.widest), "frame": (lens.height / lens.width, 1.0),
        "shift": (2 * shift[0] / lens.width, -2 * shift[1] / lens.height),
    }  # fmt: skip


class Targets:
    """What is drawn into, for one picture size; everything but the picture itself is `scale` times as large."""

    def __init__(self, context: moderngl.Context, width: int, height: int, scale: float) -> None:
        self.size, self.drawn = (width, height), (int(width * scale), int(height * scale))
        half = (self.drawn[0] // 2, self.drawn[1] // 2)

        def texture(parts: int, size: tuple[int, int], kind: str) -> moderngl.Texture:
            made = context.texture(size, parts, dtype=kind)
            made.repeat_x = made.repeat_y = False
            return made

        self.colour, self.shares = texture(4, self.drawn, "f2"), texture(4, self.drawn, "f1")
        self.places, self.albedo, self.normal = (texture(4, self.drawn, kind) for kind in ("f4", "f1", "f1"))
        self.depth = context.depth_texture(self.drawn)
        self.depth.compare_func = ""  # or it can't be sampled
        for made in (self.depth, self.places):
            made.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.still = context.framebuffer([self.colour, self.shares, self.places, self.albedo, self.normal], self.depth)
        self.shadow = texture(4, half, "f1")
        self.shadows = context.framebuffer([self.shadow])
        self.scene, self.sum = texture(4, self.drawn, "f2"), texture(4, self.drawn, "f2")
        self.main = context.framebuffer([self.scene], context.depth_texture(self.drawn))
        self.exposed = context.framebuffer([self.sum])
        self.marks = [texture(4, half, "f1") for _ in range(2)]
        self.silhouettes = context.framebuffer(self.marks)
        self.glow = texture(3, (self.drawn[0] // 8, self.drawn[1] // 8), "f2")
        self.picture = context.framebuffer([texture(4, self.size, "f1")])
