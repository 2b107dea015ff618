"""Flatten, Reshape, Transpose and their like, which move values and compute nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from netparity.networks.reading.onnx.builder import Builder, Translation
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.regrouping import regrouped
from netparity.networks.reading.onnx.rows import Rows, as_rows
from netparity.networks.reading.onnx.values import Value, natural_axes


def same(call: Call, graph: Builder) -> Value:
    """Identity."""
    call.finish()
    return graph.emit(call, "identity", [call.value()])


def cast(call: Call, graph: Builder) -> Value:
    """Cast of an activation from one type of real numbers to another."""
    kind = call.attribute("to", 1)
    call.ignore("saturate", "round_mode")
    call.finish()
    if kind not in _REAL:
        raise call.wrong("turns an activation into whole numbers, which netparity does not read")
    return call.value()


_REAL = (1, 10, 11, 16)


def cast_like(call: Call, graph: Builder) -> Value | Constant:
    """CastLike: the type of another tensor, which is that of an activation here."""
    call.ignore("saturate", "round_mode")
    call.finish()
    return call.value() if isinstance(call.inputs[0], Value) else call.any_constant(0, "value")


def dropout(call: Call, graph: Builder) -> Value:
    """Dropout, which does nothing at prediction; its mask is not read."""
    rate = call.attribute("ratio", 0.5)
    call.ignore("seed", "is_test")
    if call.has(1):
        rate = call.number(1, "ratio")
    if call.has(2) and call.number(2, "training_mode"):
        raise call.wrong("is in training mode; fix: export the network for inference")
    call.finish()
    return graph.emit(call, "dropout", [call.value()], {"rate": rate})


def transpose(call: Call, graph: Builder) -> Value:
    """Transpose: the graph's axes stay, and the file's axes are listed in another order."""
    x = call.value()
    order = call.attribute("perm", tuple(reversed(range(x.rank))))
    call.finish()
    if sorted(order) != list(range(x.rank)):
        raise call.wrong(f"has perm {order} for an input of {x.rank} axes")
    moved = x.reordered(order)
    return replace(moved, path=(*x.path, *call.outputs[:1]))


def flatten(call: Call, graph: Builder) -> Value:
    """Flatten of all axes but that of the images."""
    x = call.value()
    axis = call.attribute("axis", 1)
    axis = axis + x.rank if axis < 0 else axis
    call.finish()
    if axis != 1:
        raise call.wrong(f"flattens from axis {axis} on; netparity reads axis 1 only")
    return x if x.rank == 2 else replace(graph.flattened(call, x), before=x)


def reshape(call: Call, graph: Builder) -> Value | Rows:
    """Reshape: to a vector, or to any shape whose first axis still counts the images."""
    rows = call.rows
    x = call.value()
    own = x.sizes if rows is None else rows.sizes
    wanted = call.numbers(1, "shape") if call.has(1) else call.attribute("shape", ())
    keep_zero = call.attribute("allowzero", 0)
    call.finish()
    sizes = [
        own[at] if size == 0 and not keep_zero and at < len(own) else size
        for at, size in enumerate(wanted)
    ]
    total = math.prod(x.sizes)
    if sizes.count(-1) == 1:
        others = math.prod(size for size in sizes if size != -1)
        if others <= 0 or total % others:
            raise call.wrong(f"has a shape {_shown(x, wanted)}, which does not fit {total} values")
        sizes[sizes.index(-1)] = total // others
    if any(size < 1 for size in sizes) or math.prod(sizes) != total:
        raise call.wrong(
            f"has a shape {_shown(x, wanted)}, which does not fit {_shown(x, x.sizes)}"
        )
    merged = as_rows(x, sizes) if rows is None else None
    return merged or reshaped(call, graph, x, sizes)


def _shown(x: Value, sizes: Sequence[int]) -> str:
    return " x ".join("N" if size == x.images and size > 2**16 else str(size) for size in sizes)


def squeeze(call: Call, graph: Builder) -> Value:
    """Squeeze: axes of one value vanish."""
    x = call.value()
    axes = call.numbers(1, "axes") if call.has(1) else call.attribute("axes", ())
    call.finish()
    positions = {call.axis(axis, x.rank) for axis in axes}
    if not axes:
        positions = {at for at, size in enumerate(x.sizes) if size == 1 and x.axes[at] != 0}
    if any(x.sizes[at] != 1 for at in positions):
        raise call.wrong(f"removes the axes {sorted(positions)}, which are not of one value")
    kept = [size for at, size in enumerate(x.sizes) if at not in positions]
    if any(x.axes[at] == 0 for at in positions):
        raise call.wrong("removes the axis that counts the images")
    return reshaped(call, graph, x, kept)


def unsqueeze(call: Call, graph: Builder) -> Value:
    """Unsqueeze: axes of one value are added."""
    x = call.value()
    axes = call.numbers(1, "axes") if call.has(1) else call.attribute("axes", ())
    call.finish()
    rank = x.rank + len(axes)
    positions = {call.axis(axis, rank) for axis in axes}
    if len(positions) != len(axes) or 0 in positions:
        raise call.wrong(f"adds the axes {axes} before that of the images or twice")
    sizes = iter(x.sizes)
    return reshaped(call, graph, x, [1 if at in positions else next(sizes) for at in range(rank)])


def reshaped(call: Call, graph: Builder, x: Value, sizes: Sequence[int]) -> Value:
    """The values of the file's tensor, row by row, in another shape."""
    if tuple(sizes) == x.sizes:
        return x
    if x.before is not None and x.before.sizes == tuple(sizes):
        graph.forget(x)
        return x.before
    if x.axes[0] != 0 or not sizes or sizes[0] != x.images:
        raise call.wrong(
            f"makes {_shown(x, sizes)} of {_shown(x, x.sizes)}, which does not keep the images "
            "apart"
        )
    if len(sizes) == 2:
        return replace(graph.flattened(call, x), before=x)
    if len(sizes) == 4 and x.rank == 2 and sizes.count(1) + (x.images == 1) >= 2:
        return _as_channels(call, graph, x, sizes)
    plan = regrouped(x.sizes[1:], sizes[1:], [axis - 1 for axis in x.axes[1:]])
    position = {axis: place for place, axis in enumerate(plan.order)}
    moved = tuple(position[axis - 1] + 1 if axis else 0 for axis in x.axes)
    ordered = graph.arranged(call, x, moved)
    axes = (0, *(place + 1 for place in plan.places))
    made = graph.emit(call, "reshape", [ordered], {"shape": plan.shape}, axes=axes)
    return replace(made, before=x)


