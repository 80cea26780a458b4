"""The only place where ONNX Runtime is loaded and told how to run."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.nets.catalogue import NetError

# Newer builds report to their maker unless this is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

ort.set_default_logger_severity(3)
if hasattr(ort, "disable_telemetry_events"):
    ort.disable_telemetry_events()


class Session:
    """A loaded net: run(picture) -> its outputs. The size is fixed when it is loaded, which makes it faster."""

    def __init__(self, data: bytes, size: tuple[int, int], threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_free_dimension_override_by_name("width", size[0])
        options.add_free_dimension_override_by_name("height", size[1])
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own exceptions share no base but this
            raise NetError(f"ONNX Runtime can't load the net: {str(error).splitlines()[0]}") from None
        self._input = self._session.get_inputs()[0].name

    def run(self, picture: NDArray[np.uint8] | NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the net on one picture (height x width x 3, uint8, BGR), or what a net of others takes."""
        outputs: list[Any] = self._session.run(None, {self._input: picture})
        return outputs
