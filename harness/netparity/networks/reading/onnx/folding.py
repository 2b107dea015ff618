"""Arithmetic on constants, such as the shapes from which exporters compute a flattening.

A shape that depends on the number of images is computed twice, for two numbers that no other size
has: where the results differ, the constant depends on it (`Constant.other`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from netparity.networks.node import GraphError
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.constants import Constant, Values, known
from netparity.networks.reading.onnx.rearranging import REARRANGED
from netparity.networks.reading.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto

MOST_FOLDED = 2**22
"""Values of one folded constant; rearranging alone has no limit."""

Fold = Callable[[Call, list[Values]], Values | list[Values]]


def shape_of(call: Call, value: Value, other_images: int) -> Constant:
    """Shape of an activation."""
    first, last = call.attribute("start", 0), call.attribute("end", value.rank)
    call.finish()
    sizes = np.array(value.sizes, np.int64)
    other = sizes.copy()
    if other_images != value.images:
        other[value.axes.index(0)] = other_images
    return known(call.label, sizes[first:last], other[first:last])


def fold(call: Call, constants: Sequence[Constant | None]) -> list[Constant] | None:
    """The outputs of a node all of whose inputs are constants.

    Returns:
        None if netparity does not fold this operation.

    Raises:
        GraphError: if the inputs do not fit, or the result is very large.
    """
    given = [constant for constant in constants if constant is not None]
    if call.op in REARRANGED and given:
        rearranged = REARRANGED[call.op](call, given)
        call.finish()
        return [rearranged]
    if call.op not in _FOLDS:
        return None
    if any(constant.size > MOST_FOLDED for constant in given):
        raise call.wrong(
            f"computes with constants of over {MOST_FOLDED:,} values; fix: fold "
            "constants when the network is exported"
        )
    if call.op in ("Expand", "ConstantOfShape") and any(each.other is not None for each in given):
        raise call.wrong("repeats a constant for each image, which netparity does not read")
    saved = dict(call.attributes)  # the fold may run twice
    try:
        results = _run(call, [constant.fetch() for constant in given])
        others: list[Values | None] = [None] * len(results)
        if any(constant.other is not None for constant in given):
            call.attributes = saved
            others = list(_run(call, [c.fetch() if c.other is None else c.other for c in given]))
    except GraphError:
        raise
    except Exception as error:  # NumPy raises many types on what does not fit
        raise call.wrong(f"computes with constants that do not fit: {str(error)[:200]}") from error
    call.finish()
    return [known(call.label, values, other) for values, other in zip(results, others, strict=True)]


def _run(call: Call, values: list[Values]) -> list[Values]:
    with np.errstate(all="ignore"):
        result = _FOLDS[call.op](call, values)
    results = result if isinstance(result, list) else [result]
    for array in results:
        _bounded(call, array.shape)
    return [np.asarray(array) for array in results]


def _bounded(call: Call, shape: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in shape)
    if len(sizes) > 16 or any(size < 0 for size in sizes) or math.prod(sizes) > MOST_FOLDED:
        raise call.wrong(f"makes a constant of {math.prod(sizes):.3g} values")
    return sizes


def constant_node(node: NodeProto) -> Constant:
    """Constant: a tensor, a number or a list of numbers.

    Raises:
        GraphError: if it is something else.
    """
    from netparity.networks.reading.onnx.file import of_tensor

    call = Call(node, 0, (), 1)
    for attribute in node.attribute:
        if attribute.name == "value":
            return of_tensor(attribute.t, call.label)
        if attribute.name in ("value_float", "value_floats"):
            values = call.attribute(attribute.name)
            return known(call.label, np.array(values, np.float32))
        if attribute.name in ("value_int", "value_ints"):
            values = call.attribute(attribute.name)
            return known(call.label, np.array(values, np.int64))
    raise call.wrong("holds something other than numbers")


def constant_nodes(nodes: Sequence[NodeProto]) -> dict[str, Constant]:
    """The constants that nodes hold, by name."""
    return {
        node.output[0]: constant_node(node)
        for node in nodes
        if node.op_type == "Constant" and node.output
    }


def _filled(call: Call, values: list[Values]) -> Values:
    from netparity.networks.reading.onnx.file import of_tensor

    shape = _bounded(call, values[0].ravel().tolist())
    fill: Values = np.zeros(1, np.float32)
    if "value" in call.attributes:
        fill = of_tensor(call.attributes.pop("value").t, call.label).fetch().ravel()[:1]
    return np.full(shape, fill[0], fill.dtype)


def _range(call: Call, values: list[Values]) -> Values:
    start, limit, step = (array.ravel()[0] for array in values)
    if step == 0 or abs((float(limit) - float(start)) / float(step)) > MOST_FOLDED:
        raise call.wrong("makes a range of very many values")
    return np.arange(start, limit, step, dtype=values[0].dtype)


def _concat(call: Call, values: list[Values]) -> Values:
    return np.concatenate(values, axis=call.attribute("axis", 0))


def _gather(call: Call, values: list[Values]) -> Values:
    axis = call.attribute("axis", 0)
    rest = values[0].shape[:axis] + values[0].shape[axis:][1:]
    _bounded(call, (*rest, *values[1].shape))
    return np.asarray(np.take(values[0], values[1], axis=axis))


def _slice(call: Call, values: list[Values]) -> Values:
    steps: Sequence[int]
    if len(values) == 1:
        starts, ends = call.attribute("starts", ()), call.attribute("ends", ())
        axes = call.attribute("axes", tuple(range(len(starts))))
        steps = (1,) * len(starts)
    else:
        starts, ends = values[1].ravel().tolist(), values[2].ravel().tolist()
        axes = values[3].ravel().tolist() if len(values) > 3 else range(len(starts))
        steps = values[4].ravel().tolist() if len(values) > 4 else (1,) * len(starts)
    window = [slice(None)] * values[0].ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        whole = step < 0 and end < -values[0].shape[axis]
        window[axis] = slice(start, None if whole else end, step)
    return np.asarray(values[0][tuple(window)])


def _expand(call: Call, values: list[Values]) -> Values:
    shape = np.broadcast_shapes(values[0].shape, tuple(values[1].ravel().tolist()))
    return np.broadcast_to(values[0], _bounded(call, shape))


def _product(call: Call, values: list[Values]) -> Values:
    axes = call.attribute("axes", None)
    if len(values) > 1:
        axes = tuple(values[1].ravel().tolist())
    keep = bool(call.attribute("keepdims", 1))
    return np.asarray(np.prod(values[0], axis=axes, keepdims=keep, dtype=values[0].dtype))


def _divide(left: Values, right: Values) -> Values:
    if left.dtype.kind in "iu":  # whole numbers are cut off towards zero
        return np.asarray(np.trunc(left / right).astype(left.dtype))
    return np.asarray(left / right)


def _elementwise(function: Callable[..., Values]) -> Fold:
    def run(call: Call, values: list[Values]) -> Values:
        _bounded(call, np.broadcast_shapes(*(array.shape for array in values)))
        result = function(*values)
        return np.asarray(result)

    return run


def _in_type(function: Callable[..., Values]) -> Fold:
    """An operation that keeps the type of its first operand."""
    plain = _elementwise(function)

    def run(call: Call, values: list[Values]) -> Values:
        return np.asarray(plain(call, values)).astype(values[0].dtype)

    return run


_FOLDS: dict[str, Fold] = {
    "ConstantOfShape": _filled,
    "Range": _range,
    "Concat": _concat,
    "Gather": _gather,
    "Slice": _slice,
    "Expand": _expand,
    "ReduceProd": _product,
    "Shape": lambda call, values: np.array(
        values[0].shape[call.attribute("start", 0) : call.attribute("end", None)], np.int64
    ),
    "Size": lambda call, values: np.array(values[0].size, np.int64),
    "Add": _in_type(np.add),
    "Sub": _in_type(np.subtract),
    "Mul": _in_type(np.multiply),
    "Div": _in_type(_divide),
    "Pow": _in_type(np.power),
    "Neg": _in_type(np.negative),
    "Sqrt": _in_type(np.sqrt),
    "Reciprocal": _in_type(np.reciprocal),
    "Exp": _in_type(np.exp),
    "Floor": _in_type(np.floor),
    "Ceil": _in_type(np.ceil),
    "Abs": _in_type(np.abs),
    "Min": _in_type(lambda *values: np.minimum.reduce(values)),
    "Max": _in_type(lambda *values: np.maximum.reduce(values)),
    "Where": _elementwise(np.where),
    "Equal": _elementwise(np.equal),
    "Greater": _elementwise(np.greater),
    "Less": _elementwise(np.less),
    "Not": _elementwise(np.logical_not),
}