def _as_channels(call: Call, graph: Builder, x: Value, sizes: Sequence[int]) -> Value:
    """A vector as an image, one place with as many channels if it can be."""
    axes = tuple(range(4)) if sizes[1:3] == [1, 1] else natural_axes(4)
    shape = tuple(sizes[axes.index(axis)] for axis in (1, 2, 3))
    if axes != tuple(range(4)) and shape[:2] != (1, 1):
        axes, shape = tuple(range(4)), tuple(sizes[1:])
    return graph.emit(call, "reshape", [x], {"shape": shape}, axes=axes)


def expand(call: Call, graph: Builder) -> Value:
    """Expand to the shape that the activation has already."""
    x = call.value()
    wanted = call.numbers(1, "shape")
    call.finish()
    padded = (1,) * (x.rank - len(wanted)) + wanted
    if len(padded) != x.rank or any(
        size not in (1, own) for size, own in zip(padded, x.sizes, strict=True)
    ):
        raise call.wrong("repeats an activation, which netparity does not read")
    return x


TRANSLATIONS: dict[str, Translation] = {
    "Identity": same,
    "Cast": cast,
    "CastLike": cast_like,
    "Dropout": dropout,
    "Transpose": transpose,
    "Flatten": flatten,
    "Reshape": reshape,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Expand": expand,
}
