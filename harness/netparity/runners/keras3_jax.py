"""Keras 3 on JAX."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netparity.runners.base import DEVICE, PER_LAYER
from netparity.runners.environments import Stack
from netparity.runners.keras import CALL, DATA_FORMAT, PRECISION, KerasRunner


class Keras3Jax(KerasRunner):
    """`keras3-jax`."""

    name = "keras3-jax"
    network_format = "keras"
    stack = Stack("keras3-jax", ">=3.11,<3.14", download_megabytes=160, disk_megabytes=670)
    script = "extract_keras3.py"
    packages = ("keras", "jax", "jaxlib")
    modules = ("keras", "jax")
    colour = "#b07c00"
    advice: ClassVar = {
        "precision-tf32": 'Call `jax.config.update("jax_default_matmul_precision", "highest")` '
        "before the model is built: on a GPU, JAX multiplies in TF32 unless it is told otherwise.",
    }
    options: ClassVar = {
        "data_format": DATA_FORMAT,
        "call": CALL,
        "device": DEVICE,
        "precision": PRECISION,
        "per_layer": PER_LAYER,
    }

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """Selects the backend; nothing that the user set for JAX decides what is measured."""
        return {
            "KERAS_BACKEND": "jax",
            # The extractor chooses the device, and every process compiles for itself.
            "JAX_PLATFORMS": None,
            "JAX_COMPILATION_CACHE_DIR": None,
            "JAX_ENABLE_X64": None,
            "JAX_DEFAULT_MATMUL_PRECISION": None,
            # Otherwise JAX takes three quarters of the GPU's memory, whatever the network needs.
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        }
