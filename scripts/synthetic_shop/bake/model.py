"""The body model: anny (Apache-2.0) on MakeHuman's mesh (CC0), with the helper meshes that clothes are cut from.

The only module that needs torch and anny. Faces of the model are the body's alone; those of tights, skirt and hair are
read from MakeHuman's base mesh, whose vertex ids are those of the topology `anny-full`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Indices = NDArray[np.int64]
VERTICES = 19158
BODY_VERTICES = 13380
CLOTH = ("helper-tights", "helper-skirt")
LIMBS = {
    "head": ("head", "eye", "neck02", "neck03"),
    "neck": ("neck",),
    "hand": ("wrist", "finger", "metacarpal"),
    "arm": ("upperarm", "lowerarm", "wrist", "finger", "metacarpal"),
    "leg": ("upperleg", "lowerleg", "foot", "toe"),
    "foot": ("foot", "toe"),
}


@dataclass(frozen=True, slots=True)
class Posed:
    """Vertices (T x 19158 x 3) and bone poses (T x bones x 4 x 4), metres."""

    vertices: Reals
    bones: Reals


class Model:
    """anny, its helper meshes, and how much each vertex belongs to which limb."""

    def __init__(self) -> None:
        import anny
        import torch

        torch.set_num_threads(1)
        self._torch = torch
        self._anny: Any = anny.Anny(topology="anny-full")
        self.bone_names: list[str] = list(self._anny.bone_labels)
        self.faces = _read_faces(Path(anny.__file__).parent / "data/mpfb2/3dobjs/base.obj")
        self.neighbours = {name: _neighbours(self.faces[name]) for name in CLOTH}
        weights = np.zeros((VERTICES, len(self.bone_names)))
        rows = np.arange(VERTICES)[:, None]
        np.add.at(weights, (rows, self._anny.vertex_bone_indices.numpy()), self._anny.vertex_bone_weights.numpy())
        self.limbs = {name: weights[:, self._bones(*starts)].sum(1) for name, starts in LIMBS.items()}

    def _bones(self, *starts: str) -> list[int]:
        return [index for index, name in enumerate(self.bone_names) if name.startswith(starts)]

    def bone(self, name: str) -> int:
        """Return the index of a bone."""
        return self.bone_names.index(name)

    def draw_shape(
        self, rng: np.random.Generator, ages: tuple[float, float], female: bool
    ) -> tuple[float, dict[str, float]]:
        """Draw a body of that age range and gender: its age in years and anny's numbers."""
        from anny.shape_distribution import SimpleShapeDistribution

        torch = self._torch
        torch.manual_seed(int(rng.integers(1 << 30)))
        low, high = (torch.tensor(float(age)).double() for age in ages)
        drawn = SimpleShapeDistribution(
            self._anny, morphological_age_distribution=torch.distributions.Uniform(low, high)
        )
        age, shape = drawn.sample(1)
        heights = drawn.girls_conditional_height_distribution if female else drawn.boys_conditional_height_distribution
        shape["height"] = heights.get_torch_distribution(shape["age"]).sample()
        shape["gender"] = torch.tensor([abs(float(female) - rng.uniform(0, 0.12))]).double()  # 0 is male in anny
        return float(age[0]), {name: float(value[0]) for name, value in shape.items()}

    def pose(self, shape: dict[str, float], frames: list[dict[str, Reals]] | None = None) -> Posed:
        """Pose a body; without frames, at rest."""
        torch, turned = self._torch, None
        if frames is not None:
            turned = {}
            for name in sorted(set().union(*frames)):
                joint = np.tile(np.eye(4), (len(frames), 1, 1))
                joint[:, :3, :3] = [frame.get(name, np.eye(3)) for frame in frames]
                turned[name] = torch.tensor(joint)
        with torch.no_grad():
            out = self._anny(turned, shape)
        return Posed(out["vertices"].numpy().astype(float), out["bone_poses"].numpy().astype(float))


def _read_faces(path: Path) -> dict[str, Indices]:
    """Return the triangles of the groups that are used. The two halves of a quad are half the list apart."""
    quads: dict[str, list[list[int]]] = {}
    group = ""
    for line in path.read_text().splitlines():
        if line.startswith("g "):
            group = line.split()[1]
        elif line.startswith("f "):
            quads.setdefault(group, []).append([int(corner.split("/")[0]) - 1 for corner in line.split()[1:]])
    return {name: _triangles(quads[name]) for name in ("body", *CLOTH, "helper-hair")}


def _triangles(quads: list[list[int]]) -> Indices:
    corners = np.array(quads, np.int64)
    return np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]])


def _neighbours(faces: Indices) -> tuple[Indices, Indices]:
    """Return the vertices of a mesh and eight neighbours of each (repeated where it has fewer)."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    ids = np.unique(faces)
    near: dict[int, list[int]] = {int(i): [] for i in ids}
    for a, b in edges:
        near[int(a)].append(int(b))
    return ids, np.array([(near[int(i)] * 8)[:8] for i in ids])
