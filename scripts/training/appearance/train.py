"""Teach the appearance net. Resumes by the same command, and takes in shops that were rendered since it began.

    OMP_NUM_THREADS=1 nice python -m scripts.training.appearance.train --start models/fp32/person.onnx \\
        --looks .cache/synthetic_shop/looks --photographs ../shared/train/person --out runs/looks --minutes 35

Supervised contrastive loss (Khosla et al. 2020). A batch is some shops, some people of each, some crops of each, of any
of their scenes: who looks alike in one scene must part, who is the same under two cameras must meet. Infrared says
nothing of colours, so a crop in infrared and one in colour are neither alike nor different. Photographed people, seen
once each, must meet their own second view alone, and part from who is in the same picture: they keep the net with real
people.
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

from scripts.training.appearance.looks import Look, photographed, read_looks, seen
from scripts.training.appearance.net import AppearanceNet
from scripts.training.checkpoint import Checkpoint
from scripts.training.weights import MEAN, STD

SHOPS, PEOPLE, VIEWS = 3, 10, 4
PHOTOGRAPHED, OF_ONE = 28, 4  # people of photographs in a batch, and of one photograph at most
HEAT, KEEP, EVERY = 0.1, 0.998, 50


def tensors(crops: list[np.ndarray]) -> Tensor:
    """Return crops (HEIGHT x WIDTH x 3 uint8) as the net takes them."""
    batch = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float()
    mean, std = torch.tensor(MEAN).view(1, 3, 1, 1), torch.tensor(STD).view(1, 3, 1, 1)
    return ((batch - mean) / std).contiguous(memory_format=torch.channels_last)


def contrast(vectors: Tensor, who: Tensor, silent: Tensor) -> Tensor:
    """Return the supervised contrastive loss of unit vectors (N x D) of people `who` (N).

    Pairs marked in `silent` (N x N) have no say; who meets nobody of theirs has none either.
    """
    alone = torch.eye(len(who), dtype=torch.bool)
    heat = (vectors @ vectors.T / HEAT).masked_fill(alone | silent, -1e4)
    logs = heat - heat.logsumexp(1, keepdim=True)
    same = (who[:, None] == who[None]) & ~alone & ~silent
    met = same.any(1)
    mean = (logs * same).sum(1)[met] / same.sum(1)[met]
    return -mean.mean()


def draw(by_shop: dict[int, dict[int, list[Look]]], rng: random.Random) -> list[Look]:
    """Draw a batch: of some shops some people, of each some crops."""
    chosen: list[Look] = []
    for shop in rng.sample(sorted(by_shop), min(SHOPS, len(by_shop))):
        people = by_shop[shop]
        for person in rng.sample(sorted(people), min(PEOPLE, len(people))):
            chosen += rng.sample(people[person], min(VIEWS, len(people[person])))
    return chosen


def draw_photographed(photos: list[np.ndarray], rng: random.Random) -> list[np.ndarray]:
    """Draw people of photographs, each once; a photograph of many is as likely as it has people, up to OF_ONE."""
    chosen: list[np.ndarray] = []
    taken: set[int] = set()
    while len(chosen) < PHOTOGRAPHED:
        number = rng.randrange(len(photos))
        crops = photos[number]
        if number in taken or rng.random() * OF_ONE > len(crops):
            continue
        taken.add(number)
        chosen += [crops[i] for i in rng.sample(range(len(crops)), min(OF_ONE, len(crops)))]
    return chosen


def by_shop(looks: list[Look]) -> dict[int, dict[int, list[Look]]]:
    table: dict[int, dict[int, list[Look]]] = {}
    for look in looks:
        table.setdefault(look.shop, {}).setdefault(look.person, []).append(look)
    return table


@click.command(help=__doc__)
@click.option("--start", type=click.Path(path_type=Path, exists=True), required=True, help="a person net")
@click.option("--looks", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--photographs", multiple=True, type=click.Path(path_type=Path, exists=True))
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--minutes", type=float, required=True, help="of the whole run, over all its resumptions")
@click.option("--rate", default=7e-4, show_default=True)
@click.option("--seed", default=1, show_default=True)
def train(
    start: Path, folder: Path, photographs: tuple[Path, ...], out: Path, minutes: float, rate: float, seed: int
) -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    photos = photographed(list(photographs))
    looks = read_looks(folder, "train")
    click.echo(f"{len(looks)} crops, {sum(map(len, photos))} photographed people", err=True)
    net = AppearanceNet().load(start).train().to(memory_format=torch.channels_last)
    fresh = [p for name, p in net.named_parameters() if name.startswith(("last", "out"))]
    trunk = [p for name, p in net.named_parameters() if not name.startswith(("last", "out"))]
    optimiser = torch.optim.AdamW([{"params": fresh, "by": 1.0}, {"params": trunk, "by": 0.5}], rate, weight_decay=0.05)
    run = Checkpoint(out, net, optimiser, KEEP)
    table, total = by_shop(looks), 0.0
    while (gone := run.minutes / minutes) < 1:
        if run.steps % EVERY == 0:
            table = by_shop(looks := read_looks(folder, "train", looks))
        for group in optimiser.param_groups:
            group["lr"] = group["by"] * rate * min(1, (run.steps + 1) / 60) * (0.02 + 0.49 * (1 + cos(pi * gone)))
        total += float(step_on(net, optimiser, draw(table, rng), photos, rng))
        run.step_done()
        if run.steps % EVERY == 0:
            row = {"step": run.steps, "gone": round(gone, 3), "crops": len(looks), "loss": round(total / EVERY, 4)}
            with (out / "log.jsonl").open("a") as file:
                file.write(json.dumps(row) + "\n")
            total = 0.0
            run.save()
    run.save()
    click.echo(f"{out}: {run.steps} steps, done")


def step_on(
    net: AppearanceNet,
    optimiser: torch.optim.Optimizer,
    chosen: list[Look],
    photos: list[np.ndarray],
    rng: random.Random,
) -> Tensor:
    """Take one step; return the loss."""
    others = draw_photographed(photos, rng) if photos else []
    views = [seen(look.image, rng, 0.5) for look in chosen] + [seen(crop, rng) for crop in others for _ in range(2)]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = net(tensors(views))
    vectors = F.normalize(vectors.float(), dim=1)
    who = torch.tensor([look.shop * 1000 + look.person for look in chosen])
    infrared = torch.tensor([look.light == "ir" for look in chosen])
    loss = contrast(vectors[: len(chosen)], who, infrared[:, None] != infrared[None])
    if others:
        pairs = torch.arange(len(others)).repeat_interleave(2)
        silent = torch.zeros(len(pairs), len(pairs), dtype=torch.bool)
        loss = loss + 0.5 * contrast(vectors[len(chosen) :], pairs, silent)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 3.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return loss.detach()


if __name__ == "__main__":
    train()
