"""Places along an axis: Slice with any steps, Gather and GatherND with constant places.

They are crops, and their concatenation if the places are not neighbours: `x[:, [2, 1, 0]]` reverses
the channels.
"""

from __future__ import annotations

from collections.abc import Sequence

from netparity.networks.reading.onnx.builder import Builder, Translation
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.shapes import reshaped
from netparity.networks.reading.onnx.values import Value

_MOST_PIECES = 64


def cut(call: Call, graph: Builder) -> Value:
    """Slice: a crop, or pieces where steps are not 1."""
    x = call.value()
    if call.has(1):
        starts, ends = call.numbers(1, "starts"), call.numbers(2, "ends")
        axes = call.numbers(3, "axes") if call.has(3) else tuple(range(len(starts)))
        steps = call.numbers(4, "steps") if call.has(4) else (1,) * len(starts)
    else:
        starts, ends = call.attribute("starts", ()), call.attribute("ends", ())
        axes, steps = call.attribute("axes", tuple(range(len(starts)))), (1,) * len(starts)
    call.finish()
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise call.wrong("has starts, ends, axes and steps that do not belong together")
    window, pieces = {}, {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        position = call.axis(axis, x.rank)
        size = x.sizes[position]
        # Before the first place is None in Python, since -1 is the last.
        places = range(size)[start : None if step < 0 and end < -size else end : step]
        if step == 1:
            window[position] = (places.start, size - max(places.start, places.stop))
        elif x.axes[position] == 0:
            raise call.wrong("takes places of the axis that counts the images")
        else:
            pieces[position] = places
    for position, places in pieces.items():
        x = _along(call, graph, x, position, places)
    return cropped(call, graph, x, window)


def pick(call: Call, graph: Builder) -> Value:
    """Gather along an axis; the axis vanishes for a single number."""
    x = call.value()
    position = call.axis(call.attribute("axis", 0), x.rank)
    place = call.constant(1, "place")
    call.finish()
    if len(place.shape) > 1:
        raise call.wrong(f"picks places of the shape {place.shape}; netparity reads a list only")
    made = _along(call, graph, x, position, _places(call, place.numbers(), x.sizes[position]))
    if place.shape:
        return made
    kept = [size for at, size in enumerate(made.sizes) if at != position]
    return reshaped(call, graph, made, kept)


def pick_first(call: Call, graph: Builder) -> Value:
    """GatherND along the first axis, as PyTorch writes `x[:, [2, 1, 0]]` behind a Transpose."""
    x = call.value()
    batch = call.attribute("batch_dims", 0)
    place = call.constant(1, "place")
    call.finish()
    if batch != 0 or len(place.shape) != 2 or place.shape[1] != 1:
        raise call.wrong(f"picks places of the shape {place.shape}; netparity reads N x 1 only")
    return _along(call, graph, x, 0, _places(call, place.numbers(), x.sizes[0]))


def _places(call: Call, numbers: Sequence[int], size: int) -> list[int]:
    for number in numbers:
        if not -size <= number < size:
            raise call.wrong(f"picks place {number} of {size}")
    return [number % size for number in numbers]


def _along(call: Call, graph: Builder, x: Value, position: int, places: Sequence[int]) -> Value:
    """The places of one of the file's axes, one after the other."""
    size = x.sizes[position]
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    if not 1 <= len(runs) <= _MOST_PIECES:
        raise call.wrong(
            f"takes {len(runs)} pieces of an axis; netparity reads 1 to {_MOST_PIECES}"
        )
    windows = [{position: (run[0], size - 1 - run[-1])} for run in runs]
    if len(windows) == 1:
        return cropped(call, graph, x, windows[0])
    pieces = [cropped(call, graph, x, window, suffix="_piece") for window in windows]
    axis = x.axes[position] - 1 - len(x.shape)
    return graph.emit(call, "concat", pieces, {"axis": axis})


def cropped(
    call: Call,
    graph: Builder,
    x: Value,
    window: dict[int, tuple[int, int]],
    position: int = 0,
    suffix: str = "",
) -> Value:
    """What is left if so many places are cut off at both ends of some of the file's axes."""
    crops = per_axis(call, x, window)
    if not any(map(any, crops)):
        return x
    return graph.emit(call, "crop", [x], {"crops": crops}, position=position, suffix=suffix)


def per_axis(
    call: Call, x: Value, window: dict[int, tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """What is added or cut at both ends of the file's axes, in the order of the graph's axes."""
    if any(window.get(x.axes.index(0), (0, 0))):
        raise call.wrong("adds or cuts images, which netparity does not read")
    return tuple(window.get(x.axes.index(axis + 1), (0, 0)) for axis in range(len(x.shape)))


TRANSLATIONS: dict[str, Translation] = {"Slice": cut, "Gather": pick, "GatherND": pick_first}
