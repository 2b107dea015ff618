"""Concat, Split, Tile and Pad: pieces of activations."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.networks.reading.onnx.builder import Builder, Translation
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.picking import cropped, per_axis
from netparity.networks.reading.onnx.values import Value


def concat(call: Call, graph: Builder) -> Value:
    """Concat of activations along an axis."""
    values = [call.value(position) for position in range(len(call.inputs))]
    axis = call.attribute("axis", 1)
    call.finish()
    if len({value.rank for value in values}) != 1:
        raise call.wrong("joins activations of different numbers of axes")
    first = values[0]
    position = call.axis(axis, first.rank)
    joined = [first, *(graph.arranged(call, value, first.axes) for value in values[1:])]
    if first.axes[position] == 0:
        raise call.wrong("joins images")
    counted = first.axes[position] - 1 - len(first.shape)
    return graph.emit(call, "concat", joined, {"axis": counted})


def split(call: Call, graph: Builder) -> list[Value]:
    """Split: a crop for each part."""
    x = call.value()
    position = call.axis(call.attribute("axis", 0), x.rank)
    sizes = call.attribute("split", ())
    if call.has(1):
        sizes = call.numbers(1, "split")
    parts = call.attribute("num_outputs", len(call.outputs))
    call.finish()
    total = x.sizes[position]
    if not sizes:
        each = -(-total // max(1, parts))
        sizes = tuple(min(each, total - each * part) for part in range(len(call.outputs)))
    if sum(sizes) != total or min(sizes) < 1 or len(sizes) != len(call.outputs):
        raise call.wrong(f"has parts {sizes} of an axis of {total}")
    made, start = [], 0
    for part, size in enumerate(sizes):
        window = {position: (start, total - start - size)}
        made.append(cropped(call, graph, x, window, position=part))
        start += size
    return made


def tile(call: Call, graph: Builder) -> Value:
    """Tile: the activation joined with itself along each axis."""
    x = call.value()
    counts = call.numbers(1, "repeats")
    call.finish()
    if len(counts) != x.rank or any(not 1 <= count <= _MOST_TILES for count in counts):
        raise call.wrong(f"has repeats {counts} for {x.rank} axes")
    if counts[x.axes.index(0)] != 1:
        raise call.wrong("repeats images")
    for position, count in enumerate(counts):
        if count > 1:
            axis = x.axes[position] - 1 - len(x.shape)
            x = graph.emit(call, "concat", [x] * count, {"axis": axis})
    return x


_MOST_TILES = 64


def pad(call: Call, graph: Builder) -> Value:
    """Pad; negative pads crop."""
    x = call.value()
    mode, value = call.attribute("mode", "constant"), call.attribute("value", 0.0)
    pads = call.attribute("pads", ()) or call.attribute("paddings", ())
    if call.has(1):
        pads = call.numbers(1, "pads")
    if call.has(2):
        value = call.number(2, "value")
    axes = call.numbers(3, "axes") if call.has(3) else tuple(range(x.rank))
    call.finish()
    if mode not in ("constant", "reflect", "edge"):
        raise call.wrong(f"has mode {mode!r}; netparity reads constant, reflect and edge")
    if len(pads) != 2 * len(axes):
        raise call.wrong(f"has {len(pads)} pads for {len(axes)} axes")
    positions = [call.axis(axis, x.rank) for axis in axes]
    ends = list(zip(pads[: len(axes)], pads[len(axes) :], strict=True))
    return _padded(call, graph, x, positions, ends, mode, value)


def _padded(
    call: Call,
    graph: Builder,
    x: Value,
    positions: Sequence[int],
    ends: Sequence[tuple[int, int]],
    mode: str,
    value: float,
) -> Value:
    cuts = {at: (max(0, -a), max(0, -b)) for at, (a, b) in zip(positions, ends, strict=True)}
    additions = {at: (max(0, a), max(0, b)) for at, (a, b) in zip(positions, ends, strict=True)}
    crops, pads = per_axis(call, x, cuts), per_axis(call, x, additions)
    if any(map(any, crops)):
        if mode != "constant":
            raise call.wrong(f"has negative pads with mode {mode!r}")
        x = graph.emit(
            call, "crop", [x], {"crops": crops}, suffix="_crop" if any(map(any, pads)) else ""
        )
    if not any(map(any, pads)):
        return x
    attributes: dict[str, object] = {"pads": pads, "mode": mode}
    if mode == "constant":
        attributes["value"] = value
    return graph.emit(call, "pad", [x], attributes)


TRANSLATIONS: dict[str, Translation] = {
    "Concat": concat,
    "Split": split,
    "Tile": tile,
    "Pad": pad,
}
