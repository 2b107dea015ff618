"""Every operation as ONNX defines it, computed in float64 by onnx.reference.

Its known faults in 1.23.2 are worked round, each where it occurs: LRN normalises as many channels
as there are images, ConvTranspose mixes up groups, MaxPool mixes up pads, pools with ceil shift
their windows, Erf is computed in float32, and so are the constants of functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from tests.support.op_cases import Case

Arrays = Sequence[np.ndarray]


class Erf(OpRun):
    """In place of onnx.reference's, which computes in float32."""

    def _run(self, x: np.ndarray) -> tuple[np.ndarray]:
        return (np.vectorize(math.erf, otypes=[np.float64])(x),)


class Builder:
    """Appends ONNX nodes; every value has a name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: Any, dtype: type = np.float64) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], domain=domain, **attributes))
        return name


def onnx_output(case: Case, inputs: Arrays) -> np.ndarray:
    """The output of a node for N x shape inputs, as ONNX defines the operation."""
    if case.op == "lrn":
        return np.concatenate([_lrn(case, image[None]) for image in inputs[0]])
    builder = Builder()
    names = [f"x{place}" for place in range(len(inputs))]
    maps = case.op in CHANNELS_FIRST
    given = [np.moveaxis(x, -1, 1) if maps else x for x in inputs]
    last = WRITTEN[case.op](case, builder, names)
    return run(builder, given, last, maps and case.op not in VECTORS)


def run(builder: Builder, given: Arrays, last: str, to_channels_last: bool) -> np.ndarray:
    inputs = [
        helper.make_tensor_value_info(f"x{place}", TensorProto.DOUBLE, x.shape)
        for place, x in enumerate(given)
    ]
    output = helper.make_tensor_value_info(last, TensorProto.DOUBLE, None)
    graph = helper.make_graph(builder.nodes, "case", inputs, [output], builder.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])
    evaluator = ReferenceEvaluator(model, new_ops=[Erf])
    [result] = evaluator.run(None, {f"x{place}": x for place, x in enumerate(given)})
    return np.moveaxis(result, 1, -1) if to_channels_last else result


def _onnx_pads(pads: Sequence[int]) -> list[int]:
    top, bottom, left, right = pads
    return [top, left, bottom, right]


def _conv(case: Case, builder: Builder, names: list[str]) -> str:
    kernel = builder.constant(case.tensors["kernel"].transpose(3, 2, 0, 1))
    bias = [builder.constant(case.tensors["bias"])] if "bias" in case.tensors else []
    return builder.add(
        "Conv",
        *(names[0], kernel, *bias),
        strides=case["strides"],
        dilations=case["dilations"],
        pads=_onnx_pads(case["pads"]),
        group=case["groups"],
    )


def _conv_transpose(case: Case, builder: Builder, names: list[str]) -> str:
    """Group by group; negative crops are a padding of the result."""
    kernel = case.tensors["kernel"].transpose(3, 2, 0, 1)
    share = len(kernel) // case["groups"]
    parts = []
    for group in range(case["groups"]):
        bounds = [builder.constant([n], np.int64) for n in (group * share, (group + 1) * share, 1)]
        own = builder.add("Slice", names[0], *bounds[:2], bounds[2])
        weights = builder.constant(kernel[group * share : (group + 1) * share])
        parts.append(
            builder.add(
                "ConvTranspose",
                *(own, weights),
                strides=case["strides"],
                dilations=case["dilations"],
            )
        )
    whole = builder.add("Concat", *parts, axis=1)
    crops = np.array(case["crops"]).reshape(2, 2)
    sizes = np.array([[size] for size in _whole_size(case)])
    starts, ends = np.hstack([crops[:, :1], sizes - crops[:, 1:]]).clip(0, sizes).T
    bounds = [builder.constant(each, np.int64) for each in (starts, ends, (2, 3))]
    inside = builder.add("Slice", whole, *bounds)
    margins = np.vstack([np.zeros((2, 2)), -crops.clip(max=0)]).T.ravel()
    cropped = builder.add("Pad", inside, builder.constant(margins, np.int64))
    if "bias" not in case.tensors:
        return cropped
    return builder.add("Add", cropped, builder.constant(case.tensors["bias"][:, None, None]))


def _whole_size(case: Case) -> tuple[int, int]:
    """Height and width of a transposed convolution before the crop."""
    height, width, _ = case.shape
    top, bottom, left, right = case["crops"]
    return height + top + bottom, width + left + right


def _dense(case: Case, builder: Builder, names: list[str]) -> str:
    kernel = case.tensors["kernel"]
    flat = builder.add("Flatten", names[0]) if kernel.ndim > 2 else names[0]
    matrix = builder.constant(kernel.reshape(-1, kernel.shape[-1]))
    product = builder.add("MatMul", flat, matrix)
    if "bias" not in case.tensors:
        return product
    return builder.add("Add", product, builder.constant(case.tensors["bias"]))


def _pool(case: Case, builder: Builder, names: list[str]) -> str:
    attributes: dict[str, Any] = {
        "kernel_shape": case["window"],
        "strides": case["strides"],
        "dilations": case["dilations"],
    }
    if case.op == "max_pool":
        # Where strides and dilations are 1, onnx.reference takes pads in another order.
        low = builder.constant(-np.inf)
        margins = np.array([0, 0, *_ends(case)[0], 0, 0, *np.add(*_ends(case)[1:])])
        padded = builder.add("Pad", names[0], builder.constant(margins, np.int64), low)
        return builder.add("MaxPool", padded, **attributes)
    before, counted, extra = _ends(case)
    x = names[0]
    if case["count_padding"] and any(extra):
        margins = np.array([0, 0, *before, 0, 0, *counted])
        x = builder.add("Pad", x, builder.constant(margins, np.int64))
        pads, count = [0, 0, *extra], 0
    else:
        pads, count = [*before, *np.add(counted, extra)], int(case["count_padding"])
    return builder.add("AveragePool", x, **attributes, pads=pads, count_include_pad=count)


def _ends(case: Case) -> tuple[list[int], list[int], list[int]]:
    """Rows and columns before the image, after it within the pads, and beyond them, as ceil adds.

    They are explicit, because with ceil onnx.reference shifts the windows if more than one row is
    added, and fails if a window is dropped that begins after the image.
    """
    before, counted, extra = [], [], []
    for axis in (0, 1):
        reach = (case.shape[axis] - 1) * case["strides"][axis] + 1
        reach += case["dilations"][axis] * (case["window"][axis] - 1)
        first, after = case["pads"][2 * axis : 2 * axis + 2]
        needed = max(0, reach - case.shapes[0][axis] - first)
        before.append(first)
        counted.append(min(after, needed))
        extra.append(max(0, needed - after))
    return before, counted, extra


def _global_pool(case: Case, builder: Builder, names: list[str]) -> str:
    op = "GlobalAveragePool" if case.op == "global_average" else "GlobalMaxPool"
    pooled = builder.add(op, names[0])
    if case["keep_dims"]:
        return builder.add("Transpose", pooled, perm=(0, 2, 3, 1))
    return builder.add("Flatten", pooled)


def _batch_norm(case: Case, builder: Builder, names: list[str]) -> str:
    ones = np.ones_like(case.tensors["mean"])
    tensors = {"scale": ones, "bias": 0 * ones, **case.tensors}
    constants = [builder.constant(tensors[role]) for role in ("scale", "bias", "mean", "variance")]
    return builder.add("BatchNormalization", names[0], *constants, epsilon=case["epsilon"])


def _lrn(case: Case, image: np.ndarray) -> np.ndarray:
    """onnx.reference takes the number of images for that of channels: as many copies as channels.

    ONNX divides alpha by the size.
    """
    builder = Builder()
    channels = image.shape[-1]
    last = builder.add(
        "LRN",
        "x0",
        size=case["size"],
        alpha=case["alpha"] * case["size"],
        beta=case["beta"],
        bias=case["kappa"],
    )
    copies = np.repeat(np.moveaxis(image, -1, 1), channels, axis=0)
    return run(builder, [copies], last, True)[:1]


def _layer_norm(case: Case, builder: Builder, names: list[str]) -> str:
    sizes = [case.shapes[0][axis] for axis in case["axes"]]
    scale = builder.constant(case.tensors.get("scale", np.ones(sizes)))
    bias = builder.constant(case.tensors.get("bias", np.zeros(sizes)))
    axis = -len(sizes)
    return builder.add(
        "LayerNormalization", names[0], scale, bias, axis=axis, epsilon=case["epsilon"]
    )


def _l2_norm(case: Case, builder: Builder, names: list[str]) -> str:
    axes = [axis if axis < 0 else axis + 1 for axis in case["axes"]]
    over = builder.constant(axes, np.int64)
    epsilon = builder.constant(case["epsilon"])
    if case["combine"] == "max":
        norm = builder.add("Max", builder.add("ReduceL2", names[0], over), epsilon)
    else:
        combine = "Add" if case["combine"] == "add" else "Max"
        squares = builder.add("ReduceSumSquare", names[0], over)
        norm = builder.add("Sqrt", builder.add(combine, squares, epsilon))
    return builder.add("Div", names[0], norm)


def _mean(case: Case, builder: Builder, names: list[str]) -> str:
    axes = [axis if axis < 0 else axis + 1 for axis in case["axes"]]
    over = builder.constant(axes, np.int64)
    return builder.add("ReduceMean", names[0], over, keepdims=int(case["keep_dims"]))


def _clipped(case: Case, builder: Builder, names: list[str]) -> str:
    limits = (case["minimum"], case["maximum"])
    bounds = ["" if limit is None else builder.constant(limit) for limit in limits]
    return builder.add("Clip", names[0], *bounds)


def _gelu(case: Case, builder: Builder, names: list[str]) -> str:
    """As ONNX's function body writes it, with constants and Erf in float64."""
    [x] = names
    if case["approximate"]:
        cube = builder.add("Pow", x, builder.constant(3))
        inner = builder.add("Add", x, builder.add("Mul", cube, builder.constant(0.044715)))
        scaled = builder.add("Mul", inner, builder.constant(math.sqrt(2 / math.pi)))
        share = builder.add("Tanh", scaled)
    else:
        share = builder.add("Erf", builder.add("Div", x, builder.constant(math.sqrt(2))))
    half = builder.add("Mul", x, builder.constant(0.5))
    return builder.add("Mul", half, builder.add("Add", share, builder.constant(1)))


