"""The loss of the detector nets: who answers for whom, and how wrong the answers are.

Task-aligned assignment (TOOD, Feng et al. 2021), quality focal loss and distribution focal loss (Generalized Focal
Loss, Li et al. 2020), GIoU (Rezatofighi et al. 2019), and an L1 of the ground point in heights of the box.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from scripts.training.detector_net import BINS, STRIDES

TOP, ALPHA, BETA = 10, 0.5, 4.0
SIDES = slice(1, 1 + 4 * BINS)


@dataclass(slots=True)
class Truth:
    """Labels of one picture as tensors; see augment.Labels."""

    boxes: Tensor
    belief: Tensor
    grounds: Tensor
    ignored: Tensor


@dataclass(slots=True)
class Cells:
    """All cells of a batch: answers B x A x C, centres A x 2 and strides A, in pixels."""

    answers: Tensor
    centres: Tensor
    strides: Tensor

    @classmethod
    def of(cls, maps: list[Tensor]) -> "Cells":
        """Lay the maps of two or three levels out as one list of cells."""
        answers, centres, strides = [], [], []
        for found, stride in zip(maps, STRIDES, strict=False):
            batch, channels, high, wide = found.shape
            answers.append(found.permute(0, 2, 3, 1).reshape(batch, -1, channels).float())
            y, x = torch.meshgrid(torch.arange(high), torch.arange(wide), indexing="ij")
            centres.append((torch.stack([x.flatten(), y.flatten()], 1) + 0.5) * stride)
            strides.append(torch.full((high * wide,), float(stride)))
        return cls(torch.cat(answers, 1), torch.cat(centres), torch.cat(strides))

    def boxes(self) -> Tensor:
        """Return the boxes, B x A x 4."""
        shares = self.answers[..., SIDES].reshape(*self.answers.shape[:2], 4, BINS).softmax(-1)
        sides = (shares @ torch.arange(BINS).float()) * self.strides[:, None]
        return torch.cat([self.centres - sides[..., :2], self.centres + sides[..., 2:]], -1)


def detector_loss(maps: list[Tensor], truths: list[Truth]) -> dict[str, Tensor]:
    """Return the weighted parts of the loss; their sum is what is minimised."""
    cells = Cells.of(maps)
    boxes = cells.boxes()
    zero = torch.zeros(())
    parts = {"object": zero, "box": zero, "sides": zero, "ground": zero}
    mass = 0.0
    for i, truth in enumerate(truths):
        answers = cells.answers[i]
        score = answers[:, 0].sigmoid()
        with torch.no_grad():
            target, owner, ignored = assign(score, boxes[i], truth, cells)
            weight = torch.where(owner >= 0, (target - score) ** 2, score**2).masked_fill(ignored, 0.0)
        entropy = F.binary_cross_entropy_with_logits(answers[:, 0], target, reduction="none")
        parts["object"] = parts["object"] + (entropy * weight).sum()
        chosen = owner >= 0
        if not chosen.any():
            continue
        true, quality = truth.boxes[owner[chosen]], target[chosen]
        mass += float(quality.sum())
        parts["box"] = parts["box"] + (giou_loss(boxes[i][chosen], true) * quality).sum()
        parts["sides"] = parts["sides"] + (_sides_loss(answers[chosen], cells, chosen, true) * quality).sum()
        parts["ground"] = parts["ground"] + _ground_loss(answers[chosen], cells, chosen, truth, owner[chosen], quality)
    scale = max(mass, 1.0)
    weights = {"object": 1.0, "box": 2.0, "sides": 0.25, "ground": 0.5}
    return {name: weights[name] * part / scale for name, part in parts.items()}


def assign(score: Tensor, boxes: Tensor, truth: Truth, cells: Cells) -> tuple[Tensor, Tensor, Tensor]:
    """Return per cell: the quality it should answer (A), whose it is (A, -1: nobody's), and whether it has no say (A).

    The quality of a box that nobody labelled is the teacher's belief in it, and of a labelled one how well it fits.
    """
    count, people = len(cells.centres), len(truth.boxes)
    target, owner = torch.zeros(count), torch.full((count,), -1, dtype=torch.long)
    ignored = torch.zeros(count, dtype=torch.bool)
    if len(truth.ignored):
        ignored = _inside(cells.centres, truth.ignored).any(1)
    if not people:
        return target, owner, ignored
    middle = (truth.boxes[:, :2] + truth.boxes[:, 2:]) / 2
    near = (cells.centres[:, None] - middle[None]).abs().amax(-1) < cells.strides[:, None]
    candidate = _inside(cells.centres, truth.boxes) | near
    overlap = iou(boxes[:, None], truth.boxes[None])
    fit = score[:, None] ** ALPHA * overlap.clamp(min=1e-4) ** BETA * candidate
    _, best = fit.topk(min(TOP, count), 0)
    mine = torch.zeros_like(fit, dtype=torch.bool).scatter_(0, best, True) & candidate & (fit > 1e-12)
    crowded = mine.sum(1) > 1
    if crowded.any():
        favourite = F.one_hot((overlap * mine).argmax(1), people).bool()
        mine[crowded] &= favourite[crowded]
    chosen = mine.any(1)
    owner[chosen] = mine[chosen].float().argmax(1)
    share = fit * mine / (fit * mine).amax(0).clamp(min=1e-9) * (overlap * mine).amax(0)
    target[chosen] = (share * truth.belief[None]).amax(1)[chosen]
    return target, owner, ignored & ~chosen


def _inside(points: Tensor, boxes: Tensor) -> Tensor:
    """Return which points (A x 2) lie inside which boxes (N x 4), A x N."""
    return ((points[:, None] > boxes[None, :, :2]) & (points[:, None] < boxes[None, :, 2:])).all(-1)


def _areas(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Return intersection over union, broadcast."""
    shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    return shared / (_areas(a) + _areas(b) - shared + 1e-6)


def giou_loss(found: Tensor, true: Tensor) -> Tensor:
    """Return 1 - GIoU of each pair."""
    shared = (torch.minimum(found[:, 2:], true[:, 2:]) - torch.maximum(found[:, :2], true[:, :2])).clamp(min=0).prod(-1)
    union = _areas(found) + _areas(true) - shared
    hull = (torch.maximum(found[:, 2:], true[:, 2:]) - torch.minimum(found[:, :2], true[:, :2])).prod(-1)
    return 1 - shared / (union + 1e-6) + (hull - union) / hull.clamp(min=1e-6)


def _sides_loss(answers: Tensor, cells: Cells, chosen: Tensor, true: Tensor) -> Tensor:
    centres, strides = cells.centres[chosen], cells.strides[chosen, None]
    sides = (torch.cat([centres - true[:, :2], true[:, 2:] - centres], 1) / strides).clamp(0, BINS - 1.01)
    lower = sides.floor().long()
    above = sides - lower
    logs = answers[:, SIDES].reshape(-1, 4, BINS).log_softmax(-1)
    low, high = logs.gather(-1, lower[..., None])[..., 0], logs.gather(-1, lower[..., None] + 1)[..., 0]
    return -(low * (1 - above) + high * above).mean(1)


def _ground_loss(answers: Tensor, cells: Cells, chosen: Tensor, truth: Truth, owner: Tensor, quality: Tensor) -> Tensor:
    points = truth.grounds[owner]
    known = ~torch.isnan(points[:, 0])
    if not known.any():
        return torch.zeros(())
    told = cells.centres[chosen] + answers[:, -2:] * cells.strides[chosen, None] * 2
    height = (truth.boxes[owner][:, 2:] - truth.boxes[owner][:, :2]).amax(1, keepdim=True)
    return (((told - points).abs() / height).sum(1) * quality)[known].sum()
