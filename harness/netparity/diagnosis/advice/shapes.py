"""Advice about sums, products, concatenations, and the order of values."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice

_REVERSED = Advice(
    plain="Swap the two inputs of $layer.",
    keras3="Swap the two inputs of $layer in the list that it is called with.",
    matconvnet="Swap the two entries of `inputs` of $layer.",
)

SHAPES: dict[str, Advice] = {
    "sum-without-*": Advice(
        plain="Add the $rest input of $layer too.",
        keras3="Call `Add()` at $layer with all of its inputs; the $rest one is left out.",
        matconvnet="List all of the inputs of $layer (`dagnn.Sum`); the $rest one is left out.",
    ),
    "product-without-*": Advice(
        plain="Multiply by the $rest input of $layer too.",
        keras3="Call `Multiply()` at $layer with all of its inputs; the $rest one is left out.",
        matconvnet="Multiply all of the inputs of $layer; the $rest one is left out.",
    ),
    "subtract-reversed": _REVERSED,
    "divide-reversed": _REVERSED,
    "concat-*": Advice(
        plain="Concatenate the inputs of $layer in the network's own order.",
        keras3="List the inputs of `Concatenate()` at $layer in the network's own order.",
        matconvnet="List `inputs` of $layer (`dagnn.Concat`) in the network's own order.",
    ),
    "flatten-as-*": Advice(
        plain="Flatten the map at $layer in the network's own order of the axes, not in the order "
        "$rest.",
        keras3="Give `Flatten(data_format=…)` at $layer the layout that its input really has; "
        "`Permute` before it changes the order.",
        matconvnet="Permute the map before $layer: MATLAB flattens the rows of a column first, "
        "then the columns, then the channels.",
    ),
    "reshape-channels-first": Advice(
        plain="Reshape the map at $layer in the order height, width, channels.",
        keras3="Set `data_format='channels_last'`, or put a `Permute` before `Reshape` at $layer.",
        matconvnet="Permute the map before `reshape` at $layer: MATLAB reads columns first.",
    ),
    "transpose-reshaped": Advice(
        plain="Transpose the axes at $layer; a reshape keeps the order of the values.",
        keras3="Use `Permute` at $layer, not `Reshape`.",
        matconvnet="Use `permute` at $layer, not `reshape`.",
    ),
    "resized-*": Advice(
        plain="Resize the map at $layer with the network's own method and coordinates, not with "
        "$rest.",
        keras3="Check `interpolation` of $layer: `UpSampling2D` and `keras.ops.image.resize` use "
        "half-pixel centres, older versions of TensorFlow did not.",
        matconvnet="Check the weights that resize the map at $layer: MatConvNet does it by a "
        "transposed convolution or `vl_nnbilinearsampler`.",
    ),
    "mean-as-sum": Advice(
        plain="Divide the sum at $layer by the number of values.",
        keras3="Use `keras.ops.mean` at $layer, not `keras.ops.sum`.",
        matconvnet="Use `mean` at $layer, not `sum`.",
    ),
}
