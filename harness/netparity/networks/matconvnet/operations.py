"""Each operation of netparity by one of MatConvNet's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netparity.networks.matconvnet import composed
from netparity.networks.matconvnet.composed import same
from netparity.networks.matconvnet.layers import (
    EMPTY_FILTERS,
    Fields,
    Parameter,
    Values,
    by_columns,
    constant,
    vector,
)
from netparity.networks.matconvnet.lowered import IN_ORDER, Flat, Lowered
from netparity.networks.node import Node, Shape
from netparity.networks.ops.base import wrong
from netparity.networks.ops.windows import pooled_size


def _conv(low: Lowered, node: Node) -> None:
    shape = low.tensor_shape(node, "kernel")
    kernel = by_columns("filter", shape, lambda: low.tensor(node, "kernel"))
    fields = {
        "size": shape,
        "pad": low.attribute(node, "pads"),
        "stride": low.attribute(node, "strides"),
        "dilate": low.attribute(node, "dilations"),
    }
    low.add(node, "Conv", *_with_bias(low, node, fields, kernel, shape[3]))


def _conv_transpose(low: Lowered, node: Node) -> None:
    shape, groups = low.tensor_shape(node, "kernel"), low.attribute(node, "groups")
    kernel = by_columns("filter", shape, lambda: low.tensor(node, "kernel"))
    fields = {
        "size": shape,
        "upsample": low.attribute(node, "strides"),
        "crop": low.attribute(node, "crops"),
        "numGroups": (groups,),
    }
    low.add(node, "ConvTranspose", *_with_bias(low, node, fields, kernel, shape[2] * groups))


def _dense(low: Lowered, node: Node) -> None:
    """A convolution whose kernel is as large as its input, or 1 x 1 on every place of a map."""
    [source] = node.inputs
    kernel, shape = low.tensor_shape(node, "kernel"), low.shape(source)
    units = kernel[-1]
    if len(kernel) == 2 and len(low.network.shapes[source]) == 3:
        shape = (1, 1, kernel[0])
    order = low.flats[source].order if source in low.flats else IN_ORDER

    def filters() -> Values:
        """The kernel's rows, listed as the input is flattened, put back at their places."""
        listed = low.tensor(node, "kernel").reshape(*(shape[axis] for axis in order), units)
        return listed.transpose(*np.argsort(order), 3)

    size = (*shape, units)
    fields = {"size": size, "pad": (0,) * 4, "stride": (1, 1), "dilate": (1, 1)}
    parameter = by_columns("filter", size, filters)
    low.add(node, "Conv", *_with_bias(low, node, fields, parameter, units))


def _with_bias(
    low: Lowered, node: Node, fields: dict[str, Shape], kernel: Parameter, count: int
) -> tuple[Fields, tuple[Parameter, ...]]:
    biased = "bias" in node.tensors
    bias = (vector("bias", count, lambda: low.tensor(node, "bias")),) if biased else ()
    return {**fields, "hasBias": biased}, (kernel, *bias)


def _pool(low: Lowered, node: Node) -> None:
    """A ceiling becomes padding after the image, which no maximum or mean takes in.

    Padding that counts in a mean is made before, by a layer of its own.
    """
    window, strides = low.attribute(node, "window"), low.attribute(node, "strides")
    stated = low.attribute(node, "pads")
    pads = list(stated)
    if low.attribute(node, "ceil"):
        shape = low.shape(node.inputs[0])
        for axis in (0, 1):
            before, after = pads[2 * axis : 2 * axis + 2]
            sizes = (shape[axis], window[axis], strides[axis], before, after, 1)
            reach = (pooled_size(*sizes, ceil=True) - 1) * strides[axis] + window[axis]
            pads[2 * axis + 1] = max(after, reach - shape[axis] - before)
    source = None
    if node.op == "average_pool" and low.attribute(node, "count_padding") and any(stated):
        source = _padded(low, node, stated, "padded")
        pads = [pad - counted for pad, counted in zip(pads, stated, strict=True)]
    method = "avg" if node.op == "average_pool" else "max"
    _add_pool(low, node, method, window, strides, pads, source)


def _global_pool(low: Lowered, node: Node) -> None:
    method = "max" if node.op == "global_max" else "avg"
    _add_pool(low, node, method, low.shape(node.inputs[0])[:2], (1, 1), [0] * 4)


def _add_pool(
    low: Lowered,
    node: Node,
    method: str,
    window: Shape,
    strides: Shape,
    pads: list[int],
    source: str | None = None,
) -> None:
    fields: Fields = {"method": method, "poolSize": window, "pad": tuple(pads), "stride": strides}
    low.add(node, "Pooling", fields, inputs=None if source is None else (source,))


def _batch_norm(low: Lowered, node: Node) -> None:
    """Moments are the mean and the root of variance plus epsilon."""
    [count] = low.tensor_shape(node, "mean")
    epsilon = float(low.attribute(node, "epsilon"))

    def given(role: str, default: float) -> Callable[[], Values]:
        if role in node.tensors:
            return lambda: low.tensor(node, role)
        return lambda: np.full(count, default, np.float32)

    def moments() -> Values:
        deviation = np.sqrt(low.tensor(node, "variance").astype(np.float64) + epsilon)
        return np.stack([low.tensor(node, "mean"), deviation], axis=1).astype(np.float32)

    parameters = (
        vector("mult", count, given("scale", 1.0)),
        vector("bias", count, given("bias", 0.0)),
        by_columns("moments", (count, 2), moments),
    )
    low.add(node, "BatchNorm", {"numChannels": (count,), "epsilon": (epsilon,)}, parameters)


