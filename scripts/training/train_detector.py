"""Tune a detector: the person net, or with --levels 2 the face net.

Resumes by the same command; the learning rate follows the clock of the whole run.

    OMP_NUM_THREADS=1 nice python -m scripts.training.train_detector --start START.npz --out runs/a --minutes 120 \\
        --data ../shared/train/person=2 --data ../shared/train/person2=1 --data .cache/frames=1 --soft runs/soft.csv

One process a core, each with an --out of its own and another --seed, and their average is better than either
(`python -m scripts.training.soup`). A folder that appears while it runs is taken up within minutes.
"""

import json
import multiprocessing
import os
import random
import time
from dataclasses import dataclass
from math import cos, pi
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
import torch

from appliance.config import parse_size
from appliance.lifeline import die_with
from scripts.training.augment import Labels, view
from scripts.training.checkpoint import Checkpoint
from scripts.training.detector_net import DetectorNet
from scripts.training.loss import Truth, detector_loss
from scripts.training.pictures import Picture, add_opinions, is_open, of_source, read_folder, read_opinions
from scripts.training.weights import MEAN, STD

SIZES = ("320x192", "384x224", "384x224", "448x256", "512x288", "640x384")
KEEP, SAVE_EVERY, SAY_EVERY, REREAD = 0.998, 100, 50, 600.0


@dataclass(frozen=True, slots=True)
class Food:
    """What a run learns from: folders with how often each is drawn, what is held out, a teacher's opinions."""

    folders: list[tuple[Path, float]]
    held_out: tuple[str, ...] = ()
    licensed_only: bool = False
    soft: Path | None = None
    sizes: tuple[str, ...] = SIZES
    masks: float = 0.0

    def read(self) -> list[tuple[list[Picture], float]]:
        """Return the pictures that are there now, folder by folder, with how often each folder is drawn."""
        opinions = read_opinions(self.soft) if self.soft else {}
        sets = []
        for folder, weight in self.folders:
            pictures = of_source(read_folder(folder, "train"), self.held_out)[1] if folder.exists() else []
            pictures = [p for p in pictures if is_open(p.licence)] if self.licensed_only else pictures
            sets.append((add_opinions(pictures, opinions), weight))
        return [(pictures, weight) for pictures, weight in sets if pictures]


def feed(queue: "Queue[Any]", food: Food, batch: int, seed: int) -> None:
    """Put batches into the queue for ever. One size a batch."""
    die_with(os.getppid())
    cv2.setNumThreads(1)
    rng, read = random.Random(seed), 0.0
    sets: list[list[Picture]] = []
    weights: list[float] = []

    def pick(rng: random.Random) -> Picture:
        return rng.choice(rng.choices(sets, weights)[0])

    while True:
        if time.monotonic() - read > REREAD or not sets:
            there = food.read()
            sets, weights = [pictures for pictures, _ in there], [weight for _, weight in there]
            read = time.monotonic()
        width, height = parse_size(rng.choice(food.sizes))
        views = [
            view(pick, width, height, rng, 0.35, food.masks) for _ in range(round(batch * 384 * 224 / (width * height)))
        ]
        queue.put((np.stack([picture for picture, _ in views]), [labels for _, labels in views]))


class Run:
    """The net in training, with all that a resumption needs."""

    def __init__(self, start: Path, levels: int, out: Path, rate: float) -> None:
        self.rate = rate
        self.net = DetectorNet(levels).load(start).to(memory_format=torch.channels_last).train()
        decayed = [p for p in self.net.parameters() if p.ndim > 1]
        plain = [p for p in self.net.parameters() if p.ndim == 1]
        groups = [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, rate)
        self.kept = Checkpoint(out, self.net, self.optimiser, KEEP)

    def pace(self, gone: float, leak: float) -> None:
        """Set the learning rate and the leak for the share of the run that is gone."""
        self.net.set_leak(max(0.0, leak * (1 - gone / 0.33)))
        warm = min(1.0, (self.kept.steps + 1) / 150)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * warm * (0.02 + 0.98 * 0.5 * (1 + cos(pi * gone)))

    def step(self, pictures: np.ndarray, labels: list[Labels]) -> dict[str, float]:
        """Train on one batch; return the parts of the loss."""
        mean, std = torch.tensor(MEAN).view(1, 3, 1, 1), torch.tensor(STD).view(1, 3, 1, 1)
        batch = (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() - mean) / std
        truths = [Truth(*map(torch.from_numpy, (x.boxes, x.belief, x.grounds, x.ignored))) for x in labels]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            maps = self.net(batch.contiguous(memory_format=torch.channels_last))
        parts = detector_loss([found.float() for found in maps], truths)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.kept.step_done()
        return {name: float(part.detach()) for name, part in parts.items()}


