"""The appearance net: the person net's trunk down to its third stage, four strips of the body, NUMBERS numbers.

A crop is SIDE wide and twice as high. The trunk's map is 8 x 4 cells there; its rows are averaged two by two, so head,
chest, hips and legs of somebody upright keep apart, and one matrix makes the vector of the four.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from appliance.nets.appearance import HEIGHT, NUMBERS, WIDTH
from scripts.training.detector_net import Conv, Stage
from scripts.training.weights import weights_of_twin

STRIPS = 4


class AppearanceNet(nn.Module):
    """BGR crops, B x 3 x HEIGHT x WIDTH, normalised by MEAN and STD -> B x NUMBERS, of any length."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Conv(3, 32, 2)
        self.s1, self.s2, self.s3 = Stage(32, 32, 1, 1), Stage(64, 64, 2, 2), Stage(128, 128, 2, 2)
        self.last = Conv(256, 192)
        self.out = nn.Linear(192 * STRIPS, NUMBERS)

    def forward(self, x: Tensor) -> Tensor:
        x = self.s3(self.s2(self.s1(F.max_pool2d(self.stem(x), 3, 2, 1))))
        x = F.avg_pool2d(self.last(x), (HEIGHT // 16 // STRIPS, WIDTH // 16))
        return self.out(x.flatten(1))

    def load(self, path: Path) -> "AppearanceNet":
        """Take the weights of a run (.npz, float16), or the trunk of a person net (.npz, or its shipped fp32 twin)."""
        stored = weights_of_twin(path) if path.suffix == ".onnx" else np.load(path)
        mine = self.state_dict()
        taken = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in mine if name in stored}
        self.load_state_dict(mine | taken)
        return self
