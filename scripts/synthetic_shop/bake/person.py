"""One dressed person: shape, manner, outfit, then every frame's vertices, thinned and split by region."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.synthetic_shop.bake.gait import Elbow, draw_manner, frames_of
from scripts.synthetic_shop.bake.head import PLAIN, head_parts, shades
from scripts.synthetic_shop.bake.measures import Measures, measure
from scripts.synthetic_shop.bake.model import BODY_VERTICES, CLOTH, Model, Posed
from scripts.synthetic_shop.bake.outfit import draw_outfit
from scripts.synthetic_shop.bake.tailor import SKIN, Part, clothes, torso_faces
from scripts.synthetic_shop.bodies import SETS, WALKING
from scripts.synthetic_shop.packing import normals_of, pack

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mesh:
    """What is drawn: vertices (T x V x 3), and by vertex rest place, region and shade; faces F x 3."""

    vertices: Reals
    rest: Reals
    regions: NDArray[np.uint8]
    shades: NDArray[np.uint8]
    faces: NDArray[np.int64]


def make_person(model: Model, rng: np.random.Generator, ages: tuple[float, float], female: bool) -> dict[str, Any]:
    """Return the arrays of one person's file, as scripts/synthetic_shop/bodies.py reads them."""
    age, shape = model.draw_shape(rng, ages, female)
    gender = "f" if female else "m"
    still = model.pose(shape)
    size = measure(model, still)
    manner, outfit = draw_manner(rng, age), draw_outfit(rng, age, gender, size.scale)
    elbow = _elbow(model, still)
    holds = {"free": manner.hold, "push": "push", "raise": "raise"}
    posed = model.pose(shape, [frame for name in SETS for frame in frames_of(manner, elbow, holds[name])])
    shade = shades(model, size, still)
    parts = [*clothes(model, size, outfit), *head_parts(model, size, outfit, shade)]
    mesh = _assemble(_worn(model, posed, outfit.smooth, model.limbs["foot"]), parts, size, shade)
    anchors = _anchors(model, size, still, posed, torso_faces(model, size, outfit))
    grounded, shift = _grounded(model, mesh.vertices, posed)
    anchors[:, :, :3, 3] -= shift[:, None]
    meta = {
        "age": round(age, 1), "gender": gender, "kind": _kind(age), "height_m": round(_height(size), 3),
        "stride_m": round(_stride(model, posed), 3), "hair": outfit.hair, "upper": outfit.upper, "lower": outfit.lower,
        "arms": manner.hold, "head": _head_size(size, outfit.hair_thick), "shoulders": _shoulders(model, still),
        "crown": [0.0, round((size.face + size.nape) / 2 + 0.02, 3), round(size.crown, 3)],
    }  # fmt: skip
    return {
        "verts": pack(grounded), "rest": mesh.rest.astype(np.float16), "region": mesh.regions, "shade": mesh.shades,
        "faces": mesh.faces.astype(np.uint16), "anchors": anchors.astype(np.float32), "meta": json.dumps(meta),
    }  # fmt: skip


def _elbow(model: Model, still: Posed) -> Elbow:
    """The elbow is bent at rest: its axis is across upper and lower arm."""
    places = still.bones[0, :, :3, 3]
    axis, rest = {}, {}
    for side in "LR":
        shoulder, elbow, wrist = (places[model.bone(f"{n}.{side}")] for n in ("upperarm01", "lowerarm01", "wrist"))
        upper, lower = elbow - shoulder, wrist - elbow
        upper, lower = upper / np.linalg.norm(upper), lower / np.linalg.norm(lower)
        axis[side], rest[side] = np.cross(upper, lower), float(np.degrees(np.arccos(upper @ lower)))
    return Elbow(axis, rest)


def _worn(model: Model, posed: Posed, smooth: int, foot: Reals) -> tuple[Reals, Reals]:
    """Return vertices and normals with the cloth smoothed, which else shows every muscle below it."""
    vertices = posed.vertices
    normals = np.zeros_like(vertices)
    for name, faces in model.faces.items():
        ids = np.unique(faces)
        if name in CLOTH:
            near = model.neighbours[name][1]
            soft = 0.6 * np.clip(1 - 3 * foot[ids], 0, 1)[None, :, None]
            for _ in range(smooth if name == "helper-tights" else 4):
                vertices[:, ids] += soft * (vertices[:, near].mean(2) - vertices[:, ids])
        normals[:, ids] = normals_of(vertices[:, ids].astype(np.float32), np.searchsorted(ids, faces))
    return vertices, normals


