"""The detector net: plain 3x3 convolutions, which int8 makes fast, and one head a stride. It finds persons, or faces.

The layout is NanoDet-g's (github.com/RangiLyu/nanodet, Apache-2.0): a CSP backbone, a pyramid that adds, one 3x3 and
one 1x1 convolution a level. Its batch norms are folded. Here it has one class: per cell a logit, four distributions
over BINS distances in strides, and the ground point under the person in two strides. With two levels instead of three
the deepest stage is left out, three quarters of the weights: enough for faces.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from scripts.training.weights import GREY, MEAN, STD, stored_weights

STRIDES = (8, 16, 32)
BINS = 11
CHANNELS = 1 + 4 * BINS + 2


class Conv(nn.Module):
    """3x3 convolution and an activation whose leak training takes from 0.1 to 0."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.c = nn.Conv2d(before, after, 3, stride, 1)
        self.leak = 0.0

    def forward(self, x: Tensor) -> Tensor:
        y = self.c(x)
        return F.leaky_relu(y, self.leak) if self.leak else F.relu(y)


class Stage(nn.Module):
    """A cross-stage partial block: `depth` halving pairs, with the input kept beside."""

    def __init__(self, before: int, after: int, depth: int, stride: int) -> None:
        super().__init__()
        half = after // 2
        self.a = Conv(before, after, stride)
        self.b = nn.ModuleList([nn.ModuleList([Conv(after, half), Conv(half, half)]) for _ in range(depth)])
        self.e = Conv(after, after)

    def forward(self, x: Tensor) -> Tensor:
        x = kept = self.a(x)
        for first, second in self.b:
            y = first(x)
            x = torch.cat([second(y), y], 1)
        return torch.cat([self.e(x), kept], 1)


class DetectorNet(nn.Module):
    """BGR pictures, B x 3 x H x W, normalised by MEAN and STD -> a map a level, B x CHANNELS x H/stride x W/stride."""

    def __init__(self, levels: int = 3) -> None:
        super().__init__()
        self.stem = Conv(3, 32, 2)
        self.s1, self.s2, self.s3 = Stage(32, 32, 1, 1), Stage(64, 64, 2, 2), Stage(128, 128, 2, 2)
        self.s4 = Stage(256, 256, 3, 2) if levels == 3 else None
        self.l = nn.ModuleList([nn.Conv2d(c, 128, 1) for c in (128, 256, 512)[:levels]])
        self.h = nn.ModuleList([Conv(128, 128) for _ in range(levels)])
        self.o = nn.ModuleList([nn.Conv2d(128, CHANNELS, 1) for _ in range(levels)])

    def forward(self, x: Tensor) -> list[Tensor]:
        x = F.max_pool2d(self.stem(x), 3, 2, 1)
        seen = [self.s2(self.s1(x))]
        for stage in (self.s3, self.s4)[: len(self.l) - 1]:
            seen.append(stage(seen[-1]))
        levels = [narrow(x) for narrow, x in zip(self.l, seen, strict=True)]
        for i in reversed(range(len(levels) - 1)):
            levels[i] = levels[i] + _scaled(levels[i + 1], 2)
        for i in range(1, len(levels)):
            levels[i] = levels[i] + _scaled(levels[i - 1], 0.5)
        return [out(head(x)) for out, head, x in zip(self.o, self.h, levels, strict=True)]

    def set_leak(self, leak: float) -> None:
        """Set the leak of every activation."""
        for module in self.modules():
            if isinstance(module, Conv):
                module.leak = leak

    def load(self, path: Path) -> "DetectorNet":
        """Take weights kept as float16: an .npz of a run, or the shipped fp32 twin, to train on from what ships.

        Of a net with three levels, one with two takes the two that it has.
        """
        stored = stored_weights(path)
        self.load_state_dict({name: torch.from_numpy(stored[name].astype(np.float32)) for name in self.state_dict()})
        return self

    def save(self, path: Path) -> None:
        """Keep the weights as float16 in an .npz."""
        np.savez_compressed(path, **{k: v.numpy().astype(np.float16) for k, v in self.state_dict().items()})


class Shipped(nn.Module):
    """A net that begins with a `stem`, as it ships: takes the picture as it is, H x W x 3 uint8 BGR.

    Nothing is computed before it: MEAN and STD are folded into the first convolution, whose input is the picture minus
    GREY, which is also what int8 knows as its zero point. At the picture's edge the padding is GREY instead of MEAN;
    nothing else differs.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net.eval()
        conv = net.stem.c
        mean, std = torch.tensor(MEAN).view(1, 3, 1, 1), torch.tensor(STD).view(1, 3, 1, 1)
        with torch.no_grad():
            conv.weight /= std
            conv.bias += (conv.weight * (GREY - mean)).sum((1, 2, 3))

    def forward(self, picture: Tensor) -> list[Tensor] | Tensor:
        return self.net(picture.permute(2, 0, 1).unsqueeze(0).float() - GREY)


def _scaled(x: Tensor, factor: float) -> Tensor:
    return F.interpolate(x, scale_factor=factor, mode="bilinear")
