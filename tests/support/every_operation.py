"""Networks with every operation that a graph can have, each in several forms.

Every node reads the input or a node before it, so that one run of a tool tries them all.
"""

from __future__ import annotations

from tests.support.graph_jobs import Sketch


def windows() -> Sketch:
    """Convolutions and pools of every kind, on an image of 11 x 9 with 4 channels."""
    s = Sketch((11, 9, 4))

    def conv(name, height, width, inputs, units, bias=True, **attributes):
        scale = (2 / (height * width * inputs)) ** 0.5
        tensors = {"kernel": s.normal(height, width, inputs, units, scale=scale)}
        if bias:
            tensors["bias"] = s.normal(units)
        s.add(name, "conv", tensors=tensors, **attributes)

    conv("plain", 3, 2, 4, 5)
    conv("no bias", 1, 1, 4, 3, bias=False)
    conv("same", 3, 3, 4, 5, pads=(1, 1, 1, 1))
    conv("same, strided", 5, 3, 4, 5, pads=(2, 2, 1, 1), strides=(2, 2))
    conv("same, dilated", 3, 3, 4, 5, pads=(2, 2, 3, 3), dilations=(2, 3))
    conv("uneven/pads", 3, 3, 4, 5, pads=(0, 1, 2, 0), strides=(2, 1))
    conv("uneven pads, dilated", 3, 2, 4, 5, pads=(1, 0, 0, 2), dilations=(2, 2))
    conv("grouped", 3, 3, 2, 6, pads=(1, 1, 0, 1), groups=2, strides=(2, 3))
    conv("depthwise", 3, 3, 1, 8, groups=4, pads=(0, 1, 0, 1), strides=(2, 2))
    conv("depthwise, dilated", 2, 3, 1, 4, groups=4, dilations=(3, 1), bias=False)

    def pool(name, op, window, **attributes):
        s.add(name, op, window=window, **attributes)

    for op in ("max_pool", "average_pool"):
        pool(f"{op}", op, (2, 2), strides=(2, 2))
        pool(f"{op} overlapping", op, (3, 2), strides=(2, 1))
        pool(f"{op} padded", op, (3, 3), strides=(2, 2), pads=(1, 1, 1, 1))
        pool(f"{op} uneven", op, (3, 3), strides=(2, 2), pads=(0, 1, 0, 2))
        pool(f"{op} ceil", op, (3, 3), strides=(2, 3), ceil=True)
        pool(f"{op} ceil, padded", op, (3, 3), strides=(3, 2), pads=(1, 1, 0, 1), ceil=True)
        pool(f"{op} dilated", op, (2, 3), dilations=(3, 2), pads=(1, 2, 0, 1))
    pool("counted", "average_pool", (3, 3), strides=(2, 2), pads=(1, 2, 1, 0), count_padding=True)
    pool(
        *("counted, ceil", "average_pool", (3, 2)),
        **{"strides": (3, 4), "pads": (1, 0, 0, 1), "ceil": True, "count_padding": True},
    )
    return s


