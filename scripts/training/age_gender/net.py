"""The age and gender net: a small residual net on a face of 64 x 64 pixels.

The trunk is dlib's age net by Cydral (CC0-1.0), a ResNet-10 whose affine layers are folded into its convolutions here.
Where dlib pads a sum with zeros, this pads the convolution and widens the shortcut by a 1x1 convolution that begins as
the identity, so that int8 sees convolutions and sums alone.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from appliance.nets.age_gender import AGES, SIDE

MEAN = (104.298, 117.001, 122.782)  # BGR
SCALE = 1 / 256
GREY = 115


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which halves and widens where `stride` is 2."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.a = nn.Conv2d(before, after, 3, stride, 1 if stride == 1 else 0)
        self.b = nn.Conv2d(after, after, 3, 1, 1)
        self.widen = nn.Conv2d(before, after, 1) if before != after else None
        if self.widen is not None:
            nn.init.zeros_(self.widen.bias)
            with torch.no_grad():
                self.widen.weight.copy_(torch.eye(after, before)[..., None, None])

    def forward(self, x: Tensor) -> Tensor:
        kept, high = x, x.shape[2]
        if self.stride == 2:
            kept = F.avg_pool2d(x, 2, 2)
            more = 2 * kept.shape[2] + 1 - high
            x = F.pad(x, (0, more, 0, more)) if more else x
        kept = self.widen(kept) if self.widen is not None else kept
        return F.relu(self.b(F.relu(self.a(x))) + kept)


class GenderBranch(nn.Module):
    """dlib's gender net (Cydral, CC0-1.0): four convolutions on half the width, and a logit for "a man"."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 1, 1) for a, b in ((3, 32), (32, 32), (32, 64), (64, 64))])
        self.drop = nn.Dropout(0.3)
        self.hidden = nn.Linear(64 * (SIDE // 8) ** 2, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.avg_pool2d(x, 2)
        for i, conv in enumerate(self.convs):
            x = F.relu(conv(x))
            x = F.avg_pool2d(x, 2) if i % 2 else x
        return self.out(F.relu(self.hidden(self.drop(x.flatten(1)))))


class AgeGenderNet(nn.Module):
    """BGR faces, B x 3 x 64 x 64, less MEAN, times SCALE -> B x (AGES + 2).

    The answers: a logit for each age from 0 to 100, one for "a man", and one for "this answer is right".
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 7, 2)
        self.blocks = nn.ModuleList(
            [Block(64, 64, 1), Block(64, 128, 2), Block(128, 128, 1), Block(128, 256, 2), Block(256, 256, 1)]
        )
        self.drop = nn.Dropout(0.4)
        self.branch = GenderBranch()
        self.age = nn.Linear(256, AGES)
        self.gender = nn.Linear(256, 1)
        self.right = nn.Linear(256, 1)

    def forward(self, x: Tensor) -> Tensor:
        branch = self.branch(x)
        x = F.max_pool2d(F.relu(self.stem(x)), 3, 2)
        for block in self.blocks:
            x = block(x)
        x = self.drop(x.mean((2, 3)))
        return torch.cat([self.age(x), self.gender(x) + branch, self.right(x.detach())], 1)

    def load(self, path: Path) -> "AgeGenderNet":
        """Take the weights of a run (.npz, float16), or of a folder with dlib's age.onnx and gender.onnx."""
        if path.is_dir():
            return self._begin_age(onnx.load(path / "age.onnx"))._begin_gender(onnx.load(path / "gender.onnx"))
        stored = np.load(path)
        self.load_state_dict({name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored})
        return self

    def save(self, path: Path) -> None:
        """Keep the weights as float16 in an .npz."""
        np.savez_compressed(path, **{k: v.numpy().astype(np.float16) for k, v in self.state_dict().items()})

    def _begin_age(self, model: onnx.ModelProto) -> "AgeGenderNet":
        """Take dlib's trunk, and its 81 age classes (a quarter of a year, 1 to 80); ages above begin as 80."""
        convs, [(matrix, bias)] = folded(model)
        places = [self.stem] + [conv for block in self.blocks for conv in (block.a, block.b)]
        _put(places, convs)
        with torch.no_grad():
            source = np.minimum(np.arange(AGES), 80)
            self.age.weight.copy_(torch.from_numpy(matrix.T[source]))
            self.age.bias.copy_(torch.from_numpy(bias[source]) - 3.0 * (torch.arange(AGES) > 80))
        return self

    def _begin_gender(self, model: onnx.ModelProto) -> "AgeGenderNet":
        """Take dlib's gender net, which halves before either matrix; the trunk has no say on gender at first."""
        convs, [(hidden, hidden_bias), (out, out_bias)] = folded(model)
        _put(list(self.branch.convs), convs)
        with torch.no_grad():
            self.branch.hidden.weight.copy_(torch.from_numpy(hidden.T / 2))
            self.branch.hidden.bias.copy_(torch.from_numpy(hidden_bias))
            self.branch.out.weight.copy_(torch.from_numpy((out[:, 1] - out[:, 0]) / 2)[None])
            self.branch.out.bias.fill_(float(out_bias[1] - out_bias[0]))
            self.gender.weight.zero_()
            self.gender.bias.zero_()
        return self


Affine = tuple[np.ndarray, np.ndarray]


def folded(model: onnx.ModelProto) -> tuple[list[Affine], list[Affine]]:
    """Return (weight, bias) of the convolutions, with the Mul and Add behind each folded in, and of the last layers."""
    values = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    nodes = list(model.graph.node)
    convs = []
    for i, node in enumerate(nodes):
        if node.op_type == "Conv":
            weight, bias = (values[name] for name in node.input[1:3])
            times, plus = (_constant(nodes[i + k], values).reshape(-1) for k in (1, 2))
            convs.append((weight * times[:, None, None, None], bias * times + plus))
    return convs, [(values[n.input[1]], values[n.input[2]]) for n in nodes if n.op_type == "Gemm"]


def _constant(node: onnx.NodeProto, values: dict[str, np.ndarray]) -> np.ndarray:
    return next(values[name] for name in node.input if name in values)


def _put(places: list[nn.Conv2d], convs: list[Affine]) -> None:
    """Copy convolutions; the first takes BGR where dlib's takes RGB."""
    with torch.no_grad():
        for place, (weight, shift) in zip(places, convs, strict=True):
            place.weight.copy_(torch.from_numpy(weight))
            place.bias.copy_(torch.from_numpy(shift))
        places[0].weight.copy_(places[0].weight.flip(1))


class ShippedAgeGender(nn.Module):
    """The net as it ships: takes a face as it is, 64 x 64 x 3 uint8 BGR; MEAN and SCALE are folded into the stem."""

    def __init__(self, net: AgeGenderNet) -> None:
        super().__init__()
        self.net = net.eval()
        with torch.no_grad():
            self.net.stem.weight *= SCALE
            self.net.stem.bias += (self.net.stem.weight * (GREY - torch.tensor(MEAN).view(1, 3, 1, 1))).sum((1, 2, 3))
            first = self.net.branch.convs[0]
            first.weight *= SCALE
            first.bias += (first.weight * (GREY - torch.tensor(MEAN).view(1, 3, 1, 1))).sum((1, 2, 3))

    def forward(self, picture: Tensor) -> Tensor:
        return self.net(picture.permute(2, 0, 1).unsqueeze(0).float() - GREY)
