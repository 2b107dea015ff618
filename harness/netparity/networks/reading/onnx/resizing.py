"""Resize and Upsample: where an output pixel lies in the input has changed with the opset."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.networks.reading.onnx.builder import Builder
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.values import CHANNELS_FIRST, Value

_METHODS = {"nearest": "nearest", "linear": "bilinear", "bilinear": "bilinear"}
_COORDINATES = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
_ROUNDING = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


def resize(call: Call, graph: Builder) -> Value:
    """Resize: to sizes or by scales, with a stated convention since opset 11."""
    x = call.value()
    method = call.attribute("mode", "nearest")
    if call.version < 11:
        scales = _scales(call, 1)
        if method == "nearest" and any(scale < 1 for scale in scales):
            raise call.wrong(
                "makes an image smaller before opset 11, which says not how; fix: "
                "export with opset 11 or later"
            )
        coordinates, rounding, sizes = "asymmetric", "floor", _sizes_from(call, x, scales)
    else:
        coordinates = call.attribute("coordinate_transformation_mode", "half_pixel")
        rounding = call.attribute("nearest_mode", "round_prefer_floor")
        sizes = _wanted(call, x)
        if call.attribute("antialias", 0):
            raise call.wrong("has antialias, which netparity does not read")
        if call.attribute("keep_aspect_ratio_policy", "stretch") != "stretch":
            raise call.wrong("has a keep_aspect_ratio_policy, which netparity does not read")
        call.ignore("cubic_coeff_a", "exclude_outside", "extrapolation_value")
    call.finish()
    return _resized(call, graph, x, sizes, method, coordinates, rounding)


def upsample(call: Call, graph: Builder) -> Value:
    """Upsample (until opset 9)."""
    x = call.value()
    method = call.attribute("mode", "nearest")
    scales = call.attribute("scales", ()) or _scales(call, 1)
    call.finish()
    sizes = _sizes_from(call, x, scales)
    return _resized(call, graph, x, sizes, method, "asymmetric", "floor")


def _scales(call: Call, position: int) -> tuple[float, ...]:
    constant = call.constant(position, "scales")
    if constant.size > 16:
        raise call.wrong(f"has {constant.size} scales")
    return tuple(float(value) for value in constant.fetch().ravel())


def _wanted(call: Call, x: Value) -> tuple[int, ...]:
    """The sizes of all axes of the file's tensor."""
    axes = call.attribute("axes", ()) or tuple(range(x.rank))
    positions = [call.axis(axis, x.rank) for axis in axes]
    sizes = list(x.sizes)
    if call.has(3):
        given: Sequence[int] = call.numbers(3, "sizes")
    else:
        scales = _scales(call, 2)
        given = _sizes_from(call, x, scales, positions)
    if len(given) != len(positions):
        raise call.wrong(f"has {len(given)} sizes for {len(positions)} axes")
    for position, size in zip(positions, given, strict=True):
        sizes[position] = size
    return tuple(sizes)


def _sizes_from(
    call: Call, x: Value, scales: Sequence[float], positions: Sequence[int] | None = None
) -> tuple[int, ...]:
    """The sizes that scales give; a scale that does not give a whole number is refused."""
    before = [x.sizes[at] for at in (positions if positions is not None else range(x.rank))]
    if len(scales) != len(before):
        raise call.wrong(f"has {len(scales)} scales for {len(before)} axes")
    sizes = []
    for size, scale in zip(before, scales, strict=True):
        if not 0 < scale < 2**16:
            raise call.wrong(f"has a scale {scale:g}")
        exact = size * scale
        if abs(exact - round(exact)) > 1e-4 * max(1.0, scale):
            raise call.wrong(
                f"scales {size} by {scale:g}, which does not give a whole number; fix: export it "
                "with a size instead of a scale"
            )
        sizes.append(round(exact))
    return tuple(sizes)


def _resized(
    call: Call,
    graph: Builder,
    x: Value,
    sizes: Sequence[int],
    method: str,
    coordinates: str,
    rounding: str,
) -> Value:
    if method not in _METHODS:
        raise call.wrong(f"has mode {method!r}; netparity reads nearest and linear")
    if (coordinates, rounding, method) == ("tf_half_pixel_for_nn", "floor", "nearest"):
        # floor((x + 0.5) / scale) is (x + 0.5) / scale - 0.5 rounded, halves upwards.
        coordinates, rounding = "half_pixel", "round_prefer_ceil"
    if coordinates not in _COORDINATES or rounding not in _ROUNDING:
        raise call.wrong(f"has {coordinates!r} with {rounding!r}, which netparity does not read")
    if x.rank != 4:
        raise call.wrong(f"resizes an input of {x.rank} axes, expected 4")
    if tuple(sizes) == x.sizes:
        return x
    changed = {at for at in range(4) if sizes[at] != x.sizes[at]}
    if {x.axes[at] for at in changed} <= {1, 2}:
        arranged = x
    else:
        arranged = graph.arranged(call, x, CHANNELS_FIRST)
    target = [sizes[arranged.axes.index(axis)] for axis in range(4)]
    if target[0] != x.images or target[3] != arranged.shape[2]:
        raise call.wrong("resizes the axis of the images or of the channels")
    attributes = {
        "size": (target[1], target[2]),
        "method": _METHODS[method],
        "coordinates": coordinates,
    }
    if method == "nearest":
        attributes["rounding"] = rounding
    return graph.emit(call, "resize", [arranged], attributes)
