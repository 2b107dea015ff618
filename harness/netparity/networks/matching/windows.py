"""The normal form of windows: what of pads, strides and dilations has an effect at this size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netparity.networks.graph import Shape

Attributes = dict[str, Any]


def pads_as_used(
    attributes: Mapping[str, Any], window: tuple[int, ...], size: Shape, output: Shape
) -> Attributes:
    """Pads without the rows and columns that no window reaches.

    Strides along an axis with one place, and dilations of a window of one value, become 1.

    Args:
        attributes: with `pads`, `strides` and `dilations`.
        size: height and width of the input.
        output: height and width of the output.
    """
    top, bottom, left, right = attributes["pads"]
    strides, dilations = attributes["strides"], attributes["dilations"]
    pads = []
    for axis, (before, after) in enumerate(((top, bottom), (left, right))):
        reach = reached(window[axis], strides[axis], dilations[axis], output[axis])
        pads += [before, min(after, max(0, reach - size[axis] - before))]
    return {
        **attributes,
        "pads": tuple(pads),
        "strides": tuple(1 if n == 1 else s for n, s in zip(output[:2], strides, strict=True)),
        "dilations": tuple(1 if k == 1 else d for k, d in zip(window, dilations, strict=True)),
    }


def reached(window: int, stride: int, dilation: int, places: int) -> int:
    """How many rows or columns the windows cover, padding included."""
    return int((places - 1) * stride + dilation * (window - 1) + 1)


def pool_as_used(attributes: Mapping[str, Any], size: Shape, output: Shape) -> Attributes:
    """A pool whose `ceil` is spelled as padding, where that is the same."""
    window = attributes["window"]
    beyond = _beyond(attributes, size, output)
    used = pads_as_used({**attributes, "pads": _with(attributes, beyond)}, window, size, output)
    counted = bool(attributes.get("count_padding"))
    if counted and any(beyond):
        return dict(attributes)  # what `ceil` adds does not count, unlike the padding
    used["ceil"] = False
    if "count_padding" in attributes and not any(used["pads"]):
        used["count_padding"] = False
    return used


def _beyond(attributes: Mapping[str, Any], size: Shape, output: Shape) -> tuple[int, int]:
    """How far the last windows reach beyond the padding at the bottom and at the right."""
    top, bottom, left, right = attributes["pads"]
    rows, columns = (
        max(0, reached(k, s, d, places) - extent - before - after)
        for k, s, d, places, extent, before, after in zip(
            *(attributes["window"], attributes["strides"], attributes["dilations"]),
            *(output[:2], size[:2], (top, left), (bottom, right)),
            strict=True,
        )
    )
    return rows, columns


def _with(attributes: Mapping[str, Any], beyond: tuple[int, int]) -> tuple[int, int, int, int]:
    top, bottom, left, right = attributes["pads"]
    return top, bottom + beyond[0], left, right + beyond[1]


def covers_all(attributes: Mapping[str, Any], window: tuple[int, ...], size: Shape) -> bool:
    """Whether there is one window, which is the whole image without padding."""
    return (
        tuple(window) == tuple(size[:2])
        and not any(attributes["pads"])
        and tuple(attributes["dilations"]) == (1, 1)
    )


def added(pads: tuple[int, ...], more: tuple[int, ...]) -> tuple[int, ...]:
    """Padding on padding."""
    return tuple(a + b for a, b in zip(pads, more, strict=True))
