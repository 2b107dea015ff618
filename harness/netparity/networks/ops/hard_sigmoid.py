"""Hard sigmoid."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.activations import other_activation, other_attribute
from netparity.networks.ops.attributes import check_number
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class HardSigmoid(Elementwise):
    """`hard_sigmoid`: x * `slope` + `offset`, clipped to 0 and 1.

    The defaults are those of Keras 2 and ONNX; Keras 3 and PyTorch have a slope of 1/6.
    """

    key = "hard_sigmoid"
    title = "hard sigmoid"
    defaults: ClassVar = {"slope": 0.2, "offset": 0.5}
    mistakes = (
        other_attribute("hard-sigmoid-fifth", "the slope is 1/5", "slope", 0.2, 0.2),
        other_attribute("hard-sigmoid-sixth", "the slope is 1/6", "slope", 1 / 6, 0.2),
        other_activation("sigmoid-for-hard-sigmoid", "it is a sigmoid", "sigmoid"),
        missing("hard-sigmoid", "hard sigmoid"),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse what is not a number."""
        check_number(self, node, "slope")
        check_number(self, node, "offset")

    def compute(self, step: Step) -> Array:
        """One product and one sum, clipped."""
        line = step.inputs[0] * float(step["slope"]) + float(step["offset"])
        return np.clip(line, 0, 1, out=line)
