"""Local response normalisation across channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import check_number, check_whole
from netparity.networks.ops.base import (
    REQUIRED,
    Array,
    Elementwise,
    Known,
    Mistake,
    Step,
)
from netparity.networks.ops.shared_mistakes import ALONE, missing
from netparity.networks.rounding import rounded


def _changed(attribute: str, change: Callable[[Step], Any]) -> Callable[[Step], Step]:
    return lambda step: step.with_attributes(**{attribute: change(step)})


def _has_window(node: Node, known: Known) -> bool:
    return bool(node.attributes["size"] > 1 and node.attributes["alpha"] != 0)


def _sides(size: int, channels: int) -> tuple[int, int]:
    """How many channels before and after the window reaches, where there are so many."""
    return min((size - 1) // 2, channels - 1), min(size // 2, channels - 1)


def _can_grow(node: Node, known: Known) -> bool:
    size, channels = node.attributes["size"], known.output[-1]
    grown = _sides(2 * size + 1, channels)
    return bool(_sides(size, channels) != grown and node.attributes["alpha"] != 0)


def _is_lopsided(node: Node, known: Known) -> bool:
    before, after = _sides(node.attributes["size"], known.output[-1])
    return bool(before != after and node.attributes["alpha"] != 0)


def _other_way(step: Step) -> Step:
    """The longer side of an even window before the channel, as in PyTorch."""
    turned = replace(step, inputs=(step.inputs[0][..., ::-1],), scratch=False)
    return turned.finished_by(lambda values: values[..., ::-1])


_ALPHA = frozenset({"alpha"})
_SIZE = frozenset({"size"})


class Lrn(Elementwise):
    """`lrn`: x / (kappa + alpha * sum of x^2 over `size` neighbouring channels) ^ beta.

    `alpha` is not divided by `size`: ONNX, Caffe and PyTorch divide it, MatConvNet does not. The
    window reaches (size - 1) // 2 channels before and size // 2 after, as in ONNX and MatConvNet.
    """

    key = "lrn"
    title = "local response normalisation"
    defaults: ClassVar = {
        "size": REQUIRED,
        "alpha": REQUIRED,
        "beta": REQUIRED,
        "kappa": REQUIRED,
    }
    mistakes = (
        Mistake(
            "lrn-alpha-divided",
            "alpha is divided by the size of the window",
            _changed("alpha", lambda step: step["alpha"] / step["size"]),
            _has_window,
            _ALPHA,
        ),
        Mistake(
            "lrn-alpha-multiplied",
            "alpha is not divided by the size of the window",
            _changed("alpha", lambda step: step["alpha"] * step["size"]),
            _has_window,
            _ALPHA,
        ),
        missing("lrn", "local response normalisation", touches=ALONE),
        Mistake(
            "lrn-radius",
            "the size of the window is taken for its radius",
            _changed("size", lambda step: 2 * step["size"] + 1),
            _can_grow,
            _SIZE,
        ),
        Mistake(
            "lrn-kappa",
            "kappa is 1",
            _changed("kappa", lambda step: 1.0),
            lambda node, known: abs(node.attributes["kappa"] - 1) > 0.01,
            frozenset({"kappa"}),
        ),
        Mistake(
            "lrn-other-side",
            "the even window reaches further before the channel than after it",
            _other_way,
            _is_lopsided,
            _SIZE,
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse a window or numbers that make no sense."""
        check_whole(self, node, "size", 1)
        for name in ("alpha", "beta", "kappa"):
            check_number(self, node, name, 0)

    def compute(self, step: Step) -> Array:
        """The squares added neighbour by neighbour.

        Step by step, narrow arithmetic stores the squares on the way; and where the result is
        narrow too, the sum, its multiple, what is added to kappa, and the power.
        """
        x, how = step.inputs[0], step.how
        wide = step.node.op in how.wide_results or not how.stepwise
        stored = None if wide else how.storage
        total = rounded(_total(step, x), stored)
        total *= float(step["alpha"])
        total = rounded(total, stored)
        total += float(step["kappa"])
        total = rounded(total, stored)
        with np.errstate(divide="ignore", invalid="ignore"):  # kappa may be 0
            power = np.power(total, float(step["beta"]), out=total)
            return np.asarray(x / rounded(power, stored))

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|y|: the sum has positive terms only, so that its relative error is that of a term."""
        plain = replace(step, how=type(step.how)(), scratch=False)
        rounds = step["size"] + 4
        return int(np.ceil(step["beta"] * rounds)) + 8, abs(self.compute(plain))


def _total(step: Step, x: Array) -> Array:
    channels, size = x.shape[-1], step["size"]
    squares = rounded(np.square(x), step.how.storage if step.how.stepwise else None)
    before, after = _sides(size, channels)
    padded = np.zeros((*x.shape[:-1], before + channels + after), x.dtype)
    padded[..., before : before + channels] = squares
    return sums.add_up([padded[..., i : i + channels] for i in range(before + after + 1)], step.how)
