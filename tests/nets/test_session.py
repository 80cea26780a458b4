"""What runs a net: the best that is there; what was asked for and is not, says so and leaves it to the processor."""

import logging

import numpy as np
import pytest

from appliance.nets import Catalogue, Engine, NetError, PersonDetector
from appliance.nets.session import PROVIDERS, Session

CPU, CUDA, TENSORRT = (PROVIDERS[name] for name in ("cpu", "cuda", "tensorrt"))
ENTRY = Catalogue().find("person")


@pytest.mark.parametrize(
    ("asked", "there", "order", "said"),
    [
        ("auto", [CPU], [CPU], ""),
        ("auto", [CUDA, CPU], [CUDA, CPU], ""),
        ("auto", [CPU, CUDA, TENSORRT], [TENSORRT, CUDA, CPU], ""),
        ("cpu", [CUDA, CPU], [CPU], ""),
        ("cuda", [CUDA, CPU], [CUDA, CPU], ""),
        ("cuda", [CPU], [CPU], "cuda is not in this build"),
        ("xnnpack", [CUDA, CPU], [CPU], "xnnpack is not in this build"),
    ],
)
def test_the_best_provider_that_is_there_comes_first(caplog, asked, there, order, said):
    with caplog.at_level(logging.WARNING):
        assert Engine(1, asked).order(there) == order
    assert said in caplog.text
    assert bool(said) == bool(caplog.text)


def test_what_was_asked_for_and_is_absent_falls_back_says_so_and_finds_the_same(caplog):
    picture = np.random.default_rng(1).integers(0, 255, (192, 320, 3), np.uint8)
    with caplog.at_level(logging.WARNING):
        asked = PersonDetector(ENTRY, (320, 192), Engine(1, "tensorrt"), 0.02).detect(picture)
    assert "tensorrt is not in this build of ONNX Runtime: the processor runs the net" in caplog.text
    np.testing.assert_array_equal(asked.boxes, PersonDetector(ENTRY, (320, 192), least=0.02).detect(picture).boxes)


def test_a_provider_without_its_driver_leaves_the_net_to_the_processor(caplog, monkeypatch):
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["NoSuchExecutionProvider", CPU])
    monkeypatch.setitem(PROVIDERS, "cuda", "NoSuchExecutionProvider")
    with caplog.at_level(logging.WARNING):
        session = Session(ENTRY.read(), (320, 192), Engine(1, "cuda"))
    assert session.run(np.zeros((192, 320, 3), np.uint8))
    assert "NoSuchExecutionProvider" in caplog.text


def test_what_is_no_net_is_one_line():
    with pytest.raises(NetError, match="can't load the net") as caught:
        Session(b"no net", (320, 192))
    assert "\n" not in str(caught.value)
