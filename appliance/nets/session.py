"""The only place where ONNX Runtime is loaded and told how to run."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.config import Net
from appliance.nets.catalogue import NetError

# Newer builds report to their maker unless this is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

ort.set_default_logger_severity(3)
if hasattr(ort, "disable_telemetry_events"):
    ort.disable_telemetry_events()


log = logging.getLogger(__name__)

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "xnnpack": "XnnpackExecutionProvider",
    "acl": "ACLExecutionProvider",
}
FASTER = ("tensorrt", "cuda")  # than a processor, wherever this build of ONNX Runtime has them


@dataclass(frozen=True, slots=True)
class Engine:
    """How a net runs: on so many threads of the processor, or by another of ONNX Runtime's execution providers."""

    threads: int = 1
    provider: str = "auto"

    @classmethod
    def of(cls, told: Net) -> "Engine":
        """Return how the settings want nets to run."""
        return cls(told.threads, told.provider)

    def order(self, there: Sequence[str]) -> list[str]:
        """Return the providers to try, best first, of those that this build has; the processor is always the last."""
        wanted = FASTER if self.provider == "auto" else (self.provider,)
        found = [PROVIDERS[name] for name in wanted if PROVIDERS[name] in there]
        if self.provider != "auto" and not found:
            log.warning("%s is not in this build of ONNX Runtime: the processor runs the net", self.provider)
        return [*(name for name in found if name != PROVIDERS["cpu"]), PROVIDERS["cpu"]]


USUAL = Engine()


class Session:
    """A loaded net: run(picture) -> its outputs. The size is fixed when it is loaded, which makes it faster."""

    def __init__(
        self, data: bytes, size: tuple[int, int], engine: Engine = USUAL, *, profile: Path | None = None
    ) -> None:
        """`profile`: where to write how long each node took, for `profile()` to name."""
        options = ort.SessionOptions()
        if profile is not None:
            options.enable_profiling, options.profile_file_prefix = True, str(profile)
        options.intra_op_num_threads = engine.threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_free_dimension_override_by_name("width", size[0])
        options.add_free_dimension_override_by_name("height", size[1])
        try:
            self._session = self._open(data, options, engine.order(ort.get_available_providers()))
        except Exception as error:  # ONNX Runtime's own exceptions share no base but this
            raise NetError(f"ONNX Runtime can't load the net: {str(error).splitlines()[0]}") from None
        self._input = self._session.get_inputs()[0].name

    @staticmethod
    def _open(data: bytes, options: ort.SessionOptions, order: list[str]) -> ort.InferenceSession:
        """Open with the best provider; one whose driver is missing says so and leaves the net to the processor."""
        if len(order) > 1:
            try:
                return ort.InferenceSession(data, options, providers=order)
            except Exception as error:  # as above
                log.warning("%s can't be used (%s): the processor runs the net", order[0], str(error).splitlines()[0])
        return ort.InferenceSession(data, options, providers=order[-1:])

    def run(self, picture: NDArray[np.uint8] | NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the net on one picture (height x width x 3, uint8, BGR), or what a net of others takes."""
        outputs: list[Any] = self._session.run(None, {self._input: picture})
        return outputs

    def profile(self) -> Path:
        """End the profile and return its file: JSON, by the node."""
        return Path(self._session.end_profiling())