def transposed() -> Sketch:
    """Transposed convolutions, on an image of 4 x 5 with 6 channels."""
    s = Sketch((4, 5, 6))

    def add(name, height, width, units, groups=1, bias=True, **attributes):
        tensors = {"kernel": s.normal(height, width, units // groups, 6)}
        if bias:
            tensors["bias"] = s.normal(units)
        s.add(name, "conv_transpose", tensors=tensors, groups=groups, **attributes)

    add("plain", 3, 2, 4)
    add("upsampling", 4, 4, 3, strides=(2, 2), crops=(1, 1, 1, 1))
    add("uneven", 3, 5, 4, strides=(2, 3), crops=(0, 1, 2, 0), bias=False)
    add("grouped", 3, 3, 4, groups=2, strides=(2, 2))
    add("depthwise", 4, 4, 6, groups=6, strides=(2, 2), crops=(1, 1, 1, 1), bias=False)
    add("dilated", 2, 3, 4, dilations=(2, 3), strides=(1, 2))
    add("larger", 2, 2, 3, strides=(2, 2), crops=(0, -1, -2, 1))
    add("stride beyond the kernel", 2, 1, 3, strides=(3, 2), crops=(1, 0, 0, 0))
    return s


def values() -> Sketch:
    """Activations, sums and normalisations, on an image of 5 x 4 with 6 channels."""
    s = Sketch((5, 4, 6))
    channels = s.shape[-1]
    for op in (
        *("relu", "leaky_relu", "clipped_relu", "sigmoid", "hard_sigmoid", "swish", "hard_swish"),
        *("elu", "selu", "tanh", "gelu", "softmax", "dropout", "identity"),
    ):
        s.add(op, op)
    s.add("leaky_relu 0.3", "leaky_relu", slope=0.3)
    s.add("clip", "clipped_relu", minimum=-0.25, maximum=0.75)
    s.add("clip above", "clipped_relu", minimum=None, maximum=0.5)
    s.add("clip below", "clipped_relu", minimum=-0.5, maximum=None)
    s.add("hard_sigmoid 3", "hard_sigmoid", slope=1 / 6, offset=0.5)
    s.add("elu 0.4", "elu", alpha=0.4)
    s.add("gelu tanh", "gelu", approximate=True)
    s.add("softmax rows", "softmax", axis=0)
    s.add("prelu", "prelu", tensors={"slope": s.normal(channels)})
    s.add("prelu of values", "prelu", tensors={"slope": s.normal(5, 4, channels)})
    s.add("prelu of one", "prelu", tensors={"slope": s.normal(1, 1, channels)})

    moments = {"mean": s.normal(channels), "variance": s.positive(channels)}
    affine = {"scale": s.normal(channels), "bias": s.normal(channels)}
    s.add("batch_norm", "batch_norm", tensors={**moments, **affine}, epsilon=1e-3)
    s.add("batch_norm plain", "batch_norm", tensors=moments, epsilon=1e-5)
    s.add("batch_norm small", "batch_norm", tensors={**moments, **affine}, epsilon=1e-7)
    only = {**moments, "scale": affine["scale"]}
    s.add("batch_norm scaled", "batch_norm", tensors=only, epsilon=1e-4)

    s.add("lrn", "lrn", size=5, alpha=0.3, beta=0.75, kappa=2.0)
    s.add("lrn even", "lrn", size=4, alpha=0.2, beta=0.5, kappa=1.0)
    s.add("lrn wide", "lrn", size=11, alpha=0.2, beta=0.75, kappa=1.0)
    s.add("scale_shift", "scale_shift", tensors=affine)
    s.add("scaled", "scale_shift", tensors={"scale": s.normal(5, 4, channels)})
    s.add("shifted", "scale_shift", tensors={"bias": s.normal(1, 1, channels)})
    s.add("layer_norm", "layer_norm", tensors=affine, epsilon=1e-3)
    s.add("layer_norm of all", "layer_norm", axes=(0, 1, 2), epsilon=1e-5)
    rows = {"scale": s.normal(5), "bias": s.normal(5)}
    s.add("layer_norm of rows", "layer_norm", tensors=rows, axes=(0,), epsilon=1e-5)
    whole = {"scale": s.normal(4, 6), "bias": s.normal(1, 6)}
    s.add("layer_norm of columns", "layer_norm", tensors=whole, axes=(-2, -1), epsilon=1e-5)
    for combine in ("max", "add", "max_square"):
        s.add(f"l2_norm {combine}", "l2_norm", combine=combine, epsilon=1.5)
    s.add("l2_norm of all", "l2_norm", axes=(0, 1, 2))

    s.add("mean", "mean", axes=(0, 1))
    s.add("mean kept", "mean", axes=(-1,), keep_dims=True)
    s.add("global_average", "global_average")
    s.add("global_average kept", "global_average", keep_dims=True)
    s.add("global_max", "global_max")
    s.add("global_max kept", "global_max", keep_dims=True)

    s.add("add", "add", "input", "relu", "tanh")
    s.add("add channels", "add", "input", "global_average")
    s.add("add map", "add", "mean kept", "input")
    s.add("multiply", "multiply", "input", "tanh")
    s.add("multiply by gate", "multiply", "input", "global_max kept")
    s.add("multiply outer", "multiply", "mean kept", "global_max kept")
    s.add("subtract", "subtract", "input", "relu")
    s.add("divide", "divide", "input", "gelu")
    return s


def dense() -> Sketch:
    """Dense layers on vectors and maps, and operations on vectors."""
    s = Sketch((3, 4, 5))
    s.add("whole map", "dense", tensors={"kernel": s.normal(3, 4, 5, 6), "bias": s.normal(6)})
    s.add("each place", "dense", tensors={"kernel": s.normal(5, 3), "bias": s.normal(3)})
    s.add("each place, no bias", "dense", tensors={"kernel": s.normal(5, 3)})
    s.add("vector", "flatten")
    s.add("flatten again", "flatten", "vector", order=(0,))
    s.add("of vector", "dense", "vector", tensors={"kernel": s.normal(60, 7)})
    kernel = {"kernel": s.normal(3, 4, 5, 6), "bias": s.normal(6)}
    s.add("of vector as map", "dense", "vector", tensors=kernel)
    s.add("relu", "relu", "of vector")
    s.add("softmax", "softmax", "of vector")
    moments = {"mean": s.normal(7), "variance": s.positive(7)}
    s.add("batch_norm", "batch_norm", "of vector", tensors=moments, epsilon=1e-3)
    s.add("layer_norm", "layer_norm", "of vector", epsilon=1e-6)
    s.add("add", "add", "of vector", "relu")
    s.add("concat", "concat", "of vector", "whole map")
    s.add("back", "reshape", "of vector", shape=(1, 1, 7))
    s.add("conv", "conv", "back", tensors={"kernel": s.normal(1, 1, 7, 4), "bias": s.normal(4)})
    return s


def shapes() -> Sketch:
    """What moves values: joins, flattening, padding, resizing, on an image of 5 x 6 x 3."""
    s = Sketch((5, 6, 3))
    s.add("relu", "relu")
    s.add("concat", "concat", "input", "relu")
    s.add("concat rows", "concat", "relu", "input", "relu", axis=0)
    s.add("concat columns", "concat", "input", "relu", axis=1)
    s.add("concat of one", "concat", "input")
    for order in ((0, 1, 2), (2, 0, 1), (2, 1, 0), (1, 0, 2)):
        s.add(f"flatten {order}", "flatten", order=order)
    s.add("reshape", "reshape", shape=(9, 10))
    s.add("reshape image", "reshape", shape=(3, 15, 2))
    s.add("reshape more", "reshape", shape=(5, 3, 2, 3))
    s.add("flatten more", "flatten", "reshape more", order=(2, 0, 3, 1))
    s.add("transpose", "transpose", order=(2, 0, 1))
    s.add("transpose pair", "transpose", "reshape", order=(1, 0))
    s.add("transpose more", "transpose", "reshape more", order=(3, 1, 0, 2))
    s.add("pad", "pad", pads=((1, 0), (2, 3), (0, 0)))
    s.add("pad value", "pad", pads=((0, 2), (1, 0), (1, 1)), value=-1.5)
    s.add("pad reflect", "pad", pads=((2, 1), (0, 3), (0, 0)), mode="reflect")
    s.add("pad edge", "pad", pads=((2, 1), (0, 3), (1, 0)), mode="edge")
    s.add("crop", "crop", crops=((1, 2), (0, 3), (1, 0)))
    s.add("crop image", "crop", crops=((0, 1), (2, 0), (0, 0)))
    for size in ((10, 12), (3, 4), (7, 5), (1, 9)):
        for coordinates in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
            name = f"{coordinates} {size[0]} {size[1]}"
            s.add(
                f"bilinear {name}", "resize", size=size, method="bilinear", coordinates=coordinates
            )
            for rounding in ("floor", "round_prefer_floor", "round_prefer_ceil", "ceil"):
                s.add(
                    *(f"nearest {rounding} {name}", "resize"),
                    **{"size": size, "coordinates": coordinates, "rounding": rounding},
                )
    return s


SKETCHES = {
    "windows": windows,
    "transposed": transposed,
    "values": values,
    "dense": dense,
    "shapes": shapes,
}
