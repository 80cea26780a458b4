"""What a shop's camera does to a picture: soft lens, sharpening, noise, banding, dirt, grey, a stamp, compression.

The order is the camera's own: optics, sensor, processing, stamp, codec. Blur by motion, interlacing, exposure and shake
need the scene and are in render.py. What a camera is like is drawn once from the scene's seed,
so a clip is of one piece.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.scene import Scene

Image = NDArray[np.uint8]
_PART = 81
_BANK = 512  # pixels: a sheet of noise, cut anew for every picture
_FIRST_DAY = datetime(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Character:
    """What one camera is like. Blurs are pixels; shares are of full scale."""

    defocus: float
    coarse: float  # of the picture's size that the sensor really has
    sharpen: float
    saturation: float
    colour_noise: float  # share of the noise that differs between the colours
    clumps: float  # how far the noise is smeared by the camera's own denoising, pixels
    banding: float
    bands: float  # cycles over the picture's height
    dirt: float
    stamp_at: tuple[float, float]
    stamp_size: float
    stamp_name: str
    stamp_style: str
    by_jpeg: bool


class Sensor:
    """The camera of a scene, applied to one picture after the other."""

    def __init__(self, scene: Scene) -> None:
        self._camera, self._seed, self._light = scene.camera, scene.seed, scene.light
        rng = np.random.default_rng([scene.seed, _PART])
        self.character = _draw_character(rng, scene)
        self._noise = _noise_sheet(rng, self.character, one_colour=scene.camera.grey or scene.light.kind == "ir")
        self._dirt = _dirt(rng, scene.camera.width, scene.camera.height, self.character.dirt)
        self._started = _FIRST_DAY + timedelta(minutes=int(rng.integers(0, 525_600)), seconds=int(rng.integers(60)))

    def take(self, image: Image, frame: int, *, still: bool = False) -> Image:
        """Return a rendered picture (H x W x 3, BGR) as this camera gives it in that frame.

        `still`: it stands alone, so it gets the codec's marks here; in a clip the video's own codec makes them.
        """
        rng = np.random.default_rng([self._seed, _PART, frame + 1])
        picture = self._optics(image).astype(np.float32)
        if self._dirt is not None:
            picture *= self._dirt
        picture = self._noisy(picture, rng)
        picture = self._coloured(picture)
        if self.character.banding:
            picture *= self._bands(frame)[:, None, None]
        done = np.clip(picture, 0, 255).astype(np.uint8)
        if self._camera.stamp:
            self._stamp(done, frame)
        return self._coded(done) if still else done

    def _optics(self, image: Image) -> Image:
        character, (height, width) = self.character, image.shape[:2]
        if character.coarse < 1:
            small = cv2.resize(image, None, fx=character.coarse, fy=character.coarse, interpolation=cv2.INTER_AREA)
            image = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
        if character.defocus:
            image = cv2.GaussianBlur(image, (0, 0), character.defocus).astype(np.uint8)
        if character.sharpen:
            soft = cv2.GaussianBlur(image, (0, 0), 1.2)
            image = cv2.addWeighted(image, 1 + character.sharpen, soft, -character.sharpen, 0).astype(np.uint8)
        return image

    def _noisy(self, picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
        """Add noise, more in the dark parts, as the tone curve lifts them."""
        if not self._camera.noise:
            return picture
        height, width = picture.shape[:2]
        top, left = rng.integers(0, _BANK, 2)
        rows, columns = (np.arange(height) + top) % _BANK, (np.arange(width) + left) % _BANK
        grain = self._noise[rows[:, None], columns[None]]
        strength = (1.5 - picture[:, :, 1:2] / 255) * (255 * self._camera.noise)
        return np.asarray(picture + grain * strength, np.float32)

    def _coloured(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        grey = picture @ np.array([0.114, 0.587, 0.299], np.float32)
        if self._camera.grey or self._light.kind == "ir":
            return np.repeat(grey[:, :, None], 3, 2)
        share = self.character.saturation
        return picture if share == 1 else np.asarray(grey[:, :, None] * (1 - share) + picture * share, np.float32)

    def _bands(self, frame: int) -> NDArray[np.float32]:
        """Lamps that flicker with the mains leave bars that wander."""
        rows = np.linspace(0, 2 * np.pi * self.character.bands, self._camera.height, dtype=np.float32)
        return np.asarray(1 + self.character.banding * np.sin(rows + 1.7 * frame), np.float32)

    def _stamp(self, image: Image, frame: int) -> None:
        character = self.character
        moment = self._started + timedelta(seconds=frame / self._camera.fps)
        text = f"{moment.strftime(character.stamp_style)}  {character.stamp_name}".strip()
        size = character.stamp_size * image.shape[1] / 640
        at = (int(character.stamp_at[0] * image.shape[1]), int(character.stamp_at[1] * image.shape[0]))
        for ink, thick in (((0, 0, 0), 3), ((245, 245, 245), 1)):
            cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, thick, cv2.LINE_AA)

    def _coded(self, image: Image) -> Image:
        crf = self._camera.crf
        return through_jpeg(image, 118 - 2 * crf) if self.character.by_jpeg else through_h264(image, crf)


def through_jpeg(image: Image, quality: int) -> Image:
    """Return the picture as a JPEG of that quality leaves it."""
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(np.clip(quality, 12, 95))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def through_h264(image: Image, crf: int) -> Image:
    """Return the picture as H.264 of that quality leaves it. Odd sizes are taken without their last row or column."""
    height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
    memory = BytesIO()
    with av.open(memory, "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = width, height, "yuv420p", 1
        stream.options = {"crf": str(crf), "preset": "veryfast", "tune": "zerolatency"}
        even = np.ascontiguousarray(image[:height, :width])
        out.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="bgr24")))
        out.mux(stream.encode(None))
    memory.seek(0)
    with av.open(memory, "r", format="h264") as back:
        decoded = next(back.decode(video=0)).to_ndarray(format="bgr24")
    done = image.copy()
    done[:height, :width] = decoded
    return done


def _draw_character(rng: np.random.Generator, scene: Scene) -> Character:
    """Draw a camera: most are good, some are old and cheap."""

    def sometimes(chance: float, low: float, high: float, other: float = 0.0) -> float:
        value = float(rng.uniform(low, high))
        return value if rng.random() < chance else other

    styles = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m-%d-%Y %a %H:%M:%S", "%H:%M:%S")
    names = ("CAM 1", "Camera 01", "ENTRANCE", "CH03", "IPC", "")
    return Character(
        defocus=sometimes(0.25, 0.4, 1.3) * scene.camera.width / 640,
        coarse=sometimes(0.2, 0.4 if scene.camera.width > 400 else 0.65, 0.85, 1.0),
        sharpen=sometimes(0.4, 0.3, 1.4),
        saturation=sometimes(0.6, 0.25, 1.25, 1.0),
        colour_noise=float(rng.uniform(0.1, 0.9)),
        clumps=sometimes(0.5, 0.5, 1.2),
        banding=sometimes(0.07, 0.02, 0.08),
        bands=float(rng.uniform(0.7, 6)),
        dirt=sometimes(0.12, 0.1, 0.5),
        stamp_at=(0.02, 0.07) if rng.random() < 0.6 else (0.02, 0.96),
        stamp_size=float(rng.uniform(0.4, 0.75)),
        stamp_name=str(rng.choice(names)),
        stamp_style=str(rng.choice(styles)),
        by_jpeg=bool(rng.random() < 0.5),
    )


def _noise_sheet(rng: np.random.Generator, character: Character, *, one_colour: bool) -> NDArray[np.float32]:
    """Return noise of standard deviation 1, _BANK x _BANK x 3 (or 1), that wraps."""
    grey = rng.normal(0, 1, (_BANK, _BANK, 1)).astype(np.float32)
    if one_colour:
        sheet = grey
    else:
        colours = rng.normal(0, 1, (_BANK, _BANK, 3)).astype(np.float32)
        sheet = grey * (1 - character.colour_noise) + colours * character.colour_noise
    if character.clumps:
        soft = cv2.GaussianBlur(sheet, (0, 0), character.clumps, borderType=cv2.BORDER_REFLECT)
        sheet = np.asarray(soft, np.float32).reshape(sheet.shape)
    return np.asarray(sheet / sheet.std(), np.float32)


def _dirt(rng: np.random.Generator, width: int, height: int, strength: float) -> NDArray[np.float32] | None:
    """Return what smears on the dome let through, H x W x 1, or None for a clean one."""
    if not strength:
        return None
    smears = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 7))):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.uniform(0.01, 0.12) * width), int(rng.uniform(0.01, 0.12) * width))
        cv2.ellipse(smears, at, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.3, 1)), -1)
    soft = np.asarray(cv2.GaussianBlur(smears, (0, 0), 0.012 * width), np.float32)
    return np.asarray((1 - strength * soft)[:, :, None], np.float32)
