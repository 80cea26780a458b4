"""Weights (.npz) -> models/person.onnx (int8) and models/fp32/person.onnx (its twin, weights kept as float16).

    python -m scripts.training.export --weights runs/person.npz --pictures ../shared/train/person

The int8 file is quantised statically, QDQ, per channel, unsigned activations, on real pictures that training saw too.
Both take one picture, H x W x 3 uint8 BGR, H and W any multiple of 32.
"""

import hashlib
import re
import tempfile
from pathlib import Path

import click
import cv2
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from appliance.nets.letterbox import letterbox
from scripts.training.person_net import GREY, PersonNet, ShippedNet
from scripts.training.pictures import read_folder

MODELS = Path(__file__).resolve().parents[2] / "models"


@click.command(help=__doc__)
@click.option("--weights", type=click.Path(path_type=Path, exists=True), required=True)
@click.option(
    "--pictures", type=click.Path(path_type=Path, exists=True), required=True, help="a folder with labels.csv"
)
@click.option("--size", default="384x224", show_default=True, help="size at which int8 is calibrated")
@click.option("--count", default=64, show_default=True, help="pictures to calibrate on")
@click.option("--out", type=click.Path(path_type=Path), default=MODELS, show_default=False)
def export(weights: Path, pictures: Path, size: str, count: int, out: Path) -> None:
    width, height = map(int, size.split("x"))
    plain = to_onnx(ShippedNet(PersonNet().load(weights)), width, height)
    with tempfile.TemporaryDirectory() as folder:
        source, prepared, target = (Path(folder) / name for name in ("plain.onnx", "prepared.onnx", "int8.onnx"))
        onnx.save(plain, source)
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        chosen = read_folder(pictures, split="train")
        step = max(1, len(chosen) // count)
        quantize_static(
            prepared,
            target,
            Pictures([letterbox(cv2.imread(str(p.path)), width, height)[0] for p in chosen[::step][:count]]),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        quantised = picture_is_int8(onnx.load(target))
    (out / "fp32").mkdir(parents=True, exist_ok=True)
    onnx.save(quantised, out / "person.onnx")
    onnx.save(weights_as_float16(plain), out / "fp32" / "person.onnx")
    write_hashes(out)
    for path in (out / "person.onnx", out / "fp32" / "person.onnx"):
        click.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def write_hashes(folder: Path) -> None:
    """Put the files' sha256 into models.toml of the folder, which is copied from the shipped one if there is none."""
    catalogue = folder / "models.toml"
    text = (catalogue if catalogue.exists() else MODELS / "models.toml").read_text()
    for key, name in (("sha256", "person.onnx"), ("fp32_sha256", "fp32/person.onnx")):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        text = re.sub(rf'(?m)^{key} = "[0-9a-f]*"', f'{key} = "{digest}"', text, count=1)
    catalogue.write_text(text)


def to_onnx(net: torch.nn.Module, width: int, height: int) -> onnx.ModelProto:
    """Trace the net with free height and width."""
    names = ["s8", "s16", "s32"]
    axes = {"picture": {0: "height", 1: "width"}} | {n: {2: f"{n}_h", 3: f"{n}_w"} for n in names}
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        example = torch.zeros(height, width, 3, dtype=torch.uint8)
        torch.onnx.export(
            net, (example,), file.name, input_names=["picture"], output_names=names, dynamic_axes=axes,
            opset_version=17, dynamo=False,
        )  # fmt: skip
        return onnx.load(file.name)


def picture_is_int8(model: onnx.ModelProto) -> onnx.ModelProto:
    """Let the picture's own bytes be the quantised input (scale 1, zero point GREY), without Cast, Sub or Q."""
    graph = model.graph
    chain = [next(node for node in graph.node if "picture" in node.input)]
    while chain[-1].op_type != "DequantizeLinear":
        chain.append(next(node for node in graph.node if chain[-1].output[0] in node.input))
    shaped = [node for node in chain if node.op_type in ("Transpose", "Unsqueeze")]
    assert [n.op_type for n in chain] == ["Transpose", "Unsqueeze", "Cast", "Sub", "QuantizeLinear", "DequantizeLinear"]
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array(1.0, np.float32), "picture_scale"),
            numpy_helper.from_array(np.array(GREY, np.uint8), "picture_zero"),
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


class Pictures(CalibrationDataReader):
    """Feeds pictures to the calibration, one at a time."""

    def __init__(self, pictures: list[np.ndarray]) -> None:
        self._pictures = iter(pictures)

    def get_next(self) -> dict[str, np.ndarray] | None:
        picture = next(self._pictures, None)
        return None if picture is None else {"picture": picture}


if __name__ == "__main__":
    export()
