"""The loss of the person net, where torch is there (it is in the training environment alone)."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: run it in the training environment")

from scripts.training.detector_net import CHANNELS, DetectorNet  # noqa: E402
from scripts.training.loss import Cells, Truth, assign, detector_loss, giou_loss, iou  # noqa: E402

BOX = torch.tensor([[100.0, 40.0, 160.0, 200.0]])


def truth(boxes=BOX, belief=1.0):
    return Truth(boxes, torch.full((len(boxes),), belief), torch.full((len(boxes), 2), np.nan), torch.zeros(0, 4))


def test_of_equal_boxes_the_overlap_is_one_and_the_loss_nothing():
    assert float(iou(BOX, BOX)) == pytest.approx(1.0, abs=1e-4)
    assert float(giou_loss(BOX, BOX)) == pytest.approx(0.0, abs=1e-4)


def test_cells_within_a_person_answer_for_it_and_an_ignored_one_has_no_say():
    cells = Cells.of([torch.zeros(1, CHANNELS, 224 // s, 384 // s) for s in (8, 16, 32)])
    told = truth()
    told.ignored = torch.tensor([[300.0, 10.0, 360.0, 100.0]])
    target, owner, ignored = assign(torch.full((len(cells.centres),), 0.5), cells.boxes()[0], told, cells)
    inside = cells.centres[owner >= 0]
    assert len(inside)
    assert ((inside[:, 0] > 60) & (inside[:, 0] < 200)).all()
    assert (target[owner < 0] == 0).all()
    assert ignored.any()


def test_a_step_makes_the_loss_smaller():
    torch.manual_seed(0)
    net = DetectorNet()
    picture = torch.randn(2, 3, 224, 384)
    optimiser = torch.optim.SGD(net.parameters(), 0.02)
    losses = []
    for _ in range(4):
        loss = torch.stack(list(detector_loss(net(picture), [truth(), truth()]).values())).sum()
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
