"""A dense layer at every place of a map, which tf2onnx writes as a product of rows.

The map is reshaped to as many rows as there are places in all images, each row is multiplied, and
the rows are reshaped back: for the graph this is a dense layer on the last axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netparity.networks.graph import Shape
from netparity.networks.reading.onnx.values import Value


@dataclass(frozen=True)
class Rows:
    """An activation, all of whose axes but the last the file has merged, that of the images too."""

    value: Value

    @property
    def sizes(self) -> Shape:
        """The shape that the file's tensor has."""
        *places, channels = self.value.sizes
        return math.prod(places), channels


def as_rows(x: Value, sizes: Sequence[int]) -> Rows | None:
    """The rows that a reshape to these sizes makes; None if it makes something else."""
    rows = Rows(x)
    merged = x.rank > 2 and x.axes[-1] != 0 and tuple(sizes) == rows.sizes
    return rows if merged and sizes[0] != x.images else None


BY_ROW = frozenset(
    {
        *("MatMul", "Gemm", "Add", "Sub", "Mul", "Div", "Identity", "Cast", "Dropout", "Relu"),
        *("LeakyRelu", "Clip", "Sigmoid", "Tanh", "Elu", "Selu", "HardSigmoid", "HardSwish"),
        "Gelu",
    }
)
"""Operations that work on each row by itself."""
