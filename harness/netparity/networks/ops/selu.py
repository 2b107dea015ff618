"""SELU."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.activations import other_activation, rectified
from netparity.networks.ops.attributes import check_number
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Selu(Elementwise):
    """`selu`: `gamma` * x where it is positive, `gamma` * `alpha` * (exp(x) - 1) elsewhere.

    The defaults are those of Klambauer et al., Self-Normalizing Neural Networks, NeurIPS 2017.
    """

    key = "selu"
    title = "SELU"
    defaults: ClassVar = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}
    mistakes = (
        missing("selu", "SELU"),
        other_activation("elu-for-selu", "it is an ELU", "elu"),
        other_activation("relu-for-selu", "it is a ReLU", "relu"),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse what is not a number."""
        check_number(self, node, "alpha")
        check_number(self, node, "gamma")

    def compute(self, step: Step) -> Array:
        """With expm1, which is exact for small values too."""
        alpha, gamma = float(step["alpha"]), float(step["gamma"])
        values = rectified(step.inputs[0], step, lambda below: np.expm1(below) * alpha)
        values *= gamma
        return values
