"""Leaky ReLU."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.activations import other_activation, other_attribute
from netparity.networks.ops.attributes import check_number
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class LeakyRelu(Elementwise):
    """`leaky_relu`: x where it is positive, `slope` * x elsewhere."""

    key = "leaky_relu"
    title = "leaky ReLU"
    defaults: ClassVar = {"slope": 0.01}
    mistakes = (
        other_activation("relu-for-leaky-relu", "it is a ReLU without a slope", "relu"),
        missing("leaky-relu", "leaky ReLU"),
        *(
            other_attribute(f"slope-{slope}", f"the slope is {slope}", "slope", slope, 0.01)
            for slope in (0.01, 0.1, 0.2, 0.3)
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse a slope that is not a number."""
        check_number(self, node, "slope")

    def compute(self, step: Step) -> Array:
        """Chosen by sign: no sum of both parts is rounded."""
        x = step.inputs[0]
        return np.asarray(np.where(x > 0, x, x * float(step["slope"])))
