"""The kinds of reduced precision, and how the reference simulates each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from netparity.networks.ops import OPS
from netparity.networks.ops.base import Array, How
from netparity.networks.rounding import Precision, stored_as
from netparity.protocol import Arithmetic

CONVOLUTIONS = frozenset({"conv", "conv_transpose"})

_KEPT_IN_FLOAT32 = frozenset({"softmax", "layer_norm", "l2_norm"})
_WIDENED = frozenset({"lrn"})
"""What PyTorch's autocast computes in float32: softmax and norms; of LRN, whose squares are still
narrow, the power and the result."""

_WITH_OTHER_TENSORS = frozenset(
    op.key for op in OPS.values() if {*op.roles, *op.optional_roles} - {"kernel", "bias"}
)
"""Operations with a tensor that is neither rounded as an operand nor stored with the sums."""


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
    return How(operands=precision, storage=precision, wide_results=_WIDENED, narrow_ops=ops)


def _narrow(precision: Precision) -> How:
    return How(operands=precision, storage=precision)


def _cast(precision: Precision) -> How:
    """A network whose every tensor was cast, as by PyTorch's `model.half()`."""
    return replace(_narrow(precision), tensors=precision)


def _fused(how: How) -> How:
    return replace(how, fused=True)


STORED_ONLY: Mapping[Precision, Arithmetic] = {
    "bfloat16": "bfloat16-stored",
    "float16": "float16-stored",
}
"""Computed in float32; only the feature is stored in the format."""


def _stepwise(how: How) -> How:
    return replace(how, stepwise=True)


_TF32 = Kind("tf32", How(operands="tf32"))
_TF32_CONVOLUTIONS = Kind("tf32-convolutions", How(operands="tf32", narrow_ops=CONVOLUTIONS))
_ELEVEN_BITS = (
    _TF32,
    _TF32_CONVOLUTIONS,
    Kind("mixed-float16", _mixed("float16")),
    Kind("mixed-float16", _fused(_mixed("float16"))),
    Kind("mixed-float16", _stepwise(_mixed("float16"))),
)
_EIGHT_BITS = (
    Kind("bfloat16-products", How(operands="bfloat16")),
    Kind("mixed-bfloat16", _mixed("bfloat16")),
    Kind("mixed-bfloat16", _fused(_mixed("bfloat16"))),
    Kind("mixed-bfloat16", _stepwise(_mixed("bfloat16"))),
)
_THREE_PRODUCTS = (Kind("bfloat16x3", How(operands="bfloat16x3")),)


def _stored(whole: Arithmetic, mixed: Arithmetic, precision: Precision) -> tuple[Kind, ...]:
    """The kinds that store their results in one format, the most usual first."""
    return (
        Kind(whole, _narrow(precision)),
        Kind(mixed, _mixed(precision)),
        Kind(whole, _fused(_narrow(precision))),
        Kind(mixed, _fused(_mixed(precision))),
        Kind(whole, _cast(precision)),
        Kind(whole, _fused(_cast(precision))),
        Kind(whole, _stepwise(_narrow(precision))),
        Kind(mixed, _stepwise(_mixed(precision))),
        # Compilers store nothing between a product and what is joined to it.
        Kind(whole, How(operands=precision)),
        Kind(mixed, How(operands=precision)),
    )


_ON_GRID: Mapping[Precision, tuple[Kind, ...]] = {
    "bfloat16": _stored("bfloat16", "mixed-bfloat16", "bfloat16"),
    "float16": _stored("float16", "mixed-float16", "float16"),
}

_WITHOUT_PRODUCTS = tuple(
    kind for kind in (*_EIGHT_BITS, *_ELEVEN_BITS) if kind.how.storage is not None
)

PROBE = _TF32
"""The kind whose error is simulated first; its size says which others can be meant."""


def kinds_for(
    grid: Precision | None, ratio: float | None, ops: frozenset[str] | None
) -> Iterator[tuple[Arithmetic, How]]:
    """The kinds that can be meant, the most usual first; equal ways of computing are the same.

    Args:
        grid: the narrow format that holds all values of the feature.
        ratio: the error's norm over that of the simulated error of `PROBE`. An operand has 11
            significant bits in TF32 and float16, 8 in bfloat16, and 17 as two bfloat16 numbers:
            errors of 1, 8 and 2^-6 times the probe's. None if the probe has no error, because
            there are no products.
        ops: the operations between the known values and the feature; None if unknown.
    """
    given: set[tuple[str, How]] = set()
    if grid is not None and grid in _ON_GRID:
        kinds = _ON_GRID[grid]
    elif ratio is None:
        kinds = _WITHOUT_PRODUCTS
    elif ratio > 3:
        kinds = _EIGHT_BITS
    else:
        kinds = _ELEVEN_BITS if ratio > 1 / 8 else _THREE_PRODUCTS
    for kind in kinds:
        how = kind.how
        if ops is not None and how.narrow_ops is not None and ops <= how.narrow_ops:
            how = replace(how, narrow_ops=None)
        if ops is not None and not ops & _WITH_OTHER_TENSORS:
            how = replace(how, tensors=None)
        if ops is not None and not ops & _WIDENED:
            how = replace(how, wide_results=frozenset(), stepwise=False)
        if (kind.name, how) not in given:
            given.add((kind.name, how))
            yield kind.name, how


def storing_kinds(x: Array) -> tuple[Arithmetic, ...]:
    """The kinds that store every result in the narrow format that holds these values."""
    grid = stored_as(x)
    kinds = _ON_GRID.get(grid, ()) if grid is not None else ()
    return tuple(dict.fromkeys(kind.name for kind in kinds))
