"""Keras 3's backend TensorFlow."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from keras3_backend import Backend
from stack import Settings


class TensorFlow(Backend):
    """TensorFlow: `model(x)` can also run in a `tf.function`, and compiled by XLA (`jit`)."""

    calls = ("predict", "on_batch", "direct", "function", "jit")
    # Its convolutions on a CPU support no other order.
    data_formats = ("channels_last",)

    def start(self, settings: Settings) -> None:
        """Import TensorFlow and bound the threads of one operation; run operations one at a time.

        VGG16 is a chain: a second inter-op thread could only use more cores than were asked for.
        """
        super().start(settings)
        if settings.threads:
            self.framework.config.threading.set_intra_op_parallelism_threads(settings.threads)
            self.framework.config.threading.set_inter_op_parallelism_threads(1)

    def function(self, model: Any, call: str) -> Callable[[Any], Any]:
        """Return `model(x)`, in a `tf.function` if so asked."""
        direct = super().function(model, call)
        if call == "direct":
            return direct
        compiled: Callable[[Any], Any] = self.framework.function(direct, jit_compile=call == "jit")
        return compiled

    def to_tensor(self, array: Any) -> Any:
        """Return the array as a tensor."""
        return self.framework.convert_to_tensor(array)

    def to_array(self, tensor: Any) -> Any:
        """Return the tensor's values without a copy."""
        return tensor.numpy()

    def threads_found(self) -> int | None:
        """Return the threads of one operation; TensorFlow reports 0 if it chooses them itself."""
        return self.framework.config.threading.get_intra_op_parallelism_threads() or None

    def kernels(self) -> str | None:
        """Return Eigen, or Eigen and oneDNN."""
        try:
            # Not public, but TensorFlow reports it nowhere else; its own tests ask here.
            from tensorflow.python.util import _pywrap_util_port  # type: ignore

            return "Eigen and oneDNN" if _pywrap_util_port.IsMklEnabled() else "Eigen"
        except (ImportError, AttributeError):
            return None

    def flags(self) -> dict[str, str]:
        """Return the number of operations that run at once, and whether oneDNN was chosen."""
        threading = self.framework.config.threading
        return {
            "inter_op_threads": str(threading.get_inter_op_parallelism_threads()),
            "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "unset"),
        }