def _hard_swish(case: Case, builder: Builder, names: list[str]) -> str:
    """ONNX's HardSigmoid would have a slope of 1/6 in float32."""
    [x] = names
    line = builder.add("Add", builder.add("Div", x, builder.constant(6)), builder.constant(0.5))
    gate = builder.add("Clip", line, builder.constant(0), builder.constant(1))
    return builder.add("Mul", x, gate)


def _swish(case: Case, builder: Builder, names: list[str]) -> str:
    return builder.add("Mul", names[0], builder.add("Sigmoid", names[0]))


def _softmax(case: Case, builder: Builder, names: list[str]) -> str:
    axis = case["axis"]
    return builder.add("Softmax", names[0], axis=axis if axis < 0 else axis + 1)


def _of_several(op: str) -> Callable[[Case, Builder, list[str]], str]:
    """Inputs of fewer axes get axes of size 1 after the batch: ONNX broadcasts the batch too."""

    def written(case: Case, builder: Builder, names: list[str]) -> str:
        rank = max(map(len, case.shapes))
        aligned = []
        for name, shape in zip(names, case.shapes, strict=True):
            target = [-1, *(1,) * (rank - len(shape)), *shape]
            aligned.append(builder.add("Reshape", name, builder.constant(target, np.int64)))
        last = aligned[0]
        for name in aligned[1:]:
            last = builder.add(op, last, name)
        return last

    return written


