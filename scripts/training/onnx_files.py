"""From a torch net to the ONNX files that ship: int8 (QDQ, per channel, unsigned activations) and its fp32 twin.

Every net takes one picture as it is, H x W x 3 uint8 BGR, and has subtracted one grey from it as its first step.
"""

import hashlib
import re
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from appliance.nets.quantise import picture_is_int8, quantised

MODELS = Path(__file__).resolve().parents[2] / "models"


def ship(net: torch.nn.Module, name: str, outputs: list[str], pictures: list[np.ndarray], grey: int, out: Path) -> None:
    """Write `name`.onnx and fp32/`name`.onnx into a folder, and their hashes into its models.toml.

    `pictures` are what int8 is calibrated on, all of one size and ready for the net; training saw them too. A net
    with several outputs is taken for fully convolutional: its height and width stay free.
    """
    plain = traced(net, pictures[0].shape, outputs)
    (out / "fp32").mkdir(parents=True, exist_ok=True)
    onnx.save(picture_is_int8(quantised(plain, pictures), grey), out / f"{name}.onnx")
    onnx.save(weights_as_float16(plain), out / "fp32" / f"{name}.onnx")
    write_hashes(out, name)


def write_hashes(folder: Path, name: str) -> None:
    """Put the files' sha256 into the folder's models.toml, which begins as a copy of the shipped one."""
    catalogue = folder / "models.toml"
    before, table, after = re.split(
        rf"(?ms)^(\[{name}\].*?)(?=^\[|\Z)", (catalogue if catalogue.exists() else MODELS / "models.toml").read_text()
    )
    for key, file in (("sha256", f"{name}.onnx"), ("fp32_sha256", f"fp32/{name}.onnx")):
        digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        table = re.sub(rf'(?m)^{key} = "[0-9a-f]*"', f'{key} = "{digest}"', table, count=1)
    catalogue.write_text(before + table + after)


def traced(net: torch.nn.Module, shape: tuple[int, ...], outputs: list[str]) -> onnx.ModelProto:
    """Trace the net on a picture of that shape; with several outputs, height and width are free."""
    axes = {"picture": {0: "height", 1: "width"}} | {n: {2: f"{n}_h", 3: f"{n}_w"} for n in outputs}
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        torch.onnx.export(
            net, (torch.zeros(*shape, dtype=torch.uint8),), file.name, input_names=["picture"], output_names=outputs,
            dynamic_axes=axes if len(outputs) > 1 else None, opset_version=17, dynamo=False,
        )  # fmt: skip
        return onnx.load(file.name)


def weights_as_float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Halve the file: keep the large weights as float16 and cast them when the net is loaded (constants are folded)."""
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and int(np.prod(tensor.dims)) > 256:
            half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + "_half")
            casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
            tensor.CopyFrom(half)
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    onnx.checker.check_model(model)
    return model
