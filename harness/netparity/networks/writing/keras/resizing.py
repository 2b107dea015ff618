"""Resizing: by Keras's layers where they have the convention, by stated weights where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from netparity.networks.graph import Node
from netparity.networks.ops.resize_places import nearest, neighbours
from netparity.networks.writing.keras.plan import Plan, Ref, Values, attribute
from netparity.networks.writing.keras.shaping import along


def resize(plan: Plan, node: Node) -> Ref:
    """UpSampling2D for whole factors of repetition, Resizing between the middles of pixels.

    Any other convention is two dense layers, along rows and along columns, whose kernels hold the
    weight of each old place in each new one.
    """
    [given] = plan.inputs(node)
    size, output = attribute(node, "size"), plan.network.shapes[node.name]
    kind, config = _layer(node, given)
    if kind:
        settings = {**config, "data_format": "channels_last"}
        return plan.layer(node, kind, settings, [given], output)
    across = along(plan, node, given, 1, _kernel(node, given.shape[1], size[1]))
    return along(plan, node, across, 0, _kernel(node, given.shape[0], size[0]))


def _layer(node: Node, given: Ref) -> tuple[str, dict[str, Any]]:
    """The layer that does it; an empty name if none does."""
    size, coordinates = attribute(node, "size"), attribute(node, "coordinates")
    rounding = attribute(node, "rounding")
    # PyTorch's convention differs where the output has a single row or column.
    middles = coordinates == "half_pixel" or (coordinates == "pytorch_half_pixel" and min(size) > 1)
    exact = all(target % now == 0 for target, now in zip(size, given.shape[:2], strict=True))
    resizing = {"height": size[0], "width": size[1]}
    if attribute(node, "method") == "bilinear":
        return ("Resizing", {**resizing, "interpolation": "bilinear"}) if middles else ("", {})
    if exact and coordinates == "asymmetric" and rounding == "floor":
        factors = [target // now for target, now in zip(size, given.shape[:2], strict=True)]
        return "UpSampling2D", {"size": factors, "interpolation": "nearest"}
    if middles and rounding == "round_prefer_ceil":
        return "Resizing", {**resizing, "interpolation": "nearest"}
    return "", {}


def _kernel(node: Node, size: int, target: int) -> Values:
    """The weight of each old place in each new one."""
    coordinates, new = attribute(node, "coordinates"), np.arange(target)
    values = np.zeros((size, target))
    if attribute(node, "method") == "nearest":
        values[nearest(size, target, coordinates, attribute(node, "rounding")), new] = 1
    else:
        before, after, share = neighbours(size, target, coordinates)
        np.add.at(values, (before, new), 1 - share)
        np.add.at(values, (after, new), share)
    return values.astype(np.float32)
