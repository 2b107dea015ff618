"""GELU."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.activations import other_activation
from netparity.networks.ops.attributes import check_flag
from netparity.networks.ops.base import Array, Elementwise, Known, Mistake, Step
from netparity.networks.ops.shared_mistakes import ACTIVATION, missing


def _other_form(step: Step) -> Step:
    return step.with_attributes(approximate=not step["approximate"])


def _is_exact(node: Node, known: Known) -> bool:
    return not node.attributes.get("approximate", False)


def _is_approximate(node: Node, known: Known) -> bool:
    return not _is_exact(node, known)


class Gelu(Elementwise):
    """`gelu`: x * Phi(x), Phi the normal distribution's cumulative function.

    With `approximate`, Phi(x) is (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2 (Hendrycks and
    Gimpel, Gaussian Error Linear Units, 2016).
    """

    key = "gelu"
    title = "GELU"
    defaults: ClassVar = {"approximate": False}
    mistakes = (
        Mistake(
            "gelu-approximate",
            "the GELU is the approximation by tanh instead of the exact one",
            _other_form,
            _is_exact,
            ACTIVATION,
        ),
        Mistake(
            "gelu-exact",
            "the GELU is the exact one instead of the approximation by tanh",
            _other_form,
            _is_approximate,
            ACTIVATION,
        ),
        missing("gelu", "GELU"),
        other_activation("relu-for-gelu", "it is a ReLU", "relu"),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse what is neither True nor False."""
        check_flag(self, node, "approximate")

    def compute(self, step: Step) -> Array:
        """Phi by erfc, which does not cancel for negative values."""
        x = step.inputs[0]
        if not step["approximate"]:
            from scipy.special import erfc

            return np.asarray(x * (erfc(x * -math.sqrt(0.5)) * 0.5), x.dtype)
        inner = (x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)
        return np.asarray(x * ((1 + np.tanh(inner)) * 0.5))
