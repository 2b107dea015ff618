"""Dropout."""

from __future__ import annotations

from typing import ClassVar

from netparity.networks.node import Node
from netparity.networks.ops.attributes import check_number, unexpected
from netparity.networks.ops.base import Array, Elementwise, Known, Mistake, Step, attribute_of


def _rate(node: Node) -> float:
    return float(node.attributes.get("rate", 0.5))


def _drops(node: Node, known: Known) -> bool:
    return _rate(node) > 0


class Dropout(Elementwise):
    """`dropout`: the input, since nothing is dropped at prediction; `rate` is for training."""

    key = "dropout"
    title = "dropout"
    defaults: ClassVar = {"rate": 0.5}
    contracting = True
    mistakes = (
        Mistake(
            "dropout-scaled",
            "the dropout multiplies by 1 - rate",
            lambda step: step.finished_by(lambda values: values * (1 - _rate(step.node))),
            _drops,
            frozenset({"dropout"}),
        ),
        Mistake(
            "dropout-scaled-up",
            "the dropout divides by 1 - rate",
            lambda step: step.finished_by(lambda values: values / (1 - _rate(step.node))),
            _drops,
            frozenset({"dropout"}),
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse a rate that is not at least 0 and below 1."""
        check_number(self, node, "rate", 0)
        if attribute_of(self, node, "rate") >= 1:
            raise unexpected(node, "rate", attribute_of(self, node, "rate"), "a number below 1")

    def compute(self, step: Step) -> Array:
        """A copy, unless the input is of no further use."""
        x = step.inputs[0]
        return x if step.scratch else x.copy()
