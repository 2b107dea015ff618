"""Keras 3's backend Torch, on a CPU or an NVIDIA GPU."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from keras3_backend import Backend
from stack import Settings


class Torch(Backend):
    """Torch: `model(x)` without gradients, as it is or through `torch.compile` (`function`)."""

    calls = ("predict", "on_batch", "direct", "function")
    devices = ("cpu", "cuda")
    precisions = ("float32", "tf32", "bfloat16", "float16")

    def start(self, settings: Settings) -> None:
        """Import PyTorch; fix its threads, the device that Keras takes, and TF32.

        Raises DeviceError if there is no GPU, but the job asks for one.
        """
        super().start(settings)
        import torch_settings

        torch_settings.check_device(self.device)
        os.environ["KERAS_TORCH_DEVICE"] = self.device
        torch_settings.set_threads(settings.threads)
        torch_settings.set_tf32(settings.options.get("precision", ""))
        if settings.options.get("call") == "function":
            torch_settings.import_compiler()

    def function(self, model: Any, call: str) -> Callable[[Any], Any]:
        """Return `model(x)` without gradients, compiled by `torch.compile` if so asked."""
        direct = super().function(model, call)
        called = self.framework.compile(direct) if call == "function" else direct

        def without_gradients(tensor: Any) -> Any:
            with self.framework.no_grad():
                return called(tensor)

        return without_gradients

    def to_array(self, tensor: Any) -> Any:
        """Return the tensor's values as float32 in main memory."""
        return tensor.detach().float().cpu().numpy()

    def threads_found(self) -> int | None:
        """Return the threads of one operation."""
        return int(self.framework.get_num_threads())

    def kernels(self) -> str | None:
        """Return the libraries that PyTorch names."""
        import torch_settings

        return torch_settings.libraries(self.device)

    def flags(self) -> dict[str, str]:
        """Return what changes the arithmetic, what was compiled, and the device."""
        import torch_settings

        return {
            **torch_settings.arithmetic_flags(self.device),
            "graphs_compiled": str(torch_settings.graphs_compiled()),
        }

    def peak_bytes(self) -> int | None:
        """Return the most bytes that PyTorch has given out on the GPU."""
        return int(self.framework.cuda.max_memory_allocated())
