"""Layers that move values or add zeros: flatten, reshape, permute, pad, crop, enlarge."""

from __future__ import annotations

import math
from collections.abc import Callable

from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.call import Call

Pairs = tuple[tuple[int, int], tuple[int, int]]
_IMAGE = ("height", "width")


def flatten(call: Call) -> Value:
    """Flatten: in Keras's order of axes; with `channels_first`, channels go last before."""
    value = call.value
    order = value.order
    if call.fields.get("data_format") is not None and call.channels_first and len(order) > 1:
        order = (*order[1:], order[0])
    return call.node("flatten", [value], {"order": order}, order=(0,))


def reshape(call: Call) -> Value:
    """Reshape(target_shape), of which one size may be -1."""
    value = call.plain()
    shape = list(call.fields.wholes("target_shape") or ())
    count = math.prod(value.shape)
    if shape.count(-1) == 1:
        rest = math.prod(size for size in shape if size != -1)
        shape[shape.index(-1)] = count // rest if rest else 0
    if not shape or math.prod(shape) != count or min(shape) < 1:
        raise call.fields.refused(f"has target_shape {shape}, which does not have {count} values")
    return call.node("reshape", [value], {"shape": tuple(shape)}, order=tuple(range(len(shape))))


def permute(call: Call) -> Value:
    """Permute(dims), which counts from 1."""
    value, dims = call.value, call.fields.wholes("dims") or ()
    if sorted(dims) != list(range(1, len(value.shape) + 1)):
        raise call.fields.refused(f"has dims {dims} for an input of {len(value.shape)} axes")
    order = tuple(value.order[axis - 1] for axis in dims)
    plain = tuple(range(len(order)))
    if order == plain:
        return call.node("identity", [value], order=plain)
    return call.node("transpose", [value], {"order": order}, order=plain)


def _sides(call: Call, name: str, default: int) -> Pairs:
    """Rows at the top and bottom, and columns at the left and right."""
    value = call.fields.get(name)
    if isinstance(value, dict):  # Keras 1
        keys = ("top_pad", "bottom_pad", "left_pad", "right_pad")
        value = [value.get(key, 0) for key in keys]
    if value is None:
        value = default
    if isinstance(value, int):
        value = [[value, value], [value, value]]
    if isinstance(value, list) and len(value) == 4:
        value = [value[:2], value[2:]]
    if isinstance(value, list) and len(value) == 2:
        value = [[side, side] if isinstance(side, int) else side for side in value]
        if all(isinstance(side, list) and len(side) == 2 for side in value):
            numbers = [number for side in value for number in side]
            if all(type(number) is int and 0 <= number <= 2**20 for number in numbers):
                return (numbers[0], numbers[1]), (numbers[2], numbers[3])
    raise call.fields.refused(
        f"has {name} {str(call.fields.get(name))[:60]!r}, expected whole numbers"
    )


def zero_padding(call: Call) -> Value:
    """ZeroPadding2D."""
    rows, columns = _sides(call, "padding", 1)
    return call.node("pad", [call.image()], {"pads": (rows, columns, (0, 0))})


def cropping(call: Call) -> Value:
    """Cropping2D."""
    rows, columns = _sides(call, "cropping", 0)
    return call.node("crop", [call.image()], {"crops": (rows, columns, (0, 0))})


def center_crop(call: Call) -> Value:
    """CenterCrop(height, width): the odd row and column more are cut at the bottom and right."""
    value = call.image()
    more = [value.shape[place] - call.fields.whole(name) for place, name in enumerate(_IMAGE)]
    if min(more) < 0:
        raise call.fields.refused("enlarges smaller images, which netparity does not compute")
    rows, columns = ((side // 2, side - side // 2) for side in more)
    return call.node("crop", [value], {"crops": (rows, columns, (0, 0))})


def up_sampling(call: Call) -> Value:
    """UpSampling2D: repeats, or bilinear interpolation between the middles of pixels.

    Before TensorFlow 2 each backend interpolated in its own way.
    """
    value = call.image()
    factors = call.fields.pair("size", default=(2, 2))
    if min(factors) < 1:
        raise call.fields.refused(f"has size {factors}, expected 1 or more")
    size = (value.shape[0] * factors[0], value.shape[1] * factors[1])
    method = call.fields.text("interpolation", default="nearest")
    if method == "nearest":
        attributes = {"method": "nearest", "coordinates": "asymmetric", "rounding": "floor"}
    elif method == "bilinear" and call.era.tensorflow2:
        attributes = {"method": "bilinear", "coordinates": "half_pixel"}
    else:
        release = call.era.release[:20] or call.era.version
        raise call.fields.refused(
            f"has interpolation {method[:40]!r} of Keras {release}, which netparity does not "
            "compute"
        )
    return call.node("resize", [value], {"size": size, **attributes})


def resizing(call: Call) -> Value:
    """Resizing(height, width), without antialiasing."""
    value, fields = call.image(), call.fields
    size = (fields.whole("height"), fields.whole("width"))
    method = fields.text("interpolation", default="bilinear")
    for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"):
        if fields.flag(name, default=False):
            raise fields.refused(f"has {name}, which netparity does not compute")
    for name in ("fill_mode", "fill_value"):
        fields.get(name)
    if method not in ("nearest", "bilinear"):
        raise fields.refused(f"has interpolation {method[:40]!r}, expected nearest or bilinear")
    attributes = {"size": size, "method": method, "coordinates": "half_pixel"}
    if method == "nearest":
        attributes["rounding"] = "round_prefer_ceil"
    return call.node("resize", [value], attributes)


def identity(op: str = "identity") -> Callable[[Call], Value]:
    """A layer that does nothing at prediction."""

    def read(call: Call) -> Value:
        for name in ("data_format", "dim_ordering", "drop_path_rate"):
            call.fields.get(name)
        if op == "dropout":
            rate = call.fields.number("rate", "p", default=0.5)
            return call.node(op, None, {"rate": rate})
        call.build.note(f"{call.fields.kind} layers do nothing at prediction")
        return call.node(op)

    return read


SHAPE_LAYERS = {
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "ZeroPadding2D": zero_padding,
    "Cropping2D": cropping,
    "CenterCrop": center_crop,
    "UpSampling2D": up_sampling,
    "Resizing": resizing,
    "Dropout": identity("dropout"),
    "SpatialDropout2D": identity("dropout"),
    "AlphaDropout": identity("dropout"),
    "GaussianDropout": identity("dropout"),
    "GaussianNoise": identity(),
    "ActivityRegularization": identity(),
    "Identity": identity(),
    "StochasticDepth": identity(),  # of Keras's ConvNeXt
}
