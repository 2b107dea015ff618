"""Constants in another shape, order or type: nothing is read before it is needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.constants import Constant


def _reshape(call: Call, given: list[Constant]) -> Constant:
    constant, wanted, keep_zero = given[0], given[1].numbers(), call.attribute("allowzero", 0)
    sizes = [
        constant.shape[at] if size == 0 and not keep_zero and at < len(constant.shape) else size
        for at, size in enumerate(wanted)
    ]
    if sizes.count(-1) == 1:
        others = math.prod(size for size in sizes if size != -1)
        sizes[sizes.index(-1)] = constant.size // others if others > 0 else 0
    if math.prod(sizes) != constant.size or any(size < 0 for size in sizes):
        raise call.wrong(f"reshapes a constant {constant.shape} to {wanted}")
    return constant.reshaped(sizes)


def _transpose(call: Call, given: list[Constant]) -> Constant:
    rank = len(given[0].shape)
    order = call.attribute("perm", tuple(reversed(range(rank))))
    if sorted(order) != list(range(rank)):
        raise call.wrong(f"has perm {order} for a constant of {rank} axes")
    return given[0].transposed(order)


def _squeeze(call: Call, given: list[Constant]) -> Constant:
    shape = given[0].shape
    axes = given[1].numbers() if len(given) > 1 else call.attribute("axes", ())
    removed = {call.axis(axis, len(shape)) for axis in axes}
    if not axes:
        removed = {at for at, size in enumerate(shape) if size == 1}
    kept = [size for at, size in enumerate(shape) if at not in removed]
    if math.prod(kept) != given[0].size:
        raise call.wrong(f"removes axes of a constant {shape} that are not of one value")
    return given[0].reshaped(kept)


def _unsqueeze(call: Call, given: list[Constant]) -> Constant:
    axes = given[1].numbers() if len(given) > 1 else call.attribute("axes", ())
    rank = len(given[0].shape) + len(axes)
    added = {call.axis(axis, rank) for axis in axes}
    if len(added) != len(axes) or rank > 16:
        raise call.wrong(f"adds the axes {axes}")
    sizes = iter(given[0].shape)
    return given[0].reshaped([1 if at in added else next(sizes) for at in range(rank)])


def _flatten(call: Call, given: list[Constant]) -> Constant:
    shape = given[0].shape
    axis = call.attribute("axis", 1)
    return given[0].reshaped((math.prod(shape[:axis]), math.prod(shape[axis:])))


def _cast(call: Call, given: list[Constant]) -> Constant:
    call.ignore("saturate", "round_mode")
    return _typed(call, given[0], call.attribute("to", 1))


def _cast_like(call: Call, given: list[Constant]) -> Constant:
    call.ignore("saturate", "round_mode")
    constant, dtype = given[0], given[1].dtype
    cast = constant.changed(constant.shape, lambda values: values.astype(dtype))
    return _with_dtype(cast, dtype)


def _typed(call: Call, constant: Constant, kind: int) -> Constant:
    from onnx import helper

    try:
        dtype = np.dtype(helper.tensor_dtype_to_np_dtype(kind))
    except Exception as error:  # the package raises many types
        raise call.wrong(f"turns a constant into the type {kind}") from error
    if dtype.kind in "iu":  # a product of sizes with any number of images needs 64 bits
        dtype = np.dtype(np.int64)
    elif dtype.kind not in "fb":
        dtype = np.dtype(np.float32)
    cast = constant.changed(constant.shape, lambda values: values.astype(dtype))
    return _with_dtype(cast, dtype)


def _with_dtype(constant: Constant, dtype: np.dtype[Any]) -> Constant:
    return replace(constant, dtype=dtype)


REARRANGED: dict[str, Callable[[Call, list[Constant]], Constant]] = {
    "Identity": lambda call, given: given[0],
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Flatten": _flatten,
    "Cast": _cast,
    "CastLike": _cast_like,
}
"""By ONNX's operation."""
