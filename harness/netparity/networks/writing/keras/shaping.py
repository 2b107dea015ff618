"""What moves values, adds or drops some, or takes means over axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from netparity.networks.graph import Node
from netparity.networks.writing.keras.plan import Plan, Ref, Values, Weight, attribute
from netparity.networks.writing.keras.values import simple
from netparity.networks.writing.keras.windows import cropped, padded


def _output(plan: Plan, node: Node, kind: str, config: dict[str, Any]) -> Ref:
    return plan.layer(node, kind, config, plan.inputs(node), plan.network.shapes[node.name])


def permuted(plan: Plan, node: Node, given: Ref, order: Sequence[int]) -> Ref:
    """The axes in another order; Permute counts them from 1."""
    shape = tuple(given.shape[axis] for axis in order)
    return plan.layer(node, "Permute", {"dims": [axis + 1 for axis in order]}, [given], shape)


def flatten(plan: Plan, node: Node) -> Ref:
    """Flatten, after Permute if it is not in the order of the axes."""
    [given] = plan.inputs(node)
    order = attribute(node, "order")
    if order != tuple(range(len(given.shape))) and len(order) == len(given.shape):
        given = permuted(plan, node, given, order)
    config = {"data_format": "channels_last"}
    return plan.layer(node, "Flatten", config, [given], plan.network.shapes[node.name])


def reshape(plan: Plan, node: Node) -> Ref:
    """Reshape."""
    return _output(plan, node, "Reshape", {"target_shape": list(attribute(node, "shape"))})


def transpose(plan: Plan, node: Node) -> Ref:
    """Permute."""
    [given] = plan.inputs(node)
    return permuted(plan, node, given, attribute(node, "order"))


def pad(plan: Plan, node: Node) -> Ref:
    """ZeroPadding2D for zeros around an image; Keras's operation for anything else."""
    [given] = plan.inputs(node)
    pads, mode = attribute(node, "pads"), attribute(node, "mode")
    value = attribute(node, "value")
    if mode == "constant" and value == 0 and len(pads) == 3 and pads[2] == (0, 0):
        if not any(map(any, pads)):
            return simple(plan, node, "Activation", {"activation": "linear"})
        return padded(plan, node, given, (*pads[0], *pads[1]))
    if mode == "edge":  # which TensorFlow lacks
        return _edges(plan, node, given)
    config = {"pad_width": [[0, 0], *map(list, pads)], "mode": mode}
    arguments: list[Any] = [given]
    if mode == "constant":
        arguments.append(value)
    return plan.operation(node, "Pad", config, arguments, plan.network.shapes[node.name])


def _edges(plan: Plan, node: Node, given: Ref) -> Ref:
    """Edges repeated, axis by axis."""
    for axis, (before, after) in enumerate(attribute(node, "pads")):
        size = given.shape[axis]
        places = np.clip(np.arange(-before, size + after), 0, size - 1)
        if before or after:
            chosen = np.eye(size, dtype=np.float32)[:, places]
            given = along(plan, node, given, axis, chosen)
    return given


def along(plan: Plan, node: Node, given: Ref, axis: int, kernel: Values) -> Ref:
    """An axis multiplied by a matrix of old places x new places: a dense layer on the last axis."""
    order = list(range(len(given.shape)))
    order[axis], order[-1] = order[-1], order[axis]
    target = kernel.shape[1]
    turned = given if order[axis] == axis else permuted(plan, node, given, order)
    config = {"units": target, "activation": "linear", "use_bias": False}
    shape = (*turned.shape[:-1], target)
    weights = [Weight((len(kernel), target), lambda: kernel)]
    made = plan.layer(node, "Dense", config, [turned], shape, weights)
    return made if turned is given else permuted(plan, node, made, order)


def crop(plan: Plan, node: Node) -> Ref:
    """Cropping2D, for the channels after Permute; vectors become maps for it."""
    [given] = plan.inputs(node)
    crops = attribute(node, "crops")
    if not any(map(any, crops)):
        return simple(plan, node, "Activation", {"activation": "linear"})
    if len(crops) < 3:
        shape = given.shape + (1,) * (3 - len(crops))
        image = plan.layer(node, "Reshape", {"target_shape": list(shape)}, [given], shape)
        rows, columns = (*crops, (0, 0))[:2]
        inside = cropped(plan, node, image, (*rows, *columns))
        return plan.layer(
            node,
            "Reshape",
            {"target_shape": list(plan.network.shapes[node.name])},
            [inside],
            plan.network.shapes[node.name],
        )
    inside = cropped(plan, node, given, (*crops[0], *crops[1]))
    if not any(crops[2]):
        return inside
    turned = permuted(plan, node, inside, (2, 0, 1))
    fewer = cropped(plan, node, turned, (*crops[2], 0, 0))
    return permuted(plan, node, fewer, (1, 2, 0))


def global_pool(kind: str) -> Callable[[Plan, Node], Ref]:
    """GlobalAveragePooling2D or GlobalMaxPooling2D."""
    return lambda plan, node: _output(
        plan,
        node,
        kind,
        {"data_format": "channels_last", "keepdims": attribute(node, "keep_dims")},
    )


def mean(plan: Plan, node: Node) -> Ref:
    """GlobalAveragePooling2D over rows and columns, Keras's operation over other axes."""
    [given] = plan.inputs(node)
    rank = len(given.shape)
    axes = sorted(axis % rank for axis in attribute(node, "axes"))
    if rank == 3 and axes == [0, 1]:
        return global_pool("GlobalAveragePooling2D")(plan, node)
    config = {"axis": [axis + 1 for axis in axes], "keepdims": attribute(node, "keep_dims")}
    return plan.operation(node, "Mean", config, [given], plan.network.shapes[node.name])