def _scale_shift(case: Case, builder: Builder, names: list[str]) -> str:
    last = builder.add("Identity", names[0])
    for role, op in (("scale", "Mul"), ("bias", "Add")):
        if role in case.tensors:
            last = builder.add(op, last, builder.constant(case.tensors[role]))
    return last


def _concat(case: Case, builder: Builder, names: list[str]) -> str:
    axis = case["axis"]
    return builder.add("Concat", *names, axis=axis if axis < 0 else axis + 1)


def _flatten(case: Case, builder: Builder, names: list[str]) -> str:
    return builder.add("Flatten", _transpose(case, builder, names))


def _transpose(case: Case, builder: Builder, names: list[str]) -> str:
    return builder.add("Transpose", names[0], perm=[0, *(axis + 1 for axis in case["order"])])


def _reshape(case: Case, builder: Builder, names: list[str]) -> str:
    return builder.add("Reshape", names[0], builder.constant([0, *case["shape"]], np.int64))


def _pad(case: Case, builder: Builder, names: list[str]) -> str:
    pads = np.array([(0, 0), *case["pads"]]).T.ravel()
    value = builder.constant(case["value"])
    return builder.add("Pad", names[0], builder.constant(pads, np.int64), value, mode=case["mode"])


def _crop(case: Case, builder: Builder, names: list[str]) -> str:
    crops = zip(case["crops"], case.shapes[0], strict=True)
    bounds = np.array([(before, size - after) for (before, after), size in crops])
    axes = np.arange(1, len(bounds) + 1)
    constants = [builder.constant(each, np.int64) for each in (*bounds.T, axes)]
    return builder.add("Slice", names[0], *constants)


