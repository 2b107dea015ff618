"""Normalisations that exporters write as several nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netparity.networks.reading.onnx.calls import shortest
from netparity.networks.reading.onnx.expressions import Expressions, Pattern

if TYPE_CHECKING:
    from onnx import NodeProto


def layer_norm(view: Expressions, node: NodeProto) -> Pattern | None:
    """(x - mean) / sqrt(mean((x - mean)^2) + epsilon), scaled and shifted if it is."""
    tensors: dict[str, str] = {}
    current: NodeProto | None = node
    for op, role in (("Add", "bias"), ("Mul", "scale")):
        if current is not None and current.op_type == op:
            parts = _with_constant(view, current)
            if parts is not None:
                view.visited.add(current.output[0])
                tensors[role] = parts[1]
                current = view.maker(parts[0], "Mul", "Div")
    if current is None:
        return None
    view.visited.add(current.output[0])
    for centred, inverse in _divided(view, current):
        difference = view.maker(centred, "Sub")
        attributes = _statistics(view, difference, inverse) if difference is not None else None
        if difference is not None and attributes is not None:
            return Pattern("layer_norm", difference.input[0], attributes, tensors)
    return None


def folded_layer_norm(view: Expressions, node: NodeProto) -> Pattern | None:
    """TensorFlow's form: x f + (bias - mean f) with f = scale / sqrt(variance + epsilon)."""
    view.visited.add(node.output[0])
    for scaled, rest in view.orders(*node.input):
        product, offset = view.maker(scaled, "Mul"), view.maker(rest, "Add")
        shifted = _with_constant(view, offset) if offset is not None else None
        moved = view.maker(shifted[0], "Mul") if shifted is not None else None
        if product is None or shifted is None or moved is None:
            continue
        for x, factor in view.orders(*product.input):
            others = [name for name in moved.input if not view.same(name, factor)]
            negated = view.maker(others[0], "Neg") if len(others) == 1 else None
            found = _of_factor(view, x, factor) if negated is not None else None
            if negated is None or found is None:
                continue
            if view.same(*(view.beyond_reshapes(name) for name in (negated.input[0], found[0]))):
                tensors = {**found[2], "bias": shifted[1]}
                return Pattern("layer_norm", x, found[1], tensors)
    return None


def _of_factor(
    view: Expressions, x: str, factor: str
) -> tuple[str, dict[str, Any], dict[str, str]] | None:
    """The mean, the attributes and the scale of f = scale / sqrt(variance + epsilon)."""
    tensors = {}
    scaled = view.maker(factor, "Mul")
    if scaled is not None:
        parts = _with_constant(view, scaled)
        if parts is None:
            return None
        factor, tensors["scale"] = parts
    inverse = view.maker(factor, "Reciprocal")
    root = view.maker(inverse.input[0], "Sqrt") if inverse is not None else None
    total = view.maker(root.input[0], "Add") if root is not None else None
    parts_of_sum = view.split(total) if total is not None else None
    variance = view.maker(parts_of_sum[0], "ReduceMean") if parts_of_sum is not None else None
    square = view.maker(variance.input[0], "Mul", "Pow") if variance is not None else None
    difference = view.maker(square.input[0], "Sub") if square is not None else None
    if inverse is None or difference is None or not view.same(difference.input[0], x):
        return None
    attributes = _statistics(view, difference, inverse.input[0])
    return None if attributes is None else (difference.input[1], attributes, tensors)


def _with_constant(view: Expressions, node: NodeProto) -> tuple[str, str] | None:
    for name, other in view.orders(*node.input):
        if view.constant(other) is not None and view.constant(name) is None:
            return name, other
    return None


def _divided(view: Expressions, node: NodeProto) -> Iterator[tuple[str, str]]:
    """What may be divided, with what may be the divisor."""
    if node.op_type == "Div":
        yield node.input[0], node.input[1]
    elif node.op_type == "Mul":
        for name, other in view.orders(*node.input):
            inverse = view.maker(other, "Reciprocal")
            if inverse is not None:
                yield name, inverse.input[0]


