"""Keras 3 on Torch."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netparity.networks import Node
from netparity.protocol import RunResult
from netparity.runners.base import COMPILE_CACHE, DEVICE, PER_LAYER, Missing
from netparity.runners.environments import Environments, Stack
from netparity.runners.keras import CALL, DATA_FORMAT, PRECISION, KerasRunner
from netparity.runners.pytorch import TORCH
from netparity.runners.torch_compiling import (
    cache_variables,
    missing_for_compiling,
    why_compile_again,
)

_LAST_AXES = ((2,), (1, 2), (0, 1, 2))
"""Of height, width and channels."""


class Keras3Torch(KerasRunner):
    """`keras3-torch`."""

    name = "keras3-torch"
    network_format = "keras"
    stack = Stack(
        "keras3-torch", ">=3.11,<3.14", torch=TORCH[:1], download_megabytes=240, disk_megabytes=1030
    )
    script = "extract_keras3.py"
    packages = ("keras", "torch")
    modules = ("keras", "torch")
    colour = "#8c564b"
    options: ClassVar = {
        "data_format": DATA_FORMAT,
        "call": CALL,
        "compile_cache": COMPILE_CACHE,
        "device": DEVICE,
        "precision": PRECISION,
        "per_layer": PER_LAYER,
    }

    def lacks(self, node: Node) -> str | None:
        """Keras's own layer normalisation fails on Torch unless its axes are the last ones."""
        if node.op == "layer_norm":
            axes = tuple(sorted(axis % 3 for axis in node.attributes.get("axes", (-1,))))
            if axes not in _LAST_AXES:
                return "Keras 3 on Torch normalises over the last axes only"
        return super().lacks(node)

    def missing(self, environments: Environments) -> list[Missing]:
        """What torch.compile needs, if that was asked for."""
        if self.chosen.get("call") != "function":
            return []
        return missing_for_compiling(environments.python(self.stack))

    def why_again(self, result: RunResult) -> str | None:
        """A process that filled the compiler's cache is repeated."""
        return why_compile_again(self.chosen, result)

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """Selects the backend; the extractor chooses the device."""
        cache = cache_variables(self.chosen, job_file)
        return {"KERAS_BACKEND": "torch", "KERAS_TORCH_DEVICE": None, **cache}
