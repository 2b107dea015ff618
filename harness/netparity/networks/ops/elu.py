"""ELU."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.activations import other_activation, rectified
from netparity.networks.ops.attributes import check_number
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Elu(Elementwise):
    """`elu`: x where it is positive, `alpha` * (exp(x) - 1) elsewhere."""

    key = "elu"
    title = "ELU"
    defaults: ClassVar = {"alpha": 1.0}
    mistakes = (
        missing("elu", "ELU"),
        other_activation("relu-for-elu", "it is a ReLU", "relu"),
        other_activation("selu-for-elu", "it is a SELU", "selu"),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse what is not a number."""
        check_number(self, node, "alpha")

    def compute(self, step: Step) -> Array:
        """With expm1, which is exact for small values too."""
        alpha = float(step["alpha"])
        return rectified(step.inputs[0], step, lambda below: np.expm1(below) * alpha)
