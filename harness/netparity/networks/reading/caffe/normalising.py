"""BatchNorm, Scale, Bias, LRN and Softmax."""

from __future__ import annotations

import numpy as np

from netparity.networks.node import Shape
from netparity.networks.reading.caffe.assembly import (
    Array,
    Assembly,
    Tensor,
    Value,
    axis_of,
    own_axis,
    vector,
    weights,
)
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import Message, WrongError

_BLOBS = 3


def batch_norm(layer: Layer, graph: Assembly) -> Value:
    """Mean and variance are sums that the third blob divides; nothing else is in this layer."""
    given = layer.parameters("batch_norm_param")
    [x] = graph.read(layer)
    if not given.flag("use_global_stats", True):
        if graph.is_deploy:
            raise WrongError(
                "states use_global_stats: false, so that Caffe takes mean and variance of the "
                "images at hand, which netparity does not compute; fix: use_global_stats: true"
            )
        graph.notes.append(
            f"layer {layer.name[:80]!r} states use_global_stats: false, for training; the stored "
            "mean and variance are used"
        )
    if layer.has_weights and len(layer.blobs) != _BLOBS:
        raise WrongError(
            f"has {len(layer.blobs)} blobs of weights, expected {_BLOBS}: mean, variance and the "
            "factor that divides both"
        )
    tensors = {
        role: _divided(layer, vector(layer, place, x.shape[-1]))
        for place, role in enumerate(("mean", "variance"))
    }
    return graph.add(layer, "batch_norm", [x], {"epsilon": given.number("eps", 1e-5)}, tensors)


def _divided(layer: Layer, tensor: Tensor) -> Tensor:
    load = tensor.load
    if load is None:
        return tensor
    factor = vector(layer, 2, 1).load
    assert factor is not None

    def divided() -> Array:
        [divisor] = factor().astype(np.float64)
        if divisor == 0:  # as Caffe does before the first step of a training
            return np.zeros(tensor.shape, np.float32)
        return np.asarray(load().astype(np.float64) / divisor, np.float32)

    return Tensor(tensor.shape, divided)


def scale(layer: Layer, graph: Assembly) -> Value:
    """A factor for each channel, perhaps with a bias; or the product of two blobs."""
    given = layer.parameters("scale_param")
    if len(layer.bottoms) > 1:
        return _combined(layer, graph, given, "multiply")
    [x] = graph.read(layer)
    roles = ("scale", "bias") if given.flag("bias_term", False) else ("scale",)
    tensors = {role: _along(layer, place, x, given) for place, role in enumerate(roles)}
    return graph.add(layer, "scale_shift", [x], {}, tensors)


def bias(layer: Layer, graph: Assembly) -> Value:
    """A summand for each channel, or the sum of two blobs."""
    given = layer.parameters("bias_param")
    if len(layer.bottoms) > 1:
        return _combined(layer, graph, given, "add")
    [x] = graph.read(layer)
    return graph.add(layer, "scale_shift", [x], {}, {"bias": _along(layer, 0, x, given)})


def _along(layer: Layer, place: int, x: Value, given: Message) -> Tensor:
    """A blob that covers some axes of a value, beginning at `axis`, broadcast to the others."""
    first, count = axis_of(x, given.integer("axis", 1)), given.integer("num_axes", 1)
    end = x.rank if count == -1 else first + count
    if first == 0 or count < -1 or end > x.rank:
        raise WrongError(f"covers {count} axes from axis {first} of a blob of {x.rank} axes")
    sizes: Shape = x.sizes[first - 1 : end - 1]
    if sizes == x.sizes[:1]:
        return vector(layer, place, x.shape[-1])
    full = (1,) * (first - 1) + sizes + (1,) * (x.rank - end)
    shape = full if len(full) == 1 else (*full[1:], full[0])

    def arranged(values: Array) -> Array:
        spread = values.reshape(full)
        return spread if len(full) == 1 else spread.transpose(1, 2, 0)

    return weights(layer, place, sizes or (1,), arranged, shape)


def _combined(layer: Layer, graph: Assembly, given: Message, op: str) -> Value:
    """Two blobs of the same shape, or the second with one value for each channel."""
    x, other = graph.read(layer, 2)
    axis = given.integer("axis", 1)
    per_channel = len(other.shape) == 1 and other.shape == x.shape[-1:] and axis == 0
    if given.flag("bias_term", False) if "bias_term" in given.values else False:
        raise WrongError("has two blobs and a bias, which netparity does not read")
    if not per_channel and (other.shape != x.shape or axis != 0):
        raise WrongError(
            f"reads two blobs along axis {axis}; netparity reads axis 0, and a second blob of the "
            "same shape or with a value for each channel"
        )
    return graph.add(layer, op, [x, other])


def lrn(layer: Layer, graph: Assembly) -> Value:
    """Caffe divides alpha by the size of the window."""
    given = layer.parameters("lrn_param")
    [x] = graph.read(layer)
    if given.word("norm_region", "ACROSS_CHANNELS") != "ACROSS_CHANNELS":
        raise WrongError(
            "normalises within each channel (WITHIN_CHANNEL), which netparity does not read; it "
            "reads ACROSS_CHANNELS"
        )
    size = given.integer("local_size", 5)
    if size < 1 or size % 2 == 0:
        raise WrongError(f"has local_size {size}, expected an odd number")
    attributes = {
        "size": size,
        "alpha": given.number("alpha", 1.0) / size,
        "beta": given.number("beta", 0.75),
        "kappa": given.number("k", 1.0),
    }
    return graph.add(layer, "lrn", [x], attributes)


def softmax(layer: Layer, graph: Assembly) -> Value:
    """Over the channels unless it says otherwise."""
    given = layer.parameters("softmax_param")
    [x] = graph.read(layer)
    axis = own_axis(x, given.integer("axis", 1))
    return graph.add(layer, "softmax", [x], {"axis": axis - len(x.shape)})
