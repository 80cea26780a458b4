"""What a training run resumes from: the net, its optimiser, the weights averaged over steps, the minutes spent."""

import time
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Checkpoint:
    """A run in a folder; one that was there before is gone on with.

    `averaged` are the weights averaged over steps, which are what is kept at the end; `keep` is how much of them
    outlives a step, once there were enough.
    """

    def __init__(self, out: Path, net: nn.Module, optimiser: torch.optim.Optimizer, keep: float) -> None:
        self.out, self.net, self.optimiser, self.keep = out, net, optimiser, keep
        self.averaged = {name: value.clone() for name, value in net.state_dict().items()}
        self.steps = 0
        self._spent, self._began = 0.0, time.monotonic()  # minutes before this start
        if (out / "checkpoint.pt").exists():
            kept = torch.load(out / "checkpoint.pt", weights_only=True)
            net.load_state_dict(kept["net"])
            optimiser.load_state_dict(kept["optimiser"])
            self.averaged, self.steps, self._spent = kept["averaged"], kept["steps"], kept["spent"]

    @property
    def minutes(self) -> float:
        """The minutes trained so far, over all resumptions."""
        return self._spent + (time.monotonic() - self._began) / 60

    def step_done(self) -> None:
        """Count a step; move the averaged weights towards the net's."""
        self.steps += 1
        keep = min(self.keep, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, value in self.net.state_dict().items():
                self.averaged[name].mul_(keep).add_(value, alpha=1 - keep)

    def save(self) -> None:
        """Write the checkpoint and the averaged weights (weights.npz, float16), each whole or not at all."""
        kept = {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict()}
        kept |= {"averaged": self.averaged, "steps": self.steps, "spent": self.minutes}
        torch.save(kept, self.out / "checkpoint.part")
        (self.out / "checkpoint.part").rename(self.out / "checkpoint.pt")
        halves = {name: value.numpy().astype(np.float16) for name, value in self.averaged.items()}
        np.savez(self.out / "weights.part.npz", **halves)
        (self.out / "weights.part.npz").rename(self.out / "weights.npz")
