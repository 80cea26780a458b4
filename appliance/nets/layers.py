"""A net's layers, int8 beside fp32: how far the values of each are apart, what each reckons, and how long it takes.

A layer is a convolution or a matrix product with the activation behind it. Its signal-to-noise ratio is that of all
that was rounded up to it, from the picture on. Times are ONNX Runtime's own, which renames and joins nodes on the
way to a fast net: what belongs to no layer is told as one row. This needs the package onnx, as quantising does.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from appliance.frame import Pixels
from appliance.nets.quantise import weights_as_float32
from appliance.nets.session import USUAL, Engine, Session

import onnx  # isort: skip - behind quantise, which says in one line what to do where it is missing

LAYERS = ("Conv", "Gemm", "MatMul")
BEHIND = ("Relu", "QuantizeLinear", "DequantizeLinear")
REST = "everything else"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. `snr_db` is None for the row of everything else, and endless where nothing was rounded.

    `multiply_adds` and bytes (of weights and of what it puts out) are for one picture; times are medians.
    """

    name: str
    multiply_adds: int
    int8_bytes: int
    fp32_bytes: int
    snr_db: float | None
    int8_ms: float
    fp32_ms: float


def layers_of(
    int8: bytes, twin: bytes, size: tuple[int, int], pictures: Sequence[Pixels], engine: Engine = USUAL
) -> list[Layer]:
    """Measure every layer on the pictures, as the net takes them; the last row is everything else. Raises NetError."""
    graphs = [onnx.load_from_string(int8), weights_as_float32(onnx.load_from_string(twin))]
    named = [{node.name: tails(model.graph, node) for node in model.graph.node if is_layer(node)} for model in graphs]
    names = [name for name in named[1] if name in named[0]]
    signals, shapes = _signals(graphs, [[table[name][-1] for name in names] for table in named], size, pictures, engine)
    times = [
        _assigned(took, {name: named[1][name] for name in names})
        for took in _times([int8, twin], size, pictures, engine)
    ]
    rows = []
    nodes = {node.name: node for node in graphs[1].graph.node}
    shape_of = {tensor.name: list(tensor.dims) for tensor in graphs[1].graph.initializer}
    plain = {tensor.name for tensor in graphs[0].graph.initializer}
    whole = {node.name for node in graphs[0].graph.node if is_layer(node) and node.input[1] in plain}  # left in fp32
    for name, snr, shape in zip(names, signals, shapes, strict=True):
        weights = shape_of.get(nodes[name].input[1], [1])
        adds, kept = _work(nodes[name], weights, shape), int(np.prod(weights)) + int(np.prod(shape))
        small = 4 * kept if name in whole else kept
        rows.append(Layer(name, adds, small, 4 * kept, snr, times[0].get(name, 0.0), times[1].get(name, 0.0)))
    return [*rows, Layer(REST, 0, 0, 0, None, times[0].get(REST, 0.0), times[1].get(REST, 0.0))]


def is_layer(node: Any) -> bool:
    """Say whether a node of the graph is a layer's."""
    return node.op_type in LAYERS


def tails(graph: Any, node: Any) -> list[str]:
    """Return the node's name, and the names of what it puts out: before and behind its activation and its rounding."""
    names = [node.name, node.output[0]]
    while True:
        takers = [taker for taker in graph.node if names[-1] in taker.input]
        ends = names[-1] in {out.name for out in graph.output}
        if ends or not takers or any(taker.op_type not in BEHIND for taker in takers):
            return names
        if len(takers) > 1 and any(taker.op_type != "DequantizeLinear" for taker in takers):
            return names
        names.append(takers[0].output[0])


def _work(node: Any, weights: list[int], shape: list[int]) -> int:
    """Return the multiply-adds of a layer: for each number it puts out, one a weight that it looks through."""
    if node.op_type == "Conv":
        return int(np.prod(shape)) * int(np.prod(weights[1:]))
    return int(np.prod(weights))


def _signals(
    graphs: list[Any], tensors: list[list[str]], size: tuple[int, int], pictures: Sequence[Pixels], engine: Engine
) -> tuple[list[float], list[list[int]]]:
    """Return the signal-to-noise ratio of each pair of tensors over all pictures, in dB, and the shapes."""
    sessions = [Session(_telling(model, names), size, engine) for model, names in zip(graphs, tensors, strict=True)]
    sums = np.zeros((2, len(tensors[1])))
    shapes: list[list[int]] = []
    for picture in pictures:
        noisy, clean = (session.run(picture)[-len(tensors[1]) :] for session in sessions)
        shapes = [list(values.shape) for values in clean]
        sums[0] += [float(np.square(values, dtype=np.float64).sum()) for values in clean]
        sums[1] += [float(np.square(a - b, dtype=np.float64).sum()) for a, b in zip(clean, noisy, strict=True)]
    return [10 * log10(max(s, 1e-30) / n) if n else float("inf") for s, n in sums.T], shapes


def _telling(model: Any, tensors: list[str]) -> bytes:
    """Return the net with those tensors among what it puts out, each under a name of its own."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for number, name in enumerate(tensors):
        told = f"tensor {number}"
        copy.graph.node.append(onnx.helper.make_node("Identity", [name], [told]))
        copy.graph.output.append(onnx.helper.make_empty_tensor_value_info(told))
        copy.graph.output[-1].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    return bytes(copy.SerializeToString())


def _times(
    files: Sequence[bytes], size: tuple[int, int], pictures: Sequence[Pixels], engine: Engine
) -> list[dict[str, float]]:
    """Return the median milliseconds of each node of each file, all looking in turn."""
    with tempfile.TemporaryDirectory() as folder:  # of times alone
        sessions = [Session(data, size, engine, profile=Path(folder) / str(i)) for i, data in enumerate(files)]
        for picture in [pictures[0], *pictures]:
            for session in sessions:
                session.run(picture)
        told = [json.loads(session.profile().read_text()) for session in sessions]
    found = []
    for events in told:
        took: dict[str, list[float]] = {}
        for event in events:
            if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
                took.setdefault(event["name"].removesuffix("_kernel_time"), []).append(event["dur"] / 1000)
        found.append({name: median(runs[1:] or runs) for name, runs in took.items()})
    return found


def _assigned(took: dict[str, float], names: dict[str, list[str]]) -> dict[str, float]:
    """Return the milliseconds by layer: a node belongs to the layer whose longest name its own begins with."""
    keys = sorted(((key, layer) for layer, all_ in names.items() for key in all_), key=lambda row: -len(row[0]))
    sums: dict[str, float] = {}
    for node, ms in took.items():
        plain = node.removeprefix("fused ")
        kind = next((layer for key, layer in keys if plain == key or plain.startswith(f"{key}_")), REST)
        sums[kind] = sums.get(kind, 0.0) + ms
    return sums
