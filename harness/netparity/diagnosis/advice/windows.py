"""Advice about pads, windows and pools."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice

_MAX_POOL = "`MaxPooling2D(pool_size, strides, padding='valid')`"
_NO_SHIFT = Advice(
    plain="Start the first window of $layer at the first row and column, without padding.",
    keras3=f"Build $layer as {_MAX_POOL}, without a `ZeroPadding2D` before it.",
    matconvnet="Set `net.layers{i}.pad` of $layer to `0` or `[0 1 0 1]` (top, bottom, left, "
    "right): no padding at the top or the left.",
)

WINDOWS: dict[str, Advice] = {
    "padding-valid": Advice(
        plain="Pad the input of $layer with zeros so that the feature map keeps its size.",
        keras3="Build $layer with `padding='same'`; Keras's default is 'valid'.",
        matconvnet="Set `net.layers{i}.pad` at $linear to half of the window, rounded down "
        "(`vl_nnconv(…, 'pad', 1)` for 3 × 3); its default is 0.",
    ),
    "pool-average": Advice(
        plain="Take the maximum of each window in $layer.",
        keras3=f"Build $layer as {_MAX_POOL} instead of `AveragePooling2D`.",
        matconvnet="Set `net.layers{i}.method = 'max'` at $layer "
        "(`vl_nnpool(…, 'method', 'max')`).",
    ),
    "pool-padding": _NO_SHIFT,
    "pool-padding-top": _NO_SHIFT,
    "pool-padding-left": _NO_SHIFT,
    "padding-other-side": Advice(
        plain="Swap the padding of $layer: that of the top and the bottom, and that of the left "
        "and the right.",
        keras3="Pad with `ZeroPadding2D(((top, bottom), (left, right)))` before $layer, and build "
        "it with `padding='valid'`: 'same' puts an odd row at the bottom and an odd column at the "
        "right.",
        matconvnet="Set `pad` of $linear as `[top bottom left right]`, in this order.",
    ),
    "padding-same-shifted": Advice(
        plain="Pad $layer by the same number of rows and columns on each side.",
        keras3="Pad with `ZeroPadding2D` before $layer, and build it with `padding='valid'`: with "
        "a stride, 'same' pads less at the top and the left.",
        matconvnet="Set `pad` of $linear to a single number, so that each side has the same.",
    ),
    "padding-symmetric": Advice(
        plain="Pad $layer as the network says: not by the same number on each side.",
        keras3="Build $layer with `padding='same'` if the network comes from TensorFlow, or pad "
        "with `ZeroPadding2D(((top, bottom), (left, right)))` before it and use 'valid'.",
        matconvnet="Set `pad` of $linear as `[top bottom left right]`; a single number pads each "
        "side alike.",
    ),
    "padding-counted": Advice(
        plain="Count the padding in the mean of $layer as the network does.",
        keras3="Pad $layer as the network means it: `AveragePooling2D(padding='same')` leaves the "
        "padding out of the mean, `ZeroPadding2D` before it with 'valid' counts it.",
        matconvnet="Pad before $layer if the network counts the padding, and set its `pad` if not: "
        "`vl_nnpool` leaves the padding out of the mean.",
    ),
    "average-divisor": Advice(
        plain="Divide the sum in each window of $layer by the number of values that count, which "
        "is smaller where a window reaches beyond the padding.",
        keras3="Do not pad before $layer to make its last window fit: crop the input, or build it "
        "with `padding='same'`, which divides by the values inside.",
        matconvnet="Set `pad` of $layer instead of padding before it: `vl_nnpool` divides by the "
        "values inside.",
    ),
    "pool-floor": Advice(
        plain="Round the number of windows of $layer up: a last window may reach beyond the image.",
        keras3="Build $layer with `padding='same'`, or pad at the bottom and right before it: with "
        "'valid' Keras rounds down, Caffe rounds up.",
        matconvnet="Set `pad` of $layer to `[0 1 0 1]` (bottom and right): MatConvNet rounds down, "
        "Caffe rounds up.",
    ),
    "pool-maximum": Advice(
        plain="Take the mean of each window in $layer.",
        keras3="Build $layer as `AveragePooling2D` instead of `MaxPooling2D`.",
        matconvnet="Set `method` of $layer to 'avg' (`vl_nnpool(…, 'method', 'avg')`).",
    ),
    "global-maximum": Advice(
        plain="Take the mean of each channel in $layer.",
        keras3="Build $layer as `GlobalAveragePooling2D` instead of `GlobalMaxPooling2D`.",
        matconvnet="Set `method` of $layer to 'avg' (`vl_nnpool(…, 'method', 'avg')`).",
    ),
    "global-average": Advice(
        plain="Take the maximum of each channel in $layer.",
        keras3="Build $layer as `GlobalMaxPooling2D` instead of `GlobalAveragePooling2D`.",
        matconvnet="Set `method` of $layer to 'max' (`vl_nnpool(…, 'method', 'max')`).",
    ),
    "crop-other-side": Advice(
        plain="Swap the crop of $layer: that of the top and the bottom, and that of the left and "
        "the right.",
        keras3="Crop with `Cropping2D(((top, bottom), (left, right)))` at $layer; a "
        "`Conv2DTranspose(padding='same')` crops an odd row at the bottom.",
        matconvnet="Set `crop` of $layer as `[top bottom left right]`, in this order.",
    ),
    "crop-centred": Advice(
        plain="Crop $layer by the rows and columns that the network says, not in the middle.",
        keras3="Build $layer as `Cropping2D(((top, bottom), (left, right)))`.",
        matconvnet="Set `crop` of $layer as `[top bottom left right]`.",
    ),
    "pad-*": Advice(
        plain="Fill the padding of $layer as the network says, not by $rest.",
        keras3="Build $layer with `keras.ops.pad(x, widths, mode=…)`: 'constant', 'reflect', or "
        "'edge'; `ZeroPadding2D` fills with zeros.",
        matconvnet="Pad the input of $layer before the network runs: `pad` of a layer fills with "
        "zeros.",
    ),
}