def _assemble(worn: tuple[Reals, Reals], parts: list[Part], size: Measures, shade: Reals) -> Mesh:
    """Push each part off the body, thin it, and give it vertices of its own, so that a face has one region."""
    vertices, normals = worn
    out: list[tuple[Reals, Reals, NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int64]]] = []
    start = 0
    for part in parts:
        faces = _thinned(part, size.rest, shade) if part.cell else part.faces
        if not len(faces):
            continue
        ids = np.unique(faces)
        pushed = vertices[:, ids] + normals[:, ids] * part.push[ids][None, :, None]
        tone = shade[ids] if part.region == SKIN else np.full(len(ids), PLAIN)
        regions = np.full(len(ids), part.region, np.uint8)
        out.append((pushed, size.rest[ids], regions, tone.astype(np.uint8), np.searchsorted(ids, faces) + start))
        start += len(ids)
    columns = list(zip(*out, strict=True))
    return Mesh(np.concatenate(columns[0], 1), *(np.concatenate(column) for column in columns[1:]))


def _thinned(part: Part, rest: Reals, shade: Reals) -> NDArray[np.int64]:
    """Merge vertices onto one of their grid cell. The cell's key is exact: a hash once joined left and right hand."""
    ids = np.unique(part.faces)
    cell = np.floor(rest[ids] / part.cell).astype(np.int64) + 1000
    key = ((cell[:, 0] * 4096 + cell[:, 1]) * 4096 + cell[:, 2]) * 2 + (shade[ids] < 100)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    merged = np.arange(len(rest))
    merged[ids] = ids[first][group]
    faces = merged[part.faces]
    a, b, c = faces.T
    return np.asarray(faces[(a != b) & (b != c) & (a != c)], np.int64)


def _grounded(model: Model, vertices: Reals, posed: Posed) -> tuple[Reals, Reals]:
    """Put each frame's lowest vertex on the floor (which gives the bob) and the pelvis above the origin."""
    shift = np.zeros((len(vertices), 3))
    shift[:, :2] = posed.bones[:, model.bone("root"), :2, 3]
    shift[:, 2] = vertices[:, :, 2].min(1)
    return vertices - shift[:, None], shift


def _anchors(model: Model, size: Measures, still: Posed, posed: Posed, torso: NDArray[np.int64]) -> Reals:
    """Return frames (T x 5 x 4 x 4) of head, back, left and right hand, hip: where things are worn."""
    spine = still.bones[0, model.bone("spine01"), :3, 3]
    ids = np.unique(torso)
    near = ids[np.abs(size.rest[ids, 2] - spine[2]) < 0.15 * size.scale]
    centre = [0, (size.face + size.nape) / 2, (size.chin + size.crown) / 2]
    wrists = [still.bones[0, model.bone(f"wrist.{side}"), :3, 3] for side in "LR"]
    narrow = near[np.abs(size.rest[near, 0]) < 0.3]
    hip = [size.rest[narrow, 0].max() * 0.8, 0.02, size.waist]
    places = [centre, [0, size.rest[near, 1].max(), spine[2]], *wrists, hip]
    bones = ("head", "spine02", "wrist.L", "wrist.R", "spine03")
    frames = np.tile(np.eye(4), (len(posed.vertices), len(bones), 1, 1))
    for index, (bone, place) in enumerate(zip(bones, places, strict=True)):
        moved = posed.bones[:, model.bone(bone)] @ np.linalg.inv(still.bones[0, model.bone(bone)])
        frames[:, index, :3, 3] = moved[:, :3, :3] @ np.asarray(place) + moved[:, :3, 3]
        if not bone.startswith("wrist"):  # what hangs from a hand hangs straight
            frames[:, index, :3, :3] = moved[:, :3, :3]
    return frames


def _stride(model: Model, posed: Posed) -> float:
    """Metres a cycle: the lower foot goes backwards as fast as the body goes forwards, or feet would slide."""
    feet = np.stack([posed.bones[:WALKING, model.bone(f"foot.{side}"), :3, 3] for side in "LR"], 1)
    lower = feet[:, :, 2].argmin(1)
    rows = np.arange(WALKING)
    steps = np.roll(feet[:, :, 1], -1, 0)[rows, lower] - feet[rows, lower, 1]
    return float(np.median(steps) * WALKING)


def _height(size: Measures) -> float:
    return float(np.ptp(size.rest[:BODY_VERTICES, 2]))


def _head_size(size: Measures, hair: float) -> list[float]:
    """Half width, half depth and half height of the head with its hair, about the head's anchor."""
    top = size.rest[size.on_head & (size.head_up > 0.55)]
    half = (np.ptp(top[:, 0]) / 2, (size.nape - size.face) / 2, (size.crown - size.chin) / 2)
    return [round(float(value + hair), 3) for value in half]


def _shoulders(model: Model, still: Posed) -> float:
    left, right = (still.bones[0, model.bone(f"upperarm01.{side}"), 0, 3] for side in "LR")
    return round(float(left - right), 3)


def _kind(age: float) -> str:
    return "child" if age < 12.5 else "teen" if age < 19.5 else "senior" if age > 65 else "adult"
