"""Activation functions that exporters write as several nodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.expressions import Expressions, Pattern, near

if TYPE_CHECKING:
    from onnx import NodeProto


def gelu(view: Expressions, node: NodeProto) -> Pattern | None:
    """x/2 (1 + erf(x / sqrt 2)), or tanh(sqrt(2 / pi) (x + 0.044715 x^3)) in place of erf."""
    product = view.product(node)
    if not near(product.factor, 0.5) or len(product.terms) != 2:
        return None
    for x, lifted in view.orders(*product.terms):
        sum_node = view.maker(lifted, "Add")
        parts = view.split(sum_node) if sum_node is not None else None
        if parts is None or not near(parts[1], 1.0):
            continue
        curve = view.maker(parts[0], "Erf", "Tanh")
        if curve is not None and _is_inner(view, curve, x):
            return Pattern("gelu", x, {"approximate": curve.op_type == "Tanh"})
    return None


def _is_inner(view: Expressions, curve: NodeProto, x: str) -> bool:
    inner = view.maker(curve.input[0], "Mul", "Div")
    if inner is None:
        return False
    product = view.product(inner)
    if curve.op_type == "Erf":
        return near(product.factor, math.sqrt(0.5)) and view.same(x, *product.terms)
    if not near(product.factor, math.sqrt(2 / math.pi)):
        return False
    if len(product.terms) == 1:
        return _is_cubic(view, product.terms[0], x)
    others = [term for term in product.terms if not view.same(term, x)]
    return len(product.terms) == 2 and len(others) == 1 and _is_cubic(view, others[0], "", x)


def _is_cubic(view: Expressions, name: str, first: str, x: str = "") -> bool:
    """Whether it is first + 0.044715 first^3, or 1 + 0.044715 x^2."""
    total = view.maker(name, "Add")
    if total is None or len(total.input) != 2:
        return False
    for plain, power in view.orders(*total.input):
        starts = view.same(plain, first) if first else near(view.scalar(plain), 1.0)
        node = view.maker(power, "Mul") if starts else None
        if node is None:
            continue
        product = view.product(node)
        exponent = 3 if first else 2
        return near(product.factor, 0.044715) and _is_power(
            view, product.terms, first or x, exponent
        )
    return False


def _is_power(view: Expressions, terms: tuple[str, ...], x: str, exponent: int) -> bool:
    count = 0
    for term in terms:
        if view.same(term, x):
            count += 1
            continue
        power = view.maker(term, "Pow", "Mul")
        if power is None or not view.same(power.input[0], x):
            return False
        if power.op_type == "Mul":
            count += 2 if view.same(power.input[1], x) else 100
        else:
            count += round(view.scalar(power.input[1]) or 100)
    return count == exponent


def gated(view: Expressions, node: NodeProto) -> Pattern | None:
    """The product x sigmoid(x), and its piecewise linear forms."""
    product = view.product(node)
    if len(product.terms) != 2:
        return None
    for x, gate in view.orders(*product.terms):
        sigmoid = view.maker(gate, "Sigmoid")
        if sigmoid is not None and near(product.factor, 1.0) and view.same(sigmoid.input[0], x):
            return Pattern("swish", x)
        hard = view.maker(gate, "HardSigmoid")
        if hard is not None and near(product.factor, 1.0) and view.same(hard.input[0], x):
            call = Call(hard, 0, (), 1)
            slope, offset = call.attribute("alpha", 0.2), call.attribute("beta", 0.5)
            if near(slope, 1 / 6) and near(offset, 0.5):
                return Pattern("hard_swish", x)
        if near(product.factor, 1 / 6) and _is_clipped(view, gate, x):
            return Pattern("hard_swish", x)
    return None


def hard_sigmoid(view: Expressions, node: NodeProto) -> Pattern | None:
    """clip(x + 3, 0, 6) / 6."""
    product = view.product(node)
    if len(product.terms) != 1 or not near(product.factor, 1 / 6):
        return None
    x = _clipped(view, product.terms[0])
    return Pattern("hard_sigmoid", x, {"slope": 1 / 6, "offset": 0.5}) if x else None


def _is_clipped(view: Expressions, gate: str, x: str) -> bool:
    source = _clipped(view, gate)
    return source is not None and view.same(source, x)


def _clipped(view: Expressions, name: str) -> str | None:
    """The x of clip(x + 3, 0, 6)."""
    clip = view.maker(name, "Clip")
    if clip is None:
        return None
    low, high = view.bounds(clip)
    moved = view.maker(clip.input[0], "Add")
    parts = view.split(moved) if moved is not None else None
    if parts is None or low != 0 or not near(high, 6.0) or not near(parts[1], 3.0):
        return None
    return parts[0]
