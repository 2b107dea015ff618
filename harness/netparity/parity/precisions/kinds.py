"""The kinds of reduced precision, and how the reference simulates each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from netparity.networks.ops import OPS
from netparity.networks.ops.base import How
from netparity.networks.rounding import Precision
from netparity.protocol import Arithmetic

CONVOLUTIONS = frozenset({"conv", "conv_transpose"})

_KEPT_IN_FLOAT32 = frozenset({"softmax", "layer_norm", "l2_norm", "lrn"})
"""What PyTorch's autocast computes in float32 (softmax, norms, and LRN through `pow`)."""


@dataclass(frozen=True)
class Kind:
    """One kind of reduced precision.

    Attributes:
        name: as verdicts give it.
        how: computes a network in it.
    """

    name: Arithmetic
    how: How


def _mixed(precision: Precision) -> How:
    ops = frozenset(OPS) - _KEPT_IN_FLOAT32
    return How(operands=precision, storage=precision, narrow_ops=ops)


def _narrow(precision: Precision) -> How:
    return How(operands=precision, storage=precision)


def _fused(how: How) -> How:
    return replace(how, fused=True)


STORED_ONLY: Mapping[Precision, Arithmetic] = {
    "bfloat16": "bfloat16-stored",
    "float16": "float16-stored",
}
"""Computed in float32; only the feature is stored in the format."""

_TF32 = Kind("tf32", How(operands="tf32"))
_TF32_CONVOLUTIONS = Kind("tf32-convolutions", How(operands="tf32", narrow_ops=CONVOLUTIONS))
_ELEVEN_BITS = (
    _TF32,
    _TF32_CONVOLUTIONS,
    Kind("mixed-float16", _mixed("float16")),
    Kind("mixed-float16", _fused(_mixed("float16"))),
)
_EIGHT_BITS = (
    Kind("bfloat16-products", How(operands="bfloat16")),
    Kind("mixed-bfloat16", _mixed("bfloat16")),
    Kind("mixed-bfloat16", _fused(_mixed("bfloat16"))),
)
_THREE_PRODUCTS = (Kind("bfloat16x3", How(operands="bfloat16x3")),)

_ON_GRID: Mapping[Precision, tuple[Kind, ...]] = {
    "bfloat16": (
        Kind("bfloat16", _narrow("bfloat16")),
        Kind("mixed-bfloat16", _mixed("bfloat16")),
        Kind("bfloat16", _fused(_narrow("bfloat16"))),
        Kind("mixed-bfloat16", _fused(_mixed("bfloat16"))),
    ),
    "float16": (
        Kind("float16", _narrow("float16")),
        Kind("mixed-float16", _mixed("float16")),
        Kind("float16", _fused(_narrow("float16"))),
        Kind("mixed-float16", _fused(_mixed("float16"))),
    ),
}

PROBE = _TF32
"""The kind whose error is simulated first; its size says which others can be meant."""


def kinds_for(
    grid: Precision | None, ratio: float, ops: frozenset[str] | None
) -> Iterator[tuple[Arithmetic, How]]:
    """The kinds that can be meant, the most usual first; equal ways of computing are the same.

    Args:
        grid: the narrow format that holds all values of the feature.
        ratio: the error's norm over that of the simulated error of `PROBE`. An operand has 11
            significant bits in TF32 and float16, 8 in bfloat16, and 17 as two bfloat16 numbers:
            errors of 1, 8 and 2^-6 times the probe's.
        ops: the operations between the known values and the feature; None if unknown.
    """
    if grid is not None and grid in _ON_GRID:
        kinds = _ON_GRID[grid]
    elif ratio > 3:
        kinds = _EIGHT_BITS
    else:
        kinds = _ELEVEN_BITS if ratio > 1 / 8 else _THREE_PRODUCTS
    for kind in kinds:
        everywhere = (
            ops is not None and kind.how.narrow_ops is not None and ops <= kind.how.narrow_ops
        )
        yield kind.name, replace(kind.how, narrow_ops=None) if everywhere else kind.how