def _lrn(low: Lowered, node: Node) -> None:
    names = ("size", "kappa", "alpha", "beta")
    low.add(node, "LRN", {"param": tuple(float(low.attribute(node, name)) for name in names)})


def _l2_norm(low: Lowered, node: Node) -> None:
    """LRN over so wide a window that it holds all channels."""
    size = 2 * low.shape(node.inputs[0])[2] - 1
    low.add(node, "LRN", {"param": (float(size), float(low.attribute(node, "epsilon")), 1.0, 0.5)})


def _relu(low: Lowered, node: Node) -> None:
    slope = float(low.attribute(node, "slope")) if node.op == "leaky_relu" else 0.0
    low.add(node, "ReLU", {"leak": (slope,)})


def _sigmoid(low: Lowered, node: Node) -> None:
    low.add(node, "Sigmoid")


def _softmax(low: Lowered, node: Node) -> None:
    axis, rank = low.attribute(node, "axis"), len(low.network.shapes[node.inputs[0]])
    if axis % rank != rank - 1:
        raise wrong(node, f"cannot be written: its axis is {axis}; MatConvNet's is the channels")
    low.add(node, "SoftMax")


def _add(low: Lowered, node: Node) -> None:
    low.add(node, "Sum")


def _scale_shift(low: Lowered, node: Node) -> None:
    if "scale" in node.tensors:
        size = low.aligned(node, "scale")
        scale = by_columns("scale", size, lambda: low.tensor(node, "scale"))
    else:
        size, scale = (1, 1, 1), constant("scale", 1.0)
    bias: tuple[Parameter, ...] = ()
    if "bias" in node.tensors:
        made = by_columns("bias", low.aligned(node, "bias"), lambda: low.tensor(node, "bias"))
        bias = (made,)
    low.add(node, "Scale", {"size": size, "hasBias": bool(bias)}, (scale, *bias))


def _concat(low: Lowered, node: Node) -> None:
    rank = len(low.network.shapes[node.name])
    axis = low.attribute(node, "axis") % rank
    low.add(node, "Concat", {"dim": (3.0 if rank == 1 else axis + 1.0,)})


def _crop(low: Lowered, node: Node) -> None:
    """MatConvNet crops to the size of another variable: any that has this size will do."""
    wanted = low.network.shapes[node.name][:2]
    for name in low.done:
        if name not in low.flats and low.shape(name)[:2] == wanted:
            (top, _), (left, _), _ = low.attribute(node, "crops")
            source = low.variables[node.inputs[0]]
            low.add(node, "Crop", {"crop": (top, left)}, inputs=(source, low.variables[name]))
            return
    raise wrong(
        node,
        f"cannot be written: MatConvNet crops to the size of another variable, and none before it "
        f"is {wanted[0]} x {wanted[1]}",
    )


def _pad(low: Lowered, node: Node) -> None:
    rows, columns, _ = low.attribute(node, "pads")
    _padded(low, node, (*rows, *columns), "")


def _padded(low: Lowered, node: Node, pads: Shape, suffix: str) -> str:
    """A convolution without filters, which only pads."""
    fields = {"size": (0, 0), "pad": pads, "stride": (1, 1), "dilate": (1, 1)}
    return low.add(node, "Conv", {**fields, "hasBias": False}, (EMPTY_FILTERS,), suffix=suffix)


def _dropout(low: Lowered, node: Node) -> None:
    low.add(node, "DropOut", {"rate": (float(low.attribute(node, "rate")),)})


def _flatten(low: Lowered, node: Node) -> None:
    [source] = node.inputs
    shape = low.network.shapes[source]
    if len(shape) == 3 and source not in low.flats and shape[:2] != (1, 1):
        low.flats[node.name] = Flat(shape, tuple(low.attribute(node, "order")))
    same(low, node)


def _reshape(low: Lowered, node: Node) -> None:
    """Between a vector and 1 x 1 x K, or a flatten."""
    [source] = node.inputs
    before, after = low.shape(source), low.network.shapes[node.name]
    if len(after) == 1 and before[:2] != (1, 1):
        low.flats[node.name] = Flat(before, IN_ORDER)
    elif (after if len(after) == 3 else (1, 1, *after)) != before:
        raise wrong(node, f"cannot be written: MatConvNet cannot reshape {before} to {after}")
    same(low, node)


LOWER: dict[str, Callable[[Lowered, Node], None]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "dense": _dense,
    "max_pool": _pool,
    "average_pool": _pool,
    "global_average": _global_pool,
    "global_max": _global_pool,
    "mean": _global_pool,
    "batch_norm": _batch_norm,
    "lrn": _lrn,
    "l2_norm": _l2_norm,
    "relu": _relu,
    "leaky_relu": _relu,
    "clipped_relu": composed.clipped_relu,
    "prelu": composed.prelu,
    "swish": composed.swish,
    "sigmoid": _sigmoid,
    "softmax": _softmax,
    "add": _add,
    "subtract": composed.subtract,
    "multiply": composed.multiply,
    "scale_shift": _scale_shift,
    "concat": _concat,
    "crop": _crop,
    "pad": _pad,
    "dropout": _dropout,
    "identity": same,
    "flatten": _flatten,
    "reshape": _reshape,
}
"""By netparity's name."""

READ_FLAT = {"dense"}
KEEP_FLAT = {"relu", "leaky_relu", "clipped_relu", "swish", "sigmoid", "dropout", "identity"}
"""What computes every value by itself, so that the order of the values does not matter."""
