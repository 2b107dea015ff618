"""Convolutions and dense layers in their normal form."""

from __future__ import annotations

from netparity.networks.graph import Node
from netparity.networks.matching.building import Builder, Value, defaults, total
from netparity.networks.matching.padding import unpadded
from netparity.networks.matching.pieces import TensorForm
from netparity.networks.matching.views import Rearrangement, reshaping, whole, without_ones
from netparity.networks.matching.windows import added, covers_all, pads_as_used


def conv(builder: Builder, node: Node) -> Value:
    """With the zeros before it as its padding; one as large as its input is a dense layer."""
    attributes, forms = builder.attributes(node), builder.forms(node)
    kernel = builder.network.tensors[node.tensors["kernel"]]
    forms["kernel"] = TensorForm(node.tensors["kernel"], reshaping(kernel, kernel))
    place, size, pads = unpadded(builder, node.inputs[0])
    attributes["pads"] = added(attributes["pads"], pads)
    output = builder.shape(node.name)
    attributes = pads_as_used(attributes, kernel[:2], size, output)
    if attributes["groups"] == 1 and covers_all(attributes, kernel[:2], size):
        value = Value(place, whole(builder.pieces[place].shape))
        forms["kernel"] = _dense_kernel(builder, value, node.tensors["kernel"])
        return builder.add(node, "dense", (place,), {}, forms)
    if attributes["groups"] == 1 and builder.pieces[place].channels_of_image:
        forms["kernel"] = TensorForm(node.tensors["kernel"], reshaping(kernel, kernel), 2)
    return builder.add(node, "conv", (place,), attributes, forms)


def _dense_kernel(builder: Builder, value: Value, name: str) -> TensorForm:
    """The kernel of a dense layer, its rows in the order in which the piece has the values."""
    piece = builder.pieces[value.place]
    source, order = piece.shape, value.view.order
    kernel = builder.network.tensors[name]
    split = (*(source[axis] for axis in order), kernel[-1])
    back = sorted(range(len(source)), key=order.__getitem__)
    result = (*without_ones(source), kernel[-1])
    into = Rearrangement(kernel, split, (*back, len(source)), result)
    return TensorForm(name, into, len(result) - 2 if piece.channels_of_image else None)


def dense(builder: Builder, node: Node) -> Value:
    """With a kernel in the order in which its input was before any flatten."""
    value, shape = builder.value(node.inputs[0]), builder.shape(node.inputs[0])
    kernel = builder.network.tensors[node.tensors["kernel"]]
    forms = builder.forms(node)
    if total(shape) == total(kernel[:-1]):
        forms["kernel"] = _dense_kernel(builder, value, node.tensors["kernel"])
        return builder.add(node, "dense", (value.place,), {}, forms)
    place = builder.plain(node.inputs[0])
    if len(shape) == 3:  # at every place: a convolution of 1 x 1
        form = TensorForm(node.tensors["kernel"], reshaping(kernel, (1, 1, *kernel)))
        forms["kernel"] = form
        return builder.add(node, "conv", (place,), defaults("conv"), forms)
    return builder.add(node, "dense", (place,), {"on": "last axis"}, forms)
