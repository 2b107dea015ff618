"""What each operation becomes in the normal form: a function for each that is not taken as it is.

A rule may only join what computes the same function from every input, whatever the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from netparity.networks.graph import Node
from netparity.networks.matching import pools, products
from netparity.networks.matching.building import Builder, Value, defaults, total
from netparity.networks.matching.composed import Found, recognised
from netparity.networks.matching.views import whole

Rule = Callable[[Builder, Node], Value]


def rule_of(node: Node) -> Rule:
    """How a node becomes a piece."""
    if node.op in _ELEMENTWISE:
        return _elementwise
    return _RULES.get(node.op, _as_it_is)


def _as_it_is(builder: Builder, node: Node) -> Value:
    places = [builder.plain(name) for name in node.inputs]
    return builder.add(node, node.op, places, builder.attributes(node), builder.forms(node))


def _nothing(builder: Builder, node: Node) -> Value:
    """The value of its input."""
    return builder.value(node.inputs[0])


def _elementwise(builder: Builder, node: Node) -> Value:
    """Before any rearrangement of its input, since the order of the values does not matter."""
    op, attributes = node.op, builder.attributes(node)
    if op == "clipped_relu" and attributes["maximum"] is None:
        if attributes["minimum"] is None:
            return _nothing(builder, node)
        if attributes["minimum"] == 0:
            op, attributes = "relu", {}
    if op == "leaky_relu" and attributes["slope"] == 0:
        op, attributes = "relu", {}
    value = builder.value(node.inputs[0])
    source = builder.pieces[value.place]
    if op == "relu" and source.nonnegative:
        return value
    if op in _MONOTONE and source.op in ("max_pool", "global_max") and source.node is not None:
        # The largest value is the same before and after; so it is written as most networks do.
        [below] = source.inputs
        shape = builder.pieces[below].shape
        before = builder.add(node, op, (below,), attributes, shape=shape)
        kind, shape = source.op, source.shape
        made = builder.add(source.node, kind, (before.place,), source.attributes, shape=shape)
        return Value(made.place, value.view)
    made = builder.add(node, op, (value.place,), attributes, shape=source.shape)
    return Value(made.place, value.view)


def _together(builder: Builder, node: Node) -> Value:
    """Value by value; before a rearrangement that all inputs have in common."""
    values = [builder.value(name) for name in node.inputs]
    shapes = {builder.pieces[value.place].shape for value in values}
    if len({value.view for value in values}) == 1 and len(shapes) == 1:
        places = [value.place for value in values]
        op, places, attributes = _named(builder, node.op, places)
        made = builder.add(node, op, places, {**defaults(op), **attributes}, shape=shapes.pop())
        return Value(made.place, values[0].view)
    return _as_it_is(builder, node)


def _named(builder: Builder, op: str, places: list[int]) -> Found:
    """The name of a sum or product that other tools have as one operation."""
    if op == "multiply" and len(places) == 2:
        for x, gate in (places, places[::-1]):
            piece = builder.pieces[gate]
            if piece.op == "sigmoid" and piece.inputs == (x,):
                return "swish", [x], {}
    found = recognised(builder, places) if op == "add" else None
    return found or (op, places, {})


def _flatten(builder: Builder, node: Node) -> Value:
    shape = builder.shape(node.inputs[0])
    order = node.attributes.get("order", ())
    order = order if len(order) == len(shape) else tuple(range(len(shape)))
    value = _transposed(builder, node.inputs[0], order)
    return Value(value.place, value.view.reshaped((total(shape),)))


def _reshape(builder: Builder, node: Node) -> Value:
    value = builder.value(node.inputs[0])
    return Value(value.place, value.view.reshaped(builder.shape(node.name)))


def _transpose(builder: Builder, node: Node) -> Value:
    return _transposed(builder, node.inputs[0], node.attributes["order"])


def _transposed(builder: Builder, name: str, order: tuple[int, ...]) -> Value:
    value = builder.value(name)
    source = builder.pieces[value.place].shape
    view = value.view.transposed(source, order)
    if view is None:
        place = builder.settled(value)
        shape = builder.pieces[place].shape
        view = whole(shape).transposed(shape, order)
        assert view is not None
        return Value(place, view)
    return Value(value.place, view)


def _batch_norm(builder: Builder, node: Node) -> Value:
    """With the values of both networks at hand, epsilon is part of the variance.

    MatConvNet stores the root of their sum, from which a variance is only known up to rounding.
    """
    attributes, forms = builder.attributes(node), builder.forms(node)
    if builder.drop_neutral:
        forms["variance"] = replace(forms["variance"], offset=attributes.pop("epsilon"))
    return builder.add(node, node.op, (builder.plain(node.inputs[0]),), attributes, forms)


def _scale_shift(builder: Builder, node: Node) -> Value:
    """Behind a batch normalisation without scale and bias, as in Caffe: those of one with both."""
    forms = builder.forms(node)
    if not forms:
        return _nothing(builder, node)
    place = builder.plain(node.inputs[0])
    source = builder.pieces[place]
    for_channels = all(form.shape == source.shape[-1:] for form in forms.values())
    if source.op == "batch_norm" and for_channels and not source.tensors.keys() & {"scale", "bias"}:
        joined = {**source.tensors, **forms}
        return builder.add(node, "batch_norm", source.inputs, source.attributes, joined)
    return builder.add(node, node.op, (place,), builder.attributes(node), forms)


def _unless_neutral(is_neutral: Callable[[Builder, Node], bool]) -> Rule:
    def rule(builder: Builder, node: Node) -> Value:
        return (_nothing if is_neutral(builder, node) else _as_it_is)(builder, node)

    return rule


def _without_border(builder: Builder, node: Node) -> bool:
    changed = node.attributes["pads" if node.op == "pad" else "crops"]
    return not any(size for pair in changed for size in pair)


def _keeps_size(builder: Builder, node: Node) -> bool:
    return builder.shape(node.inputs[0]) == builder.shape(node.name)


_ELEMENTWISE = {
    *("relu", "leaky_relu", "clipped_relu", "sigmoid", "hard_sigmoid", "swish", "hard_swish"),
    *("elu", "selu", "tanh", "gelu", "softplus"),
}

_MONOTONE = {"relu", "clipped_relu"}

_RULES: dict[str, Rule] = {
    "identity": _nothing,
    "dropout": _nothing,
    "flatten": _flatten,
    "reshape": _reshape,
    "transpose": _transpose,
    "conv": products.conv,
    "dense": products.dense,
    "max_pool": pools.max_pool,
    "average_pool": pools.average_pool,
    "global_average": pools.over_all,
    "global_max": pools.over_all,
    "mean": pools.mean,
    "batch_norm": _batch_norm,
    "add": _together,
    "multiply": _together,
    "subtract": _together,
    "divide": _together,
    "pad": _unless_neutral(_without_border),
    "crop": _unless_neutral(_without_border),
    "resize": _unless_neutral(_keeps_size),
    "concat": _unless_neutral(lambda builder, node: len(node.inputs) == 1),
    "scale_shift": _scale_shift,
}
