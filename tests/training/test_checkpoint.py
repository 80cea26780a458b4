"""A training run that ended goes on where it was, by the same command."""

import pytest

torch = pytest.importorskip("torch", reason="needs torch: see docs/models.md, Training")

from scripts.training.checkpoint import Checkpoint  # noqa: E402


def begun(out):
    torch.manual_seed(1)
    net = torch.nn.Linear(3, 2)
    return Checkpoint(out, net, torch.optim.AdamW(net.parameters(), 0.01), 0.9)


def train(run, steps):
    for _ in range(steps):
        run.net(torch.ones(1, 3)).sum().backward()
        run.optimiser.step()
        run.optimiser.zero_grad()
        run.step_done()


def test_a_run_that_goes_on_ends_where_one_without_a_break_ends(tmp_path):
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole, first = begun(tmp_path / "whole"), begun(tmp_path / "parts")
    train(whole, 6)
    train(first, 4)
    first.save()
    second = begun(tmp_path / "parts")
    assert second.steps == 4
    assert second.minutes >= first._spent
    train(second, 2)
    for name, value in whole.averaged.items():
        assert torch.equal(value, second.averaged[name])
        assert torch.equal(whole.net.state_dict()[name], second.net.state_dict()[name])


def test_what_is_kept_at_the_end_are_the_averaged_weights(tmp_path):
    import numpy as np

    run = begun(tmp_path)
    train(run, 3)
    run.save()
    kept = np.load(tmp_path / "weights.npz")
    for name, value in run.averaged.items():
        assert kept[name].dtype == np.float16
        assert np.allclose(kept[name], value, atol=1e-3)
    assert not list(tmp_path.glob("*.part*"))
