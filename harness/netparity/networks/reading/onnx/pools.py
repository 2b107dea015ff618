"""MaxPool, AveragePool and the pools of a whole image."""

from __future__ import annotations

from netparity.networks.reading.onnx.builder import Builder
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.values import CHANNELS_FIRST, Value
from netparity.networks.reading.onnx.windows import pads_of, window_of


def max_pool(call: Call, graph: Builder) -> Value:
    """MaxPool; its second output, the places of the maxima, is not read."""
    call.ignore("storage_order")
    return _pool(call, graph, "max_pool", {})


def average_pool(call: Call, graph: Builder) -> Value:
    """AveragePool."""
    counts = bool(call.attribute("count_include_pad", 0))
    return _pool(call, graph, "average_pool", {"count_padding": counts})


def _pool(call: Call, graph: Builder, op: str, attributes: dict[str, object]) -> Value:
    x = graph.arranged(call, call.value(), CHANNELS_FIRST)
    window = window_of(call, ())
    attributes |= {
        "window": window.size,
        "strides": window.strides,
        "pads": pads_of(call, window, x.shape[:2]),
        "dilations": window.dilations,
        "ceil": bool(call.attribute("ceil_mode", 0)),
    }
    call.finish()
    return graph.emit(call, op, [x], attributes)


def global_average(call: Call, graph: Builder) -> Value:
    """GlobalAveragePool, which keeps height and width as axes of one value."""
    call.finish()
    x = graph.arranged(call, call.value(), CHANNELS_FIRST)
    return graph.emit(call, "global_average", [x], {"keep_dims": True})


def global_maximum(call: Call, graph: Builder) -> Value:
    """GlobalMaxPool."""
    call.finish()
    x = graph.arranged(call, call.value(), CHANNELS_FIRST)
    return graph.emit(call, "global_max", [x], {"keep_dims": True})


def mean(call: Call, graph: Builder) -> Value:
    """ReduceMean; of height and width of an image it is the global average."""
    return _reduced(call, graph, "mean")


def maximum(call: Call, graph: Builder) -> Value:
    """ReduceMax of height and width of an image."""
    return _reduced(call, graph, "max")


def _reduced(call: Call, graph: Builder, what: str) -> Value:
    x = call.value()
    axes = call.attribute("axes", ())
    if call.has(1):
        axes = call.numbers(1, "axes")
    keep, nothing = call.attribute("keepdims", 1), call.attribute("noop_with_empty_axes", 0)
    call.finish()
    if not axes and nothing:
        return x
    positions = {call.axis(axis, x.rank) for axis in axes or range(x.rank)}
    reduced = sorted(x.axes[position] - 1 for position in positions)
    if -1 in reduced:
        raise call.wrong("reduces the axis that counts the images")
    if keep:
        kept = x.axes
    else:
        remaining = [axis for position, axis in enumerate(x.axes) if position not in positions]
        kept = tuple(sorted(remaining).index(axis) for axis in remaining)
    if reduced == [0, 1] and len(x.shape) == 3:
        op = {"mean": "global_average", "max": "global_max"}[what]
        return graph.emit(call, op, [x], {"keep_dims": bool(keep)}, axes=kept)
    if what == "max":
        raise call.wrong(
            f"takes the maximum over the axes {sorted(positions)}; netparity reads "
            "the maximum over height and width only"
        )
    attributes = {"axes": tuple(reduced), "keep_dims": bool(keep)}
    return graph.emit(call, "mean", [x], attributes, axes=kept)