def _resize(case: Case, builder: Builder, names: list[str]) -> str:
    sizes = builder.constant([2, case.shapes[0][2], *case["size"]], np.int64)
    return builder.add(
        "Resize",
        *(names[0], "", "", sizes),
        mode="nearest" if case["method"] == "nearest" else "linear",
        coordinate_transformation_mode=case["coordinates"],
        nearest_mode=case["rounding"],
    )


def _prelu(case: Case, builder: Builder, names: list[str]) -> str:
    return builder.add("PRelu", names[0], builder.constant(case.tensors["slope"]))


def _simple(op: str, **renamed: str) -> Callable[[Case, Builder, list[str]], str]:
    def written(case: Case, builder: Builder, names: list[str]) -> str:
        attributes = {theirs: case[ours] for ours, theirs in renamed.items()}
        return builder.add(op, names[0], **attributes)

    return written


CHANNELS_FIRST = {
    *("conv", "conv_transpose", "max_pool", "average_pool", "global_average", "global_max"),
    *("batch_norm", "resize"),
}
VECTORS = {"global_average", "global_max"}

WRITTEN: dict[str, Callable[[Case, Builder, list[str]], str]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "dense": _dense,
    "max_pool": _pool,
    "average_pool": _pool,
    "global_average": _global_pool,
    "global_max": _global_pool,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "l2_norm": _l2_norm,
    "mean": _mean,
    "relu": _simple("Relu"),
    "leaky_relu": _simple("LeakyRelu", slope="alpha"),
    "clipped_relu": _clipped,
    "prelu": _prelu,
    "sigmoid": _simple("Sigmoid"),
    "hard_sigmoid": _simple("HardSigmoid", slope="alpha", offset="beta"),
    "swish": _swish,
    "hard_swish": _hard_swish,
    "elu": _simple("Elu", alpha="alpha"),
    "selu": _simple("Selu", alpha="alpha", gamma="gamma"),
    "tanh": _simple("Tanh"),
    "gelu": _gelu,
    "softmax": _softmax,
    "add": _of_several("Add"),
    "subtract": _of_several("Sub"),
    "multiply": _of_several("Mul"),
    "divide": _of_several("Div"),
    "scale_shift": _scale_shift,
    "concat": _concat,
    "flatten": _flatten,
    "reshape": _reshape,
    "transpose": _transpose,
    "pad": _pad,
    "crop": _crop,
    "resize": _resize,
    "dropout": _simple("Dropout"),
    "identity": _simple("Identity"),
}
