"""Tune the age and gender net on labelled faces. Resumes by the same command.

    OMP_NUM_THREADS=1 nice python -m scripts.training.age_gender.train --start runs/starts \\
        --data ../shared/train/faces/open --out runs/age --minutes 30

A chain's own faces are one more --data: a folder with faces.csv (file, age or age_low and age_high, gender, split).
"""

import json
import random
from math import cos, pi
from pathlib import Path

import click
import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from scripts.training.age_gender.faces import BANDS, Face, read_faces, seen
from scripts.training.age_gender.net import AGES, MEAN, SCALE, AgeGenderNet
from scripts.training.checkpoint import Checkpoint

BATCH, KEEP, EVERY = 64, 0.998, 100
OF_BAND = torch.tensor([next(i for i, (low, high) in enumerate(BANDS) if low <= age <= high) for age in range(AGES)])


def tensors(images: list[np.ndarray]) -> Tensor:
    """Return faces (SIDE x SIDE x 3 uint8) as the net takes them."""
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
    return ((batch - torch.tensor(MEAN).view(1, 3, 1, 1)) * SCALE).contiguous(memory_format=torch.channels_last)


def loss(answers: Tensor, faces: list[Face], prior: Tensor) -> dict[str, Tensor]:
    """Return the parts of the loss.

    The age's is the probability of the labelled interval, and within it nearness to `prior` (B x AGES, the start's own
    answer): a band says nothing of the year, what the start learnt from exact ages does.
    """
    ages, man, right = answers[:, :AGES], answers[:, AGES], answers[:, AGES + 1]
    logs = ages.log_softmax(1)
    low, high = torch.tensor([f.low for f in faces])[:, None], torch.tensor([f.high for f in faces])[:, None]
    year = torch.arange(AGES)[None]
    within = (year >= low) & (year <= high)
    interval = -logs.masked_fill(~within, -1e4).logsumexp(1)
    inner = prior.masked_fill(~within, 0) + 1e-6 * within
    inner = inner / inner.sum(1, keepdim=True)
    shape = -(inner * logs).sum(1) - interval
    truth = torch.tensor([float(f.man) for f in faces])
    gender = F.binary_cross_entropy_with_logits(man, 0.9 * truth + 0.05)
    with torch.no_grad():
        middle = ((low + high) / 2).round().long()[:, 0]
        bands = torch.zeros(len(faces), len(BANDS)).index_add_(1, OF_BAND, logs.exp())
        good = (bands.argmax(1) == OF_BAND[middle]) & ((man > 0) == (truth > 0.5))
    quality = F.binary_cross_entropy_with_logits(right, good.float())
    return {"age": interval.mean(), "shape": 0.3 * shape.mean(), "gender": 1.5 * gender, "right": 0.3 * quality}


def share_of_first(rng: random.Random) -> float:
    """Return how much of two mixed faces the first is (mixup, Zhang et al. 2018): every other batch is not mixed."""
    return rng.betavariate(0.4, 0.4) if rng.random() < 0.5 else 1.0


@click.command(help=__doc__)
@click.option("--start", type=click.Path(path_type=Path, exists=True), required=True, help="weights to start from")
@click.option("--data", multiple=True, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--minutes", type=float, required=True, help="of the whole run, over all its resumptions")
@click.option("--rate", default=6e-4, show_default=True)
@click.option("--seed", default=1, show_default=True)
def train(start: Path, data: tuple[Path, ...], out: Path, minutes: float, rate: float, seed: int) -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    faces = [face for folder in data for face in read_faces(folder, "train")]
    images = [cv2.imread(str(face.path)) for face in faces]
    net, begun = AgeGenderNet().load(start).train(), AgeGenderNet().load(start).eval()
    net, begun = net.to(memory_format=torch.channels_last), begun.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=0.1)
    run = Checkpoint(out, net, optimiser, KEEP)
    sums = dict.fromkeys(("age", "shape", "gender", "right"), 0.0)
    while (gone := run.minutes / minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (run.steps + 1) / 100) * (0.02 + 0.49 * (1 + cos(pi * gone)))
        chosen = rng.choices(range(len(faces)), k=BATCH)
        views, share = tensors([seen(images[i], rng) for i in chosen]), max(share_of_first(rng), 0.5)
        mixed = share * views + (1 - share) * views.roll(1, 0)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers = net(mixed)
            with torch.no_grad():
                prior = begun(views)[:, :AGES]
        labels, prior = [faces[i] for i in chosen], prior.float().softmax(1)
        first = loss(answers.float(), labels, prior)
        second = loss(answers.float(), [labels[-1], *labels[:-1]], prior.roll(1, 0))
        parts = {name: share * first[name] + (1 - share) * second[name] for name in first}
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 3.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        run.step_done()
        sums = {name: sums[name] + float(part.detach()) for name, part in parts.items()}
        if run.steps % EVERY == 0:
            means = {name: round(total / EVERY, 4) for name, total in sums.items()}
            with (out / "log.jsonl").open("a") as file:
                file.write(json.dumps({"step": run.steps, "gone": round(gone, 3), **means}) + "\n")
            sums = dict.fromkeys(sums, 0.0)
            run.save()
    run.save()
    click.echo(f"{out}: {run.steps} steps, done")


if __name__ == "__main__":
    train()
