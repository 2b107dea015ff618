"""Convolutions, plain, grouped, depthwise, separable and transposed, and dense layers.

Keras 2 and 3 store kernels as height x width x inputs x outputs whatever `data_format` is; Keras 1
stores outputs x inputs x height x width with `dim_ordering="th"`. Theano turns kernels round by 180
degrees, but for those of depthwise convolutions, which Keras turns round itself before.
"""

from __future__ import annotations

from netparity.files.stored import Stored
from netparity.networks.graph import Shape
from netparity.networks.reading.keras.activations import activated
from netparity.networks.reading.keras.building import Array, Change, Tensor, Value, of_file
from netparity.networks.reading.keras.call import Call
from netparity.networks.reading.keras.padding import four, same

Two = tuple[int, int]


def theano(call: Call) -> bool:
    """Whether the layer was trained on Theano: kernels turned round, and padding of its own."""
    if call.era.backend:
        return call.era.backend == "theano"
    return call.era.version == 1 and call.channels_first


def padding_of(call: Call) -> str:
    """`same` or `valid`."""
    padding = call.fields.text("padding", "border_mode", default="valid")
    if padding not in ("same", "valid"):
        raise call.fields.refused(f"has padding {padding[:40]!r}, expected 'same' or 'valid'")
    return padding


def pads_of(call: Call, shape: Shape, size: Two, strides: Two, dilations: Two) -> tuple[int, ...]:
    """Explicit pads for an input of this shape."""
    if padding_of(call) == "valid":
        return (0, 0, 0, 0)
    reach = (dilations[0] * (size[0] - 1) + 1, dilations[1] * (size[1] - 1) + 1)
    pads = four("conv", theano(call), shape, reach, strides)
    if pads != four("conv", False, shape, reach, strides):
        call.build.note(
            "padding is as Keras on Theano has it: half the window on every side, where TensorFlow "
            "puts the odd row and column at the bottom and right"
        )
    return pads


def _strides(call: Call) -> Two:
    return call.fields.pair("strides", "subsample", default=(1, 1))


def _dilations(call: Call) -> Two:
    return call.fields.pair("dilation_rate", "atrous_rate", default=(1, 1))


def _positive(call: Call, *values: int) -> None:
    if min(values) < 1:
        raise call.fields.refused("has a stride, a dilation, a size or a group below 1")


def _kernel(call: Call, stored: Stored, depthwise: bool = False) -> Tensor:
    """A kernel of the file in the graph's layout, and as a correlation has it."""
    if len(stored.shape) != 4:
        raise call.fields.refused(f"has a kernel {stored.shape}, expected 4 axes")
    older = call.era.version == 1 and call.channels_first
    turned = theano(call) and not depthwise

    def change(values: Array) -> Array:
        if older:
            values = values.transpose(2, 3, 1, 0)
        if turned:
            values = values[::-1, ::-1]
        if depthwise:
            height, width, channels, multiplier = values.shape
            values = values.reshape(height, width, 1, channels * multiplier)
        return values

    changes: Change | None = change if older or turned or depthwise else None
    return of_file(stored, changes)


def _roles(call: Call, *kernels: str) -> dict[str, Stored]:
    bias = call.fields.flag("use_bias", "bias", default=True)
    return call.expect_arrays(*kernels, *(("bias",) if bias else ()))


def _expect(call: Call, what: str, stated: int, found: int) -> None:
    if stated != found:
        raise call.fields.refused(f"has {stated} {what}, but its arrays are for {found}")


def conv(call: Call) -> Value:
    """Conv2D, and Keras 1's Convolution2D and AtrousConvolution2D."""
    value, strides, dilations = call.image(), _strides(call), _dilations(call)
    groups = call.fields.whole("groups", default=1)
    roles = _roles(call, "kernel")
    tensors = {"kernel": _kernel(call, roles["kernel"])}
    if "bias" in roles:
        tensors["bias"] = of_file(roles["bias"])
    height, width, _, units = tensors["kernel"].shape
    size = call.fields.pair(
        "kernel_size",
        default=(
            call.fields.whole("nb_row", default=height),
            call.fields.whole("nb_col", default=width),
        ),
    )
    _positive(call, *strides, *dilations, *size, groups)
    _expect(call, "rows", size[0], height)
    _expect(call, "columns", size[1], width)
    _expect(call, "filters", call.fields.whole("filters", "nb_filter", default=units), units)
    attributes = {
        "strides": strides,
        "pads": pads_of(call, value.shape, size, strides, dilations),
        "dilations": dilations,
        "groups": groups,
    }
    return activated(call, "conv", [value], attributes, tensors)


