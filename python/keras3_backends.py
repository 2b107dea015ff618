"""What each backend of Keras 3 has of its own; a new one is a class here and a line in BACKENDS.

A backend without an entry runs too, as `Backend` says; its threads and kernels are then unknown.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

DATA_FORMATS = ("channels_last", "channels_first")


class Backend:
    """Any backend, as far as Keras itself knows it. Imports nothing until `start` is called.

    calls: how a user can ask for a prediction, job option `call`: `model.predict(x)` or `model(x)`.
    """

    calls: tuple[str, ...] = ("predict", "direct")
    data_formats: tuple[str, ...] = DATA_FORMATS
    framework: Any
    keras: Any

    def __init__(self, name: str, title: str) -> None:
        self.name = name
        self.title = title

    def start(self, threads: int | None) -> None:
        """Import the framework; it takes its threads from the environment's variables."""
        self.framework = importlib.import_module(self.name)

    @property
    def version(self) -> str:
        """The framework's version."""
        return str(self.framework.__version__)

    def function(self, model: Any, call: str) -> Callable[[Any], Any]:
        """Return the function of a tensor that `call` stands for; not for `predict`."""
        return lambda tensor: model(tensor, training=False)

    def to_tensor(self, array: Any) -> Any:
        """Return a NumPy array as the framework's tensor."""
        return self.keras.ops.convert_to_tensor(array)

    def to_array(self, tensor: Any) -> Any:
        """Return the framework's tensor as a NumPy array in main memory."""
        return self.keras.ops.convert_to_numpy(tensor)

    def threads_found(self) -> int | None:
        """Return how many threads an operation uses, None where that is unknown."""
        return None

    def kernels(self) -> str | None:
        """Return whose matrix and convolution kernels are used, None where that is unknown."""
        return None

    def flags(self) -> dict[str, str]:
        """Return further settings in force."""
        return {}


class TensorFlow(Backend):
    """TensorFlow: `model(x)` can also run in a `tf.function`, and compiled by XLA (`jit`)."""

    calls = ("predict", "direct", "function", "jit")
    # Its convolutions on a CPU support no other order.
    data_formats = ("channels_last",)

    def start(self, threads: int | None) -> None:
        """Import TensorFlow and bound the threads of one operation; run operations one at a time.

        VGG16 is a chain: a second inter-op thread could only use more cores than were asked for.
        """
        super().start(threads)
        if threads:
            self.framework.config.threading.set_intra_op_parallelism_threads(threads)
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


class Jax(Backend):
    """JAX; XLA reads the size of its thread pools from NPROC when it starts."""

    def start(self, threads: int | None) -> None:
        """Import JAX, with so many threads in each pool."""
        if threads:
            os.environ["NPROC"] = str(threads)
        super().start(threads)


BACKENDS = {
    "tensorflow": TensorFlow("tensorflow", "TensorFlow"),
    "jax": Jax("jax", "JAX"),
    "torch": Backend("torch", "Torch"),
}


def backend_called(name: str) -> Backend:
    """Return what is known of the backend of this name, as KERAS_BACKEND has it."""
    return BACKENDS.get(name) or Backend(name, name)