class Diary:
    """Writes how it goes, a line now and then."""

    def __init__(self, path: Path) -> None:
        self._file, self._rows, self._views, self._since = path.open("a"), [], 0, time.monotonic()

    def note(self, step: int, gone: float, views: int, parts: dict[str, float]) -> None:
        """Take one step's figures."""
        self._rows.append(parts)
        self._views += views
        if step % SAY_EVERY:
            return
        means = {name: round(float(np.mean([row[name] for row in self._rows])), 4) for name in parts}
        pace = round(self._views / (time.monotonic() - self._since), 1)
        self._file.write(json.dumps({"step": step, "gone": round(gone, 3), "views_a_second": pace, **means}) + "\n")
        self._file.flush()
        self._rows, self._views, self._since = [], 0, time.monotonic()


@click.command(help=__doc__)
@click.option("--start", type=click.Path(path_type=Path, exists=True), required=True, help="weights to start from")
@click.option("--levels", default=3, type=click.IntRange(2, 3), show_default=True)
@click.option("--data", multiple=True, required=True, help="FOLDER=WEIGHT, or TABLE=WEIGHT: how often it is drawn")
@click.option("--hold-out", multiple=True, help="a source (the folder of its pictures) never to train on")
@click.option("--licensed-only", is_flag=True, help="only pictures whose stated licence lets the net ship")
@click.option("--size", "sizes", multiple=True, default=SIZES, help="of the views; drawn from all that are given")
@click.option("--masks", default=0.0, show_default=True, help="share of the boxes whose lower part is covered: faces")
@click.option("--soft", type=click.Path(path_type=Path), help="opinions of a teacher (scripts.training.teacher)")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--minutes", type=float, help="of the whole run, over all its resumptions")
@click.option("--steps", type=int, help="of the whole run, instead of minutes: to compare runs with one another")
@click.option("--rate", default=4e-4, show_default=True)
@click.option("--leak", default=0.0, show_default=True, help="leak of the activations at the start; gone after a third")
@click.option("--batch", default=24, show_default=True, help="views of 384x224 a step")
@click.option("--seed", default=1, show_default=True)
def train(
    start: Path, levels: int, data: tuple[str, ...], hold_out: tuple[str, ...], licensed_only: bool,
    sizes: tuple[str, ...], masks: float, soft: Path | None, out: Path, minutes: float | None, steps: int | None,
    rate: float, leak: float, batch: int, seed: int,
) -> None:  # fmt: skip
    if (minutes is None) == (steps is None):
        raise click.UsageError("give either --minutes or --steps")
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    out.mkdir(parents=True, exist_ok=True)
    run, diary = Run(start, levels, out, rate), Diary(out / "log.jsonl")
    folders = [(Path(text.rsplit("=", 1)[0]), float(text.rsplit("=", 1)[1])) for text in data]
    spawn = multiprocessing.get_context("spawn")  # forked after torch has run, a child hangs
    queue = spawn.Queue(12)
    food = Food(folders, hold_out, licensed_only, soft, sizes, masks)
    arguments = (queue, food, batch, seed + int(60 * run.kept.minutes))
    spawn.Process(target=feed, args=arguments, daemon=True).start()
    while (gone := run.kept.steps / steps if steps else run.kept.minutes / minutes) < 1:
        run.pace(gone, leak)
        pictures, labels = queue.get()
        diary.note(run.kept.steps + 1, gone, len(labels), run.step(pictures, labels))
        if run.kept.steps % SAVE_EVERY == 0:
            run.kept.save()
    run.kept.save()
    click.echo(f"{out}: {run.kept.steps} steps, done")


if __name__ == "__main__":
    train()
