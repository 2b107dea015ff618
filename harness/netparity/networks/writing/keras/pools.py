"""Pools: one layer where Keras's padding is the same, several where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netparity.networks.graph import Node
from netparity.networks.reading.keras.padding import same
from netparity.networks.writing.keras.plan import Plan, Ref, Values, attribute
from netparity.networks.writing.keras.windows import Four, padded

_NOT_NEGATIVE = {"relu", "sigmoid", "softmax", "hard_sigmoid"}
_PASSING = {"identity", "dropout", "max_pool", "average_pool", "flatten", "concat", "reshape"}


def max_pool(plan: Plan, node: Node) -> Ref:
    """MaxPooling2D, after zeros around values that are never negative, or very small numbers."""
    [given] = plan.inputs(node)
    padding = _padding(plan, node, given)
    if padding is None:
        around = _around(plan, node, given)
        if never_negative(plan, node.inputs[0]):
            given = padded(plan, node, given, around)
        else:
            given = _lowered(plan, node, given, around)
    return _pool(plan, node, "MaxPooling2D", given, padding or "valid")


def average_pool(plan: Plan, node: Node) -> Ref:
    """AveragePooling2D; zeros around the image are in its mean, and a factor takes them out."""
    [given] = plan.inputs(node)
    counted = attribute(node, "count_padding") and any(attribute(node, "pads"))
    padding = _padding(plan, node, given)
    if padding == "valid" or (padding is not None and not counted):
        return _pool(plan, node, "AveragePooling2D", given, padding)
    inside = padded(plan, node, given, _around(plan, node, given))
    mean = _pool(plan, node, "AveragePooling2D", inside, "valid")
    factors = _factors(plan, node, given)
    if (factors == 1).all():
        return mean
    scale = factors.astype(np.float32)[:, :, None].tolist()
    return plan.layer(node, "Rescaling", {"scale": scale, "offset": 0.0}, [mean], mean.shape)


def never_negative(plan: Plan, name: str) -> bool:
    """Whether every value of an output is known to be 0 or more."""
    waiting, seen = [name], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        node = plan.network.by_name.get(name)
        if node is None:
            return False
        if node.op in _PASSING:
            waiting += node.inputs
        elif node.op == "clipped_relu":
            least = attribute(node, "minimum")
            if least is None or least < 0:
                return False
        elif node.op not in _NOT_NEGATIVE:
            return False
    return True


@dataclass(frozen=True)
class _Axis:
    """Windows along one axis: the first begins `before` values ahead of the image."""

    size: int
    window: int
    stride: int
    before: int
    places: int

    @property
    def after(self) -> int:
        """How far the last window reaches beyond the image."""
        return max(0, (self.places - 1) * self.stride + self.window - self.size - self.before)

    @property
    def valid(self) -> bool:
        """Whether Keras's `valid` has these windows."""
        return self.before == 0 and self.places == (self.size - self.window) // self.stride + 1

    @property
    def same(self) -> bool:
        """Whether Keras's `same` has these windows."""
        before, _ = same(self.size, self.window, self.stride)
        return self.before == before and self.places == -(-self.size // self.stride)


def _axes(plan: Plan, node: Node, given: Ref) -> Iterator[_Axis]:
    window, strides = attribute(node, "window"), attribute(node, "strides")
    places, pads = plan.network.shapes[node.name], attribute(node, "pads")
    for axis in (0, 1):
        yield _Axis(given.shape[axis], window[axis], strides[axis], pads[2 * axis], places[axis])


def _padding(plan: Plan, node: Node, given: Ref) -> str | None:
    """`valid` or `same` where one layer has the windows; None where none has."""
    axes = tuple(_axes(plan, node, given))
    if all(axis.valid for axis in axes):
        return "valid"
    return "same" if all(axis.same for axis in axes) else None


def _around(plan: Plan, node: Node, given: Ref) -> Four:
    """Rows and columns to add, so that every window is inside."""
    rows, columns = _axes(plan, node, given)
    return (rows.before, rows.after, columns.before, columns.after)


def _lowered(plan: Plan, node: Node, given: Ref, around: Four) -> Ref:
    """The input with the smallest float32 around it, which no maximum takes."""
    top, bottom, left, right = around
    shape = (given.shape[0] + top + bottom, given.shape[1] + left + right, given.shape[2])
    width = [[0, 0], [top, bottom], [left, right], [0, 0]]
    config = {"pad_width": width, "mode": "constant"}
    return plan.operation(node, "Pad", config, [given, float(np.finfo(np.float32).min)], shape)


def _factors(plan: Plan, node: Node, given: Ref) -> Values:
    """By what the mean of a whole window becomes that of the values that count."""
    along = []
    for axis, after in zip(_axes(plan, node, given), attribute(node, "pads")[1::2], strict=True):
        starts = np.arange(axis.places)[:, None] * axis.stride - axis.before
        positions = starts + np.arange(axis.window)[None, :]
        low, high = 0, axis.size
        if attribute(node, "count_padding"):
            low, high = -axis.before, axis.size + after
        along.append(axis.window / ((positions >= low) & (positions < high)).sum(axis=1))
    return np.outer(along[0], along[1])


def _pool(plan: Plan, node: Node, kind: str, given: Ref, padding: str) -> Ref:
    config = {
        "pool_size": list(attribute(node, "window")),
        "strides": list(attribute(node, "strides")),
        "padding": padding,
        "data_format": "channels_last",
    }
    return plan.layer(node, kind, config, [given], plan.network.shapes[node.name])
