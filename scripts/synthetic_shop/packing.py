"""How baked people lie on disk: whole millimetres, as differences over time and then over vertices.

A quarter of the size of half floats. Normals are made again when a body is first drawn.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def pack(vertices: NDArray[np.floating]) -> NDArray[np.int16]:
    """Turn positions (T x V x 3, metres) into what is written."""
    millimetres = np.round(vertices * 1000).astype(np.int16)
    over_time = np.diff(millimetres, axis=0, prepend=np.int16(0))
    return np.diff(over_time, axis=1, prepend=np.int16(0))


def unpack(packed: NDArray[np.int16]) -> Floats:
    """Turn what was written back into positions (T x V x 3, metres)."""
    over_time = np.cumsum(packed, axis=1, dtype=np.int32)
    millimetres = np.cumsum(over_time, axis=0, dtype=np.int32)
    return (millimetres / np.float32(1000)).astype(np.float32)


def normals_of(vertices: Floats, faces: NDArray[np.integer]) -> Floats:
    """Return the unit normals (T x V x 3); never a NaN, which would blur into a black square."""
    a, b, c = (vertices[:, faces[:, k]] for k in range(3))
    of_faces = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for moment in range(len(vertices)):
        for corner in range(3):
            for axis in range(3):
                normals[moment, :, axis] += np.bincount(
                    faces[:, corner], of_faces[moment, :, axis], minlength=vertices.shape[1]
                ).astype(np.float32)
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    upwards = np.array([0, 0, 1], np.float32)
    return np.where(length > 1e-12, normals / np.maximum(length, 1e-12), upwards).astype(np.float32)
