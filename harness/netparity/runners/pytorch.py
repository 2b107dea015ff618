"""PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from netparity.protocol import RunResult
from netparity.runners.base import (
    CANONICAL,
    COMPILE_CACHE,
    DEVICE,
    PER_LAYER,
    Missing,
    Option,
)
from netparity.runners.environments import Environments, Stack
from netparity.runners.python_tool import PythonRunner
from netparity.runners.torch_compiling import (
    cache_variables,
    missing_for_compiling,
    why_compile_again,
)

TORCH = ("torch==2.13.0", "torchvision==0.28.0")


class Pytorch(PythonRunner):
    """`pytorch`: the network built by `torch.nn.functional`, or torchvision's own."""

    name = "pytorch"
    network_format = CANONICAL
    stack = Stack(
        "pytorch", ">=3.11,<3.15", torch=TORCH, download_megabytes=240, disk_megabytes=1040
    )
    script = "extract_pytorch.py"
    packages = ("torch", "torchvision", "numpy")
    modules = ("torch", "torchvision", "numpy", "PIL")
    colour = "#e7298a"
    advice_for = "pytorch"
    options: ClassVar = {
        "compile": Option("compile the network with torch.compile", ("no", "yes")),
        "compile_cache": COMPILE_CACHE,
        "memory_format": Option(
            "order of the axes of images in memory", ("contiguous", "channels_last")
        ),
        "device": DEVICE,
        "precision": Option(
            "arithmetic of convolutions and matrix products; PyTorch's own choice if left out, "
            "which on a GPU is tf32 in convolutions",
            ("float32", "tf32", "bfloat16", "float16"),
        ),
        "per_layer": PER_LAYER,
    }

    def own_format(self, files: Mapping[str, Path]) -> str:
        """A state dict of one of torchvision's networks."""
        return "torchvision" if "torchvision" in files else ""

    def missing(self, environments: Environments) -> list[Missing]:
        """What torch.compile needs, if that was asked for."""
        if self.chosen.get("compile") != "yes":
            return []
        return missing_for_compiling(environments.python(self.stack))

    def why_again(self, result: RunResult) -> str | None:
        """A process that filled the compiler's cache is repeated."""
        return why_compile_again(self.chosen, result)

    def environment(self, job_file: Path) -> dict[str, str | None]:
        """The compiler's own cache."""
        return cache_variables(self.chosen, job_file)
