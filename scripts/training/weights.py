"""Weights as they are kept: an .npz of a run, or the fp32 twin that ships. Reading them takes no torch."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx

MEAN = (103.53, 116.28, 123.675)  # BGR; what a net in training takes is normalised by these
STD = (57.375, 57.12, 58.395)
GREY = 114.0  # what a net that ships subtracts instead


def stored_weights(path: Path) -> Mapping[str, np.ndarray]:
    """Return weights by name: of an .npz, or of a shipped fp32 twin."""
    return weights_of_twin(path) if path.suffix == ".onnx" else np.load(path)


def weights_of_twin(path: Path) -> dict[str, np.ndarray]:
    """Return the weights in a shipped fp32 twin, with what Shipped folded into the first convolution undone."""
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    weights = {
        name.removeprefix("net.").removesuffix("_half"): value.astype(np.float32)
        for name, value in stored.items()
        if name.startswith("net.")
    }
    mean, std = (np.array(numbers, np.float32).reshape(1, 3, 1, 1) for numbers in (MEAN, STD))
    folded = weights["stem.c.weight"]
    weights["stem.c.bias"] = weights["stem.c.bias"] - (folded * (GREY - mean)).sum((1, 2, 3))
    weights["stem.c.weight"] = folded * std
    return weights
