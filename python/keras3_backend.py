"""What every backend of Keras 3 is to the extractor."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from stack import Settings

DATA_FORMATS = ("channels_last", "channels_first")


class Backend:
    """Any backend, as far as Keras itself knows it. Imports nothing until `start` is called.

    calls: how a user can ask for a prediction, job option `call`: `model.predict(x)`,
        `model.predict_on_batch(x)`, `model(x)`, or a way that a backend adds.
    devices, precisions: the values that the job options of these names can have.
    device: of the job.
    """

    calls: tuple[str, ...] = ("predict", "on_batch", "direct")
    data_formats: tuple[str, ...] = DATA_FORMATS
    devices: tuple[str, ...] = ("cpu",)
    precisions: tuple[str, ...] = ("float32",)
    framework: Any
    keras: Any
    device = "cpu"

    def __init__(self, name: str, title: str) -> None:
        self.name = name
        self.title = title

    def start(self, settings: Settings) -> None:
        """Import the framework; it takes its threads from the environment's variables.

        Raises DeviceError if the job asks for a GPU and there is none.
        """
        self.device = settings.options.get("device", "cpu")
        self.framework = importlib.import_module(self.name)

    @property
    def version(self) -> str:
        """The framework's version."""
        return str(self.framework.__version__)

    @property
    def versions(self) -> dict[str, str]:
        """Versions of further packages that belong to the framework."""
        return {}

    def function(self, model: Any, call: str) -> Callable[[Any], Any]:
        """Return the function of a tensor that `call` stands for; not for Keras's own methods."""
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
        """Return further settings in force, and what is known of the device."""
        return {}

    def peak_bytes(self) -> int | None:
        """Return the most memory that was in use on the GPU, None where that is unknown."""
        return None