def depthwise_conv(call: Call) -> Value:
    """DepthwiseConv2D."""
    value, roles = call.image(), _roles(call, "kernel")
    for name in ("filters", "groups"):  # of the class that it extends
        call.fields.get(name)
    attributes, tensors = _depthwise(call, value, roles["kernel"])
    if "bias" in roles:
        tensors["bias"] = of_file(roles["bias"])
    return activated(call, "conv", [value], attributes, tensors)


def _depthwise(
    call: Call, value: Value, stored: Stored
) -> tuple[dict[str, object], dict[str, Tensor]]:
    strides, dilations = _strides(call), _dilations(call)
    kernel = _kernel(call, stored, depthwise=True)
    height, width = kernel.shape[:2]
    channels = value.shape[2]
    multiplier = call.fields.whole("depth_multiplier", default=1)
    size = call.fields.pair("kernel_size", default=(height, width))
    _positive(call, *strides, *dilations, *size, multiplier)
    _expect(call, "rows", size[0], height)
    _expect(call, "columns", size[1], width)
    _expect(call, "channels of output", channels * multiplier, kernel.shape[3])
    pads = pads_of(call, value.shape, size, strides, dilations)
    attributes = {"strides": strides, "pads": pads, "dilations": dilations, "groups": channels}
    return attributes, {"kernel": kernel}


def separable_conv(call: Call) -> Value:
    """SeparableConv2D: a depthwise convolution and one of 1 x 1."""
    value, roles = call.image(), _roles(call, "depthwise_kernel", "pointwise_kernel")
    attributes, tensors = _depthwise(call, value, roles["depthwise_kernel"])
    deep = call.node("conv", [value], attributes, tensors, suffix="depthwise")
    tensors = {"kernel": _kernel(call, roles["pointwise_kernel"])}
    if "bias" in roles:
        tensors["bias"] = of_file(roles["bias"])
    units = tensors["kernel"].shape[3]
    _expect(call, "filters", call.fields.whole("filters", default=units), units)
    call.fields.get("groups")
    return activated(call, "conv", [deep], {}, tensors)


def conv_transpose(call: Call) -> Value:
    """Conv2DTranspose, whose kernel is height x width x outputs x inputs."""
    value, strides, dilations = call.image(), _strides(call), _dilations(call)
    roles = _roles(call, "kernel")
    tensors = {"kernel": _kernel(call, roles["kernel"])}
    if "bias" in roles:
        tensors["bias"] = of_file(roles["bias"])
    height, width, units, _ = tensors["kernel"].shape
    size = call.fields.pair("kernel_size", default=(height, width))
    _positive(call, *strides, *dilations, *size)
    _expect(call, "rows", size[0], height)
    _expect(call, "columns", size[1], width)
    _expect(call, "filters", call.fields.whole("filters", default=units), units)
    call.fields.get("groups")
    extra = None
    if call.fields.get("output_padding") is not None:
        extra = call.fields.pair("output_padding")
    crops: list[int] = []
    for axis in (0, 1):
        reach = dilations[axis] * (size[axis] - 1) + 1
        more = None if extra is None else extra[axis]
        crops += _crops(call, value.shape[axis], reach, strides[axis], size[axis], more)
    attributes = {"strides": strides, "crops": tuple(crops), "dilations": dilations}
    return activated(call, "conv_transpose", [value], attributes, tensors)


def _crops(
    call: Call, size: int, reach: int, stride: int, window: int, extra: int | None
) -> tuple[int, int]:
    """What is cut before and after; less than 0 where the output is longer than what is summed."""
    full = (size - 1) * stride + reach
    if padding_of(call) == "valid":
        output = size * stride + max(reach - stride, 0) if extra is None else full + extra
        return 0, full - output
    if theano(call):
        output = size * stride
        before = reach // 2
    else:
        output = size * stride
        if extra is not None:
            output = full - 2 * (reach // 2) + extra
        before = same(output, reach, stride)[0]
    return before, full - output - before


def dense(call: Call) -> Value:
    """Dense, which works on the last of Keras's axes."""
    value = call.plain()
    roles = _roles(call, "kernel")
    if len(roles["kernel"].shape) != 2:
        raise call.fields.refused(f"has a kernel {roles['kernel'].shape}, expected 2 axes")
    tensors = {role: of_file(stored) for role, stored in roles.items()}
    units = tensors["kernel"].shape[1]
    _expect(call, "units", call.fields.whole("units", "output_dim", default=units), units)
    return activated(call, "dense", [value], {}, tensors)


CONVOLUTION_LAYERS = {
    "Conv2D": conv,
    "Convolution2D": conv,
    "AtrousConvolution2D": conv,
    "DepthwiseConv2D": depthwise_conv,
    "SeparableConv2D": separable_conv,
    "SeparableConvolution2D": separable_conv,
    "Conv2DTranspose": conv_transpose,
    "Convolution2DTranspose": conv_transpose,
    "Dense": dense,
}
