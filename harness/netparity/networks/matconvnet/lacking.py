"""What MatConvNet has no operation for."""

from __future__ import annotations

from collections.abc import Callable

from netparity.networks.matconvnet.operations import LOWER
from netparity.networks.node import Node


def lacks(node: Node) -> str | None:
    """Why MatConvNet cannot compute a node, in words that can follow "node 'x' (lrn): "."""
    if node.op not in LOWER:
        return "MatConvNet has no such operation"
    limit = _LIMITS.get(node.op)
    return limit(node) if limit else None


def _pool(node: Node) -> str | None:
    if node.attributes.get("dilations", (1, 1)) != (1, 1):
        return "MatConvNet's pools have no dilation"
    return None


def _transposed(node: Node) -> str | None:
    if node.attributes.get("dilations", (1, 1)) != (1, 1):
        return "MatConvNet's transposed convolution has no dilation"
    if min(node.attributes.get("crops", (0,))) < 0:
        return "MatConvNet's transposed convolution cannot enlarge its output (negative crops)"
    return None


def _pad(node: Node) -> str | None:
    if node.attributes.get("mode", "constant") != "constant" or node.attributes.get("value", 0.0):
        return "MatConvNet pads with zeros only"
    pads = node.attributes["pads"]
    if len(pads) != 3 or any(pads[2]) or min(min(pair) for pair in pads) < 0:
        return "MatConvNet pads rows and columns only"
    return None


def _crop(node: Node) -> str | None:
    crops = node.attributes["crops"]
    if len(crops) != 3 or any(crops[2]):
        return "MatConvNet crops rows and columns only"
    return None


def _mean(node: Node) -> str | None:
    axes = node.attributes["axes"]
    if sorted(axis % 3 for axis in axes) != [0, 1]:
        return "MatConvNet takes means over height and width only"
    return None


def _l2_norm(node: Node) -> str | None:
    if node.attributes.get("combine", "max") != "add" or not node.attributes.get("epsilon", 0.0):
        return "MatConvNet's normalisation adds a number under the root"
    if node.attributes.get("axes", (-1,)) not in ((-1,), (2,)):
        return "MatConvNet normalises over channels only"
    return None


def _leaky(node: Node) -> str | None:
    if node.attributes.get("slope", 0.0) < 0:
        return "MatConvNet's ReLU has no negative slope"
    return None


def _softmax(node: Node) -> str | None:
    if node.attributes.get("axis", -1) not in (-1, 0, 2):
        return "MatConvNet's softmax is over the channels"
    return None


_LIMITS: dict[str, Callable[[Node], str | None]] = {
    "max_pool": _pool,
    "average_pool": _pool,
    "conv_transpose": _transposed,
    "pad": _pad,
    "crop": _crop,
    "mean": _mean,
    "l2_norm": _l2_norm,
    "leaky_relu": _leaky,
    "softmax": _softmax,
}
