"""The reference implementation of the `onnx` package, with two of its operations corrected.

In 1.23.2 its LRN normalises as many channels as there are images (onnx issue 7805), and its
ConvTranspose cannot have groups unless each has one channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from onnx.reference.ops.op_conv_transpose import ConvTranspose as Faulty

Array = np.ndarray[Any, Any]


class LRN(OpRun):  # type: ignore[misc]
    """ONNX's formula: alpha is divided by the size."""

    op_domain = ""

    def _run(self, x: Array, alpha: float, beta: float, bias: float, size: int) -> tuple[Array]:
        squares, total = x * x, np.zeros_like(x)
        before, after = (size - 1) // 2, size // 2
        for channel in range(x.shape[1]):
            window = squares[:, max(0, channel - before) : channel + after + 1]
            total[:, channel] = window.sum(axis=1)
        return (x / (bias + alpha / size * total) ** beta,)


class ConvTranspose(Faulty):  # type: ignore[misc]
    """Group by group."""

    op_domain = ""

    def _run(
        self, x: Array, kernel: Array, bias: Array | None = None, group: int = 1, **rest: Any
    ) -> tuple[Array]:
        share = x.shape[1] // group
        parts = [
            super(ConvTranspose, self)._run(
                x[:, at * share : (at + 1) * share],
                kernel[at * share : (at + 1) * share],
                None,
                group=1,
                **rest,
            )[0]
            for at in range(group)
        ]
        result = np.concatenate(parts, axis=1)
        return (result if bias is None else result + bias[:, None, None],)


def run_onnx(model: Path | ModelProto, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Every tensor that a file's nodes compute, by its name."""
    given = str(model) if isinstance(model, Path) else model
    session = ReferenceEvaluator(given, new_ops=[LRN, ConvTranspose])
    return dict(session.run(None, dict(inputs), intermediate=True))
