"""What training starts from is read right, and nothing else is taken for it."""

import hashlib

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs torch: see docs/models.md, Training")
pytest.importorskip("onnx", reason="needs onnx: see docs/models.md, Training")
from scripts.training import starts
from scripts.training.detector_net import DetectorNet


def manifest_of(tensors):
    weights = [{"name": name, "shape": list(value.shape), "dtype": "float32"} for name, value in tensors.items()]
    return {"weightsManifest": [{"weights": [{"name": "n", "shape": [2], "dtype": "int32"}, *weights]}]}


def test_tensors_lie_one_after_the_other_behind_what_is_not_a_float():
    tensors = {"a": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.ones((1, 1, 2, 1), np.float16)}
    data = b"\0" * 8 + b"".join(value.tobytes() for value in tensors.values())
    found = starts.tensors_of(manifest_of(tensors), data)
    assert found["a"].tolist() == tensors["a"].tolist()
    assert found["b"].shape == (1, 1, 2, 1)
    with pytest.raises(starts.StartError, match="the manifest tells of"):
        starts.tensors_of(manifest_of(tensors), data + b"\0")


def test_the_layers_of_the_start_fit_the_net_and_the_class_person_is_kept():
    shapes = {name: value.shape for name, value in DetectorNet().state_dict().items()}
    tensors = {}
    for number, name in enumerate(starts.layers()):
        out, into, high, wide = shapes[f"{name}.weight"]
        out = 80 + 44 if name.startswith("o.") else out
        key = f"PartitionedCall/split_{number}" if number else "PartitionedCall/split"
        tensors[key] = np.broadcast_to(np.arange(out, dtype=np.float16), (high, wide, into, out))
        tensors[f"unknown_{starts.BIASES[number]}"] = np.zeros(out, np.float16)
    weights = starts.one_class(tensors)
    assert {name: value.shape for name, value in weights.items()} == shapes
    assert weights["o.0.weight"][:, 0, 0, 0].tolist() == [0, *range(80, 124), 0, 0]


def test_other_weights_than_those_meant_are_refused():
    with pytest.raises(starts.StartError, match="not those that were meant"):
        starts._checked(b"x", hashlib.sha256(b"y").hexdigest())
    with pytest.raises(starts.StartError, match="not installed"):
        starts._run(["no-such-program"], ".")
