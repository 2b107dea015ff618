"""Parametric ReLU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.activations import other_activation
from netparity.networks.ops.attributes import check_broadcasts
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Prelu(Elementwise):
    """`prelu`: x where it is positive, slope * x elsewhere; the slope is a tensor.

    The slope is broadcast to one image: C, 1 x 1 x C or H x W x C.
    """

    key = "prelu"
    title = "parametric ReLU"
    roles = ("slope",)
    parametric = True
    mistakes = (
        other_activation("relu-for-prelu", "it is a ReLU without a slope", "relu"),
        missing("prelu", "parametric ReLU"),
    )

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        check_broadcasts(node, "slope", tensors["slope"], inputs[0])
        return tuple(inputs[0])

    def compute(self, step: Step) -> Array:
        """Chosen by sign."""
        x = step.inputs[0]
        slope = step.tensors["slope"].astype(x.dtype, copy=False)
        return np.asarray(np.where(x > 0, x, x * slope))
