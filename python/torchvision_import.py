"""Importing torchvision, whatever build of PyTorch it was compiled for."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found]

_NEEDED = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
"""Operators of detection, which torchvision registers kernels for when it is imported."""

_declared: list[Any] = []


def import_torchvision() -> Any:
    """Return the module `torchvision`. Raises ImportError if it is not installed.

    Its compiled operators fit only the build of PyTorch that they were compiled for: with another
    one, such as the build for the CPU, the import fails ("operator torchvision::nms does not
    exist"). Images and classifiers use none of them, so the missing ones are declared first.
    """
    if not _declared and not _loads_its_operators():
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name, schema in _NEEDED.items():
            if not hasattr(torch.ops.torchvision, name):
                library.define(schema)
        _declared.append(library)
    return importlib.import_module("torchvision")


def _loads_its_operators() -> bool:
    """Whether torchvision's compiled operators can be loaded."""
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        return True  # its import then says what is missing
    for library in Path(spec.origin).parent.glob("_C*"):
        try:
            torch.ops.load_library(str(library))
        except OSError:
            return False
    return hasattr(torch.ops.torchvision, "nms")
