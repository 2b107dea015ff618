"""Every operation in PyTorch. A new one is a function in one of these files and its line there."""

from __future__ import annotations

from collections.abc import Callable

from torch_shapes import SHAPES
from torch_step import Call, Step
from torch_values import VALUES
from torch_windows import WINDOWS

OPERATIONS: dict[str, Callable[[Step], Call]] = {**WINDOWS, **VALUES, **SHAPES}
"""By the key that nodes use: what makes, of a node, the function of its inputs."""
