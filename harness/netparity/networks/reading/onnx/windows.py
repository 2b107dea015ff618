"""Strides, dilations and padding, as every ONNX operation with a window has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netparity.networks.reading.onnx.calls import Call

Pair = tuple[int, int]
Pads = tuple[int, int, int, int]

_AUTO = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")


@dataclass(frozen=True)
class Window:
    """A node's window.

    Attributes:
        pads: in ONNX's order: top, left, bottom, right.
        auto: how padding is chosen instead; `NOTSET` where `pads` count.
    """

    size: Pair
    strides: Pair
    dilations: Pair
    pads: Pads
    auto: str


def window_of(call: Call, size: Sequence[int]) -> Window:
    """The window of a node.

    Args:
        size: of a kernel that the node has; empty for a pool, whose attribute says it.

    Raises:
        GraphError: if attributes contradict each other or are not two-dimensional.
    """
    default = (size[0], size[1]) if len(size) == 2 else None
    height, width = call.whole("kernel_shape", 2, default)
    if default is not None and (height, width) != default:
        raise call.wrong(f"has kernel_shape {(height, width)}, but its kernel is {default}")
    auto = call.attribute("auto_pad", "NOTSET")
    if auto not in _AUTO:
        raise call.wrong(f"has auto_pad {auto!r}, expected one of {', '.join(_AUTO)}")
    strides, dilations = call.whole("strides", 2, (1, 1)), call.whole("dilations", 2, (1, 1))
    top, left, bottom, right = call.whole("pads", 4, (0, 0, 0, 0))
    if min(strides) < 1 or min(dilations) < 1 or min(height, width) < 1:
        raise call.wrong(
            f"has a window {(height, width)} with strides {strides} and dilations {dilations}"
        )
    pads = (top, left, bottom, right) if auto == "NOTSET" else (0, 0, 0, 0)
    return Window((height, width), _pair(strides), _pair(dilations), pads, auto)


def pads_of(call: Call, window: Window, image: Sequence[int]) -> Pads:
    """The padding at the top, bottom, left and right of an image of this height and width."""
    if window.auto not in ("SAME_UPPER", "SAME_LOWER"):
        top, left, bottom, right = window.pads
        return top, bottom, left, right
    pads = []
    for axis in range(2):
        stride, reach = window.strides[axis], window.dilations[axis] * (window.size[axis] - 1) + 1
        places = -(-image[axis] // stride)
        total = max(0, (places - 1) * stride + reach - image[axis])
        small, large = total // 2, total - total // 2
        pads += [small, large] if window.auto == "SAME_UPPER" else [large, small]
    top, bottom, left, right = pads
    return top, bottom, left, right


def _pair(values: Sequence[int]) -> Pair:
    first, second = values
    return first, second