def _statistics(view: Expressions, difference: NodeProto, divisor: str) -> dict[str, Any] | None:
    """Axes and epsilon, if the divisor is the deviation of what the difference is of."""
    root = view.maker(divisor, "Sqrt")
    total = view.maker(root.input[0], "Add") if root is not None else None
    parts = view.split(total) if total is not None else None
    variance = view.maker(parts[0], "ReduceMean") if parts is not None else None
    mean = _mean_of(view, difference)
    square = view.maker(variance.input[0], "Pow", "Mul") if variance is not None else None
    if variance is None or parts is None or mean is None or square is None:
        return None
    if not _is_square(view, square, difference):
        return None
    axes = view.axes(variance)
    return {"axes": axes, "epsilon": parts[1]} if axes and axes == view.axes(mean) else None


def _mean_of(view: Expressions, difference: NodeProto) -> NodeProto | None:
    """The mean that is subtracted from x, if it is that of x."""
    mean = view.maker(view.beyond_reshapes(difference.input[1]), "ReduceMean")
    return mean if mean is not None and view.same(mean.input[0], difference.input[0]) else None


def _is_square(view: Expressions, square: NodeProto, difference: NodeProto) -> bool:
    """Whether it is the square of a difference, which may be computed twice."""
    if square.op_type == "Pow" and view.scalar(square.input[1]) != 2:
        return False
    sources = [square.input[0]] if square.op_type == "Pow" else list(square.input)
    for source in sources:
        if view.same(source, difference.output[0]):
            continue
        other = view.maker(source, "Sub")
        if other is None or not view.same(other.input[0], difference.input[0]):
            return False
        if _mean_of(view, other) is None:
            return False
    return True


def unit_length(view: Expressions, node: NodeProto) -> Pattern | None:
    """Division by the norm, x / |x|, which is kept from zero in one of several ways."""
    view.visited.add(node.output[0])
    for x, norm in _divided(view, node):
        found = _norm(view, x, norm)
        if found is not None:
            return found
    return _of_limited_inverse(view, node)


def _of_limited_inverse(view: Expressions, node: NodeProto) -> Pattern | None:
    """The product x min(1 / |x|, c), where 1 / c keeps the norm from zero."""
    for x, other in view.orders(*node.input):
        limited = view.maker(other, "Min")
        parts = view.split(limited) if limited is not None else None
        inverse = view.maker(parts[0], "Reciprocal") if parts is not None else None
        found = _norm(view, x, inverse.input[0]) if inverse is not None else None
        if found is None or parts is None or "epsilon" in found.attributes or parts[1] <= 0:
            continue
        return replace(found, attributes={**found.attributes, "epsilon": shortest(1 / parts[1])})
    return None


def _norm(view: Expressions, x: str, norm: str) -> Pattern | None:
    root = view.maker(norm, "Sqrt")
    limited = _limited(view, norm if root is None else root.input[0], rooted=root is not None)
    if limited is None:
        return None
    name, attributes = limited
    total = view.maker(name, *(_SQUARES if root is not None else ("ReduceL2",)))
    axes = view.axes(total) if total is not None else None
    if total is None or axes is None or not view.same(_reduced(view, total), x):
        return None
    return Pattern("l2_norm", x, {"axes": axes, **attributes})


def _limited(view: Expressions, name: str, rooted: bool) -> tuple[str, dict[str, Any]] | None:
    """What is kept from zero, with how."""
    limit = view.maker(name, "Max", "Clip", *(("Add",) if rooted else ()))
    if limit is None:
        return name, {}
    if limit.op_type == "Clip":
        low, high = view.bounds(limit)
        parts = None if low is None or high is not None else (limit.input[0], low)
    else:
        parts = view.split(limit)
    if parts is None:
        return None
    combine = "add" if limit.op_type == "Add" else "max_square" if rooted else "max"
    return parts[0], {"epsilon": parts[1], "combine": combine}


def _reduced(view: Expressions, total: NodeProto) -> str:
    """The tensor whose squares are added; none if it is something else."""
    if total.op_type != "ReduceSum":
        return str(total.input[0])
    square = view.maker(total.input[0], "Mul", "Pow")
    if square is None or (square.op_type == "Pow" and view.scalar(square.input[1]) != 2):
        return ""
    return str(square.input[0]) if square.op_type == "Pow" or view.same(*square.input) else ""


_SQUARES = ("ReduceSumSquare", "ReduceSum")
