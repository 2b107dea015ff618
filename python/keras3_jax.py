"""Keras 3's backend JAX, on a CPU or an NVIDIA GPU."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accelerator import device_flags, no_gpu
from keras3_backend import Backend
from stack import Settings

MATMUL_PRECISIONS = {"float32": "highest", "tf32": "tensorfloat32"}
"""JAX's own names; without one, a GPU from Ampere on multiplies in TF32."""

CPU_LIBRARIES = {"__ynn": "YNNPACK", "__onednn": "oneDNN"}
"""What XLA's compiled text calls for an operation of a library, in place of its own and Eigen's."""


class Jax(Backend):
    """JAX: `model(x)` can also run in a `jax.jit` of Keras's `stateless_call` (`function`)."""

    calls = ("predict", "on_batch", "direct", "function")
    devices = ("cpu", "cuda")
    precisions = ("float32", "tf32", "bfloat16", "float16")
    _kernels: str | None = None

    def start(self, settings: Settings) -> None:
        """Import JAX for one device, with so many threads in each pool, and fix the precision.

        XLA reads the size of its thread pools from NPROC when it starts. Raises DeviceError if
        there is no GPU, but the job asks for one.
        """
        if settings.threads:
            os.environ["NPROC"] = str(settings.threads)
        if settings.options.get("device", "cpu") == "cpu":
            os.environ["JAX_PLATFORMS"] = "cpu"
        super().start(settings)
        if self.device == "cuda":
            try:
                self.framework.devices("cuda")
            except RuntimeError as error:
                raise no_gpu("JAX", str(error)) from error
        precision = MATMUL_PRECISIONS.get(settings.options.get("precision", ""))
        self.framework.config.update("jax_default_matmul_precision", precision)

    @property
    def versions(self) -> dict[str, str]:
        """Return the version of jaxlib, which holds XLA."""
        import jaxlib  # type: ignore[import-not-found]

        return {"jaxlib": str(jaxlib.__version__)}

    def function(self, model: Any, call: str) -> Callable[[Any], Any]:
        """Return `model(x)`, compiled as a whole by `jax.jit` if so asked."""
        if call == "direct":
            return super().function(model, call)
        # Arguments, not constants: XLA would compile a copy of every weight into the function.
        trained = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]

        def call_model(trained: Any, others: Any, tensor: Any) -> Any:
            return model.stateless_call(trained, others, tensor, training=False)[0]

        compiled = self.framework.jit(call_model)
        return lambda tensor: compiled(trained, others, tensor)

    def threads_found(self) -> int | None:
        """Return how many threads XLA's pool for one operation has on a CPU."""
        if self.device != "cpu":
            return None
        self.kernels()  # starts the pool
        names = []
        for task in Path("/proc/self/task").glob("*/comm"):
            try:
                names.append(task.read_text().strip())
            except OSError:  # the thread has ended
                continue
        return names.count("tf_XLAEigen") or None

    def kernels(self) -> str | None:
        """Return XLA and the libraries that it calls; on a CPU read from a compiled convolution."""
        if self._kernels is None:
            self._kernels = "XLA" + (self._cpu_libraries() if self.device == "cpu" else _CUDA)
        return self._kernels

    def _cpu_libraries(self) -> str:
        jax = self.framework
        image, kernel = jax.numpy.ones((1, 16, 16, 8)), jax.numpy.ones((3, 3, 8, 8))

        def convolution(x: Any, w: Any) -> Any:
            order = ("NHWC", "HWIO", "NHWC")
            return jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=order)

        text = jax.jit(convolution).lower(image, kernel).compile().as_text() or ""
        used = [title for sign, title in CPU_LIBRARIES.items() if sign in text]
        return " with " + " and ".join(used or ["Eigen"])

    def flags(self) -> dict[str, str]:
        """Return XLA's settings, the precision of products, and what is known of the device."""
        precision = self.framework.config.jax_default_matmul_precision
        flags = {
            "matmul_precision": precision or "default",
            "XLA_FLAGS": os.environ.get("XLA_FLAGS") or "unset",
        }
        if self.device == "cpu":
            return {**flags, **device_flags("cpu", None, None)}
        [device, *_] = self.framework.devices("cuda")
        tf32 = float(device.compute_capability) >= 8 and precision in (None, "tensorfloat32")
        preallocates = os.environ.get("XLA_PYTHON_CLIENT_PREALLOCATE", "unset")
        return {
            **flags,
            "tf32": "yes" if tf32 else "no",
            "XLA_PYTHON_CLIENT_PREALLOCATE": preallocates,
            **device_flags("cuda", str(device.device_kind), self.peak_bytes()),
        }

    def peak_bytes(self) -> int | None:
        """Return the most bytes that XLA's allocator has given out on the GPU."""
        statistics = self.framework.devices("cuda")[0].memory_stats() or {}
        return statistics.get("peak_bytes_in_use")


_CUDA = " with cuDNN and cuBLAS"
