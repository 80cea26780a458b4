"""From fp32 to int8 in one place: static, QDQ, per channel, unsigned activations. Training and the box both use it.

Every net takes one picture as it is, H x W x 3 uint8 BGR, and has subtracted one grey from it as its first step; so
the picture's own bytes become the quantised input. This needs the package onnx, which the box has only where asked for.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from appliance.frame import Pixels
from appliance.nets.catalogue import NetError

try:
    import onnx
    from onnx import helper, numpy_helper
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process
except ImportError as missing:
    raise NetError(f"package {missing.name} is not here: pip install 'tallybox[calibrate]'") from None

INPUT = "picture"


def quantised(plain: onnx.ModelProto, pictures: Sequence[Pixels]) -> onnx.ModelProto:
    """Return the net in int8, its ranges measured on the pictures (all of one size, as the net takes them)."""
    with tempfile.TemporaryDirectory() as folder:  # of nets; pictures are handed over in memory
        source, prepared, target = (Path(folder) / name for name in ("plain.onnx", "prepared.onnx", "int8.onnx"))
        onnx.save(plain, source)
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared, target, Pictures(pictures), quant_format=QuantFormat.QDQ, per_channel=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=answering(prepared),
        )  # fmt: skip
        return onnx.load(target)


def answering(net: Path) -> list[str]:
    """Return the convolutions whose output is the net's own: they stay in fp32.

    One scale for a cell's logit and its distances would leave a logit 0.13 wide steps: scores of 0.71, 0.79, 0.86.
    """
    graph = onnx.load(net).graph
    outputs = {output.name for output in graph.output}
    return [node.name for node in graph.node if node.op_type == "Conv" and outputs & set(node.output)]


def int8_of(twin: bytes, pictures: Sequence[Pixels], grey: int) -> bytes:
    """Return the int8 file of an fp32 twin, as it is kept. Raises NetError where the twin is none."""
    try:
        plain = weights_as_float32(onnx.load_from_string(twin))
        return bytes(picture_is_int8(quantised(plain, pictures), grey).SerializeToString())
    except Exception as error:  # onnx, protobuf and ONNX Runtime raise what they like
        raise NetError(f"the twin can't be quantised: {str(error).splitlines()[0]}") from None


def weights_as_float32(model: onnx.ModelProto) -> onnx.ModelProto:
    """Undo what halved the twin's file: weights kept as float16 with a Cast behind each."""
    graph = model.graph
    halves = {tensor.name: tensor for tensor in graph.initializer}
    casts = [node for node in graph.node if node.op_type == "Cast" and node.input[0] in halves]
    for cast in casts:
        whole = numpy_helper.to_array(halves[cast.input[0]]).astype(np.float32)
        halves[cast.input[0]].CopyFrom(numpy_helper.from_array(whole, cast.output[0]))
    kept = [node for node in graph.node if node not in casts]
    del graph.node[:]
    graph.node.extend(kept)
    return model


def grey_of(twin: bytes) -> int:
    """Return the grey that a net subtracts from its picture first. Raises NetError where it does not."""
    model = onnx.load_from_string(twin)
    constants = {node.output[0]: node.attribute[0].t for node in model.graph.node if node.op_type == "Constant"}
    constants |= {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Sub" and node.input[1] in constants:
            return int(numpy_helper.to_array(constants[node.input[1]]).item())
    raise NetError("the twin does not begin as a net of tallybox does: it can't be quantised")


def picture_is_int8(model: onnx.ModelProto, grey: int) -> onnx.ModelProto:
    """Let the picture's own bytes be the quantised input (scale 1, zero point `grey`), without Cast, Sub or Q."""
    graph = model.graph
    chain = [next(node for node in graph.node if INPUT in node.input)]
    while chain[-1].op_type != "DequantizeLinear":
        chain.append(next(node for node in graph.node if chain[-1].output[0] in node.input))
    shaped = [node for node in chain if node.op_type in ("Transpose", "Unsqueeze")]
    assert [n.op_type for n in chain] == ["Transpose", "Unsqueeze", "Cast", "Sub", "QuantizeLinear", "DequantizeLinear"]
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(1.0, np.float32), "picture_scale"),
            numpy_helper.from_array(np.array(grey, np.uint8), "picture_zero"),
        ]
    )
    fresh = helper.make_node(
        "DequantizeLinear",
        [shaped[-1].output[0], "picture_scale", "picture_zero"],
        [chain[-1].output[0]],
        name="picture",
    )
    kept = [node for node in graph.node if node not in chain]
    constants = [node for node in kept if node.op_type == "Constant"]
    del graph.node[:]
    graph.node.extend([*constants, *shaped, fresh, *(node for node in kept if node not in constants)])
    onnx.checker.check_model(model)
    return model


class Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Feeds pictures to the calibration, one at a time."""

    def __init__(self, pictures: Sequence[Pixels]) -> None:
        self._pictures = iter(pictures)

    def get_next(self) -> dict[str, Any] | None:
        """Return the next picture by the name of the net's input, or None at the end."""
        picture = next(self._pictures, None)
        return None if picture is None else {INPUT: picture}
