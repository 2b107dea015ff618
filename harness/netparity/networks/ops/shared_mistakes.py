"""Mistakes that several operations share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from netparity.networks.node import Node
from netparity.networks.ops.base import OPERATION, Fits, Known, Mistake, Step, always
from netparity.networks.rounding import Precision

PRECISIONS: tuple[tuple[Precision, str], ...] = (
    ("tf32", "TF32"),
    ("bfloat16", "bfloat16"),
    ("float16", "float16"),
)


def _has_bias(node: Node, known: Known) -> bool:
    return "bias" in known.tensors


BIAS_MISSING = Mistake(
    "bias-missing",
    "the bias is missing",
    lambda step: step.with_tensor("bias", None),
    _has_bias,
    frozenset({"bias"}),
)

SCALE_MISSING = Mistake(
    "scale-missing",
    "the scale is missing",
    lambda step: step.with_tensor("scale", None),
    lambda node, known: "scale" in known.tensors,
    frozenset({"scale"}),
)


def other_epsilon(value: str) -> Mistake:
    """A usual epsilon where the right one differs by more than 10 %."""
    number = float(value)

    def fits(node: Node, known: Known) -> bool:
        right = float(node.attributes["epsilon"])
        return abs(right - number) > 0.1 * max(right, number)

    return Mistake(
        f"epsilon-{value}",
        f"the epsilon is {value}",
        lambda step: step.with_attributes(epsilon=number),
        fits,
        frozenset({"epsilon"}),
    )


def _rounding(operands: Precision, storage: Precision | None) -> Callable[[Step], Step]:
    return lambda step: replace(
        step, how=replace(step.how, operands=operands, storage=storage or step.how.storage)
    )


LOW_PRECISION = (
    *(
        Mistake(
            f"precision-{name}",
            f"inputs and kernels are rounded to {words}",
            _rounding(name, None),
            touches=frozenset({"operands"}),
        )
        for name, words in PRECISIONS
    ),
    *(
        Mistake(
            f"policy-{name}",
            f"computed and stored in {name}",
            _rounding(name, name),
            touches=frozenset({"operands", "storage"}),
        )
        for name, _ in PRECISIONS[1:]
    ),
)


def also(mistake: Mistake, condition: Fits) -> Mistake:
    """The same mistake where a further condition holds."""
    return replace(
        mistake, fits=lambda node, known: mistake.fits(node, known) and condition(node, known)
    )


ACTIVATION = frozenset({"activation"})
ALONE = frozenset({OPERATION})


def missing(
    key: str, what: str, fits: Fits = always, touches: frozenset[str] = frozenset()
) -> Mistake:
    """An operation that is left out, so that its output is its input.

    Args:
        touches: `ALONE` where another mistake at the node needs its attributes or tensors.
    """
    return Mistake(
        f"{key}-missing",
        f"the {what} is missing",
        lambda step: step.with_op("identity"),
        fits,
        ACTIVATION | touches,
    )
