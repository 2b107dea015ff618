"""Every operation of ONNX that is read, against the reference implementation of the package."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.support.graph_runs import run_graph
from tests.support.onnx_files import (
    assert_reads,
    model_of,
    node,
    ops_of,
    random_values,
    read_model,
)

KERNEL, BIAS = random_values(6, 3, 3, 2), random_values(6)


@pytest.mark.parametrize("auto_pad", ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize(
    ("strides", "dilations"), [([1, 1], [1, 1]), ([2, 3], [1, 1]), ([1, 1], [2, 3])]
)
def test_convolution_padded_automatically(auto_pad, strides, dilations, tmp_path: Path):
    conv = node(
        "Conv", ["x", "k", "b"], ["y"], auto_pad=auto_pad, strides=strides, dilations=dilations
    )
    assert_reads(model_of([conv], {"k": KERNEL, "b": BIAS}), tmp_path)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_convolution_with_groups_and_uneven_pads(groups: int, tmp_path: Path):
    kernel = random_values(8, 4 // groups, 2, 3)
    conv = node("Conv", ["x", "k"], ["y"], group=groups, pads=[1, 0, 2, 1], strides=[2, 1])
    found = assert_reads(model_of([conv], {"k": kernel}, {"x": ("N", 4, 7, 9)}), tmp_path)
    assert found.network.nodes[0].attributes["pads"] == (1, 2, 0, 1)
    assert dict(found.network.tensors) == {"y.kernel": (2, 3, 4 // groups, 8)}


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"strides": [2, 3]},
        {"strides": [2, 2], "pads": [1, 0, 1, 2]},
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
        {"strides": [3, 2], "output_shape": [25, 20]},
        {"strides": [3, 2], "output_shape": [25, 20], "auto_pad": "SAME_UPPER"},
        {"strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {"strides": [2, 1], "dilations": [2, 2]},
    ],
)
def test_transposed_convolution(attributes, tmp_path: Path):
    conv = node("ConvTranspose", ["x", "k", "b"], ["y"], **attributes)
    constants = {"k": random_values(3, 5, 3, 2), "b": random_values(5)}
    assert_reads(model_of([conv], constants), tmp_path)


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"strides": [2, 2]},
        {"strides": [2, 2], "pads": [1, 1, 1, 0]},
        {"strides": [2, 3], "ceil_mode": 1},
        {"strides": [2, 2], "auto_pad": "SAME_UPPER"},
        {"auto_pad": "VALID"},
    ],
)
def test_pools(op: str, attributes, tmp_path: Path):
    pool = node(op, ["x"], ["y"], kernel_shape=[3, 2], **attributes)
    assert_reads(model_of([pool]), tmp_path)


def test_average_pool_that_counts_the_padding(tmp_path: Path):
    pool = node(
        "AveragePool", ["x"], ["y"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1
    )
    found = assert_reads(model_of([pool]), tmp_path)
    assert found.network.nodes[0].attributes["count_padding"] is True


def test_padding_that_is_larger_at_the_beginning(tmp_path: Path):
    # onnx.reference splits SAME_LOWER as SAME_UPPER for MaxPool, so that the pads are checked.
    pool = node("MaxPool", ["x"], ["y"], kernel_shape=[4, 2], auto_pad="SAME_LOWER")
    assert read_model(model_of([pool]), tmp_path).network.nodes[0].attributes["pads"] == (
        2,
        1,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("nodes", "op", "shape"),
    [
        ([node("GlobalAveragePool", ["x"], ["y"])], "global_average", (1, 1, 3)),
        ([node("GlobalMaxPool", ["x"], ["y"])], "global_max", (1, 1, 3)),
        ([node("ReduceMean", ["x"], ["y"], axes=[2, 3], keepdims=0)], "global_average", (3,)),
        ([node("ReduceMean", ["x"], ["y"], axes=[-1, -2])], "global_average", (1, 1, 3)),
        ([node("ReduceMax", ["x"], ["y"], axes=[2, 3])], "global_max", (1, 1, 3)),
        ([node("ReduceMean", ["x"], ["y"], axes=[1])], "mean", (8, 10, 1)),
        ([node("ReduceMean", ["x"], ["y"], axes=[1, 3], keepdims=0)], "mean", (8,)),
    ],
)
def test_means_and_maxima_of_axes(nodes, op: str, shape, tmp_path: Path):
    found = assert_reads(model_of(nodes), tmp_path)
    assert ops_of(found) == [op]
    assert found.network.shapes["y"] == shape


@pytest.mark.parametrize("opset", [13, 18])
def test_axes_of_a_mean_are_an_input_since_opset_18(opset: int, tmp_path: Path):
    if opset < 18:
        mean = node("ReduceMean", ["x"], ["y"], axes=[2, 3])
    else:
        mean = node("ReduceMean", ["x", "axes"], ["y"])
    constants = {"axes": np.array([2, 3])} if opset >= 18 else {}
    assert ops_of(assert_reads(model_of([mean], constants, opset=opset), tmp_path)) == [
        "global_average"
    ]


@pytest.mark.parametrize(
    ("transposed", "alpha", "beta", "shape"),
    list(itertools.product([0, 1], [1.0, 0.5], [1.0, 2.0], [(4,), (1, 4), (1,)])),
)
def test_gemm(transposed: int, alpha: float, beta: float, shape, tmp_path: Path):
    kernel = random_values(*((4, 6) if transposed else (6, 4)))
    gemm = node("Gemm", ["x", "k", "c"], ["y"], transB=transposed, alpha=alpha, beta=beta)
    constants = {"k": kernel, "c": random_values(*shape)}
    found = assert_reads(model_of([gemm], constants, {"x": ("N", 6)}), tmp_path)
    assert ops_of(found) == ["dense"]
    assert dict(found.network.tensors) == {"y.kernel": (6, 4), "y.bias": (4,)}


def test_a_product_and_the_addition_of_a_bias_are_one_dense_layer(tmp_path: Path):
    nodes = [node("MatMul", ["x", "k"], ["z"]), node("Add", ["b", "z"], ["y"])]
    constants = {"k": random_values(6, 4), "b": random_values(4)}
    found = assert_reads(model_of(nodes, constants, {"x": ("N", 6)}), tmp_path)
    assert [(each.name, each.op) for each in found.network.nodes] == [("y", "dense")]


def test_a_product_that_is_read_elsewhere_too_keeps_its_own_node(tmp_path: Path):
    nodes = [
        node("MatMul", ["x", "k"], ["z"]),
        node("Add", ["z", "b"], ["w"]),
        node("Mul", ["w", "z"], ["y"]),
    ]
    constants = {"k": random_values(6, 4), "b": random_values(4)}
    found = assert_reads(model_of(nodes, constants, {"x": ("N", 6)}), tmp_path)
    assert ops_of(found) == ["dense", "scale_shift", "multiply"]


@pytest.mark.parametrize("shape", [(5, 6), (7, 5, 6), (4, 7, 5, 6)])
def test_a_product_on_the_last_axis_of_several(shape, tmp_path: Path):
    nodes = [node("MatMul", ["x", "k"], ["z"]), node("Add", ["z", "b"], ["y"])]
    constants = {"k": random_values(6, 4), "b": random_values(4)}
    assert_reads(model_of(nodes, constants, {"x": ("N", *shape)}), tmp_path)


@pytest.mark.parametrize("shape", [("N", 3, 6, 5), ("N", 3)])
def test_batch_normalisation(shape, tmp_path: Path):
    names = ["scale", "bias", "mean", "variance"]
    constants = {name: abs(random_values(3, seed=at)) + 0.5 for at, name in enumerate(names)}
    norm = node("BatchNormalization", ["x", *names], ["y"], epsilon=1e-3, momentum=0.9)
    found = assert_reads(model_of([norm], constants, {"x": shape}), tmp_path)
    assert found.network.nodes[0].attributes == {"epsilon": 1e-3}


@pytest.mark.parametrize("size", [3, 4, 5])
def test_local_response_normalisation_divides_alpha_by_the_size(size: int, tmp_path: Path):
    norm = node("LRN", ["x"], ["y"], size=size, alpha=0.6, beta=0.75, bias=2.0)
    found = assert_reads(model_of([norm], inputs={"x": ("N", 7, 4, 5)}), tmp_path)
    assert found.network.nodes[0].attributes["alpha"] == pytest.approx(0.6 / size)


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_layer_normalisation(axis: int, tmp_path: Path):
    shape = (3, 4, 5)[axis - 1 if axis > 0 else axis :]
    norm = node("LayerNormalization", ["x", "s", "b"], ["y"], axis=axis, epsilon=1e-4)
    constants = {"s": random_values(*shape), "b": random_values(*shape, seed=2)}
    assert_reads(model_of([norm], constants, {"x": ("N", 3, 4, 5)}), tmp_path)


@pytest.mark.parametrize(
    ("op", "attributes"),
    [
        ("Relu", {}),
        ("LeakyRelu", {}),
        ("LeakyRelu", {"alpha": 0.3}),
        ("Sigmoid", {}),
        ("HardSigmoid", {}),
        ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
        ("HardSwish", {}),
        ("Tanh", {}),
        ("Elu", {"alpha": 0.7}),
        ("Selu", {}),
        ("Softmax", {}),
        ("Softmax", {"axis": 1}),
        ("LpNormalization", {"axis": 1}),
        ("Neg", {}),
        ("Identity", {}),
    ],
)
def test_activations(op: str, attributes, tmp_path: Path):
    assert_reads(model_of([node(op, ["x"], ["y"], **attributes)]), tmp_path)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_of_opset_20(approximate: str, tmp_path: Path):
    gelu = node("Gelu", ["x"], ["y"], approximate=approximate)
    found = assert_reads(model_of([gelu], opset=20), tmp_path)
    assert found.network.nodes[0].attributes == {"approximate": approximate == "tanh"}


@pytest.mark.parametrize("shape", [(3, 1, 1), (1,), (3, 8, 10)])
def test_prelu(shape, tmp_path: Path):
    prelu = node("PRelu", ["x", "s"], ["y"])
    found = assert_reads(model_of([prelu], {"s": random_values(*shape)}), tmp_path)
    assert found.network.tensors["y.slope"] == (
        (3,) if len(shape) < 3 or shape[1] == 1 else (8, 10, 3)
    )


@pytest.mark.parametrize(("axis", "rank"), [(1, 2), (3, 4), (-1, 4)])
def test_softmax_of_one_axis_before_opset_13(axis: int, rank: int, tmp_path: Path):
    shape = ("N", 3, 4, 5)[:rank]
    softmax = node("Softmax", ["x"], ["y"], axis=axis)
    assert_reads(model_of([softmax], inputs={"x": shape}, opset=11), tmp_path)


def test_softmax_of_all_axes_from_the_first_on_before_opset_13(tmp_path: Path):
    # The reference implementation has the later rule for every opset.
    softmax = node("Softmax", ["x"], ["y"])
    found = read_model(model_of([softmax], inputs={"x": ("N", 3, 4, 5)}, opset=11), tmp_path)
    x = random_values(2, 4, 5, 3)
    y = run_graph(found.network, found.tensors, x)[found.network.node("y").name]
    powers = np.exp(x.astype(np.float64))
    assert np.allclose(y, powers / powers.sum(axis=(1, 2, 3), keepdims=True), rtol=1e-12)


@pytest.mark.parametrize(
    "bounds", [(None, None), (0.0, None), (0.0, 6.0), (-0.5, 0.25), (None, 0.5)]
)
def test_bounds_are_attributes_before_opset_11_and_inputs_since(bounds, tmp_path: Path):
    given = {
        name: value for name, value in zip(("min", "max"), bounds, strict=True) if value is not None
    }
    old = assert_reads(
        model_of([node("Clip", ["x"], ["y"], **given)], opset=10)
        if given
        else model_of([node("Clip", ["x"], ["z"]), node("Relu", ["z"], ["y"])], opset=10),
        tmp_path,
    )
    names = [name if name in given else "" for name in ("min", "max")]
    constants = {name: np.float32(value) for name, value in given.items()}
    clip = node("Clip", ["x", *names], ["z"])
    new = assert_reads(model_of([clip, node("Relu", ["z"], ["y"])], constants), tmp_path)
    expected = {(None, None): [], (0.0, None): ["relu"]}.get(bounds, ["clipped_relu"])
    assert ops_of(new) == [*expected, "relu"]
    assert ops_of(old)[:1] == (expected or ["relu"])


@pytest.mark.parametrize(
    ("op", "shape"),
    [
        (op, shape)
        for op in ("Add", "Sub", "Mul", "Div")
        for shape in ((), (1, 3, 1, 1), (3, 1, 1), (10,), (3, 8, 10))
    ],
)
def test_arithmetic_with_constants(op: str, shape, tmp_path: Path):
    constants = {"c": abs(random_values(*shape)) + np.float32(0.5)}
    found = assert_reads(model_of([node(op, ["x", "c"], ["y"])], constants), tmp_path)
    assert ops_of(found) == ["scale_shift"]
    if op != "Div":
        assert_reads(model_of([node(op, ["c", "x"], ["y"])], constants), tmp_path)


@pytest.mark.parametrize("op", ["Add", "Sub", "Mul", "Div", "Sum"])
def test_arithmetic_of_activations(op: str, tmp_path: Path):
    nodes = [node("Sigmoid", ["x"], ["s"]), node("Tanh", ["x"], ["t"]), node(op, ["t", "s"], ["y"])]
    assert_reads(model_of(nodes), tmp_path)


@pytest.mark.parametrize(
    ("made", "op"),
    [
        (node("Max", ["x", "zero"], ["y"]), "relu"),
        (node("Max", ["half", "x"], ["y"]), "clipped_relu"),
        (node("Min", ["x", "half"], ["y"]), "clipped_relu"),
        (node("Pow", ["x", "three"], ["y"]), "multiply"),
        (node("Tile", ["x", "repeats"], ["y"]), "concat"),
    ],
)
def test_operations_that_the_graph_spells_differently(made, op: str, tmp_path: Path):
    constants = {"zero": np.float32(0), "half": np.float32(0.5), "three": np.float32(3)}
    constants["repeats"] = np.array([1, 1, 3, 1])
    assert ops_of(assert_reads(model_of([made], constants), tmp_path)) == [op]


def test_a_scale_and_an_offset_are_one_node(tmp_path: Path):
    nodes = [node("Mul", ["x", "s"], ["z"]), node("Add", ["z", "o"], ["y"])]
    constants = {"s": random_values(3, 1, 1), "o": random_values(1)}
    found = assert_reads(model_of(nodes, constants), tmp_path)
    assert ops_of(found) == ["scale_shift"]
    assert dict(found.network.tensors) == {"y.scale": (3,), "y.bias": (1,)}


@pytest.mark.parametrize("axis", [1, -1, 2])
def test_concatenation(axis: int, tmp_path: Path):
    nodes = [node("Relu", ["x"], ["r"]), node("Concat", ["r", "x", "r"], ["y"], axis=axis)]
    found = assert_reads(model_of(nodes), tmp_path)
    assert found.network.nodes[-1].attributes["axis"] == {1: -1, -1: -2, 2: -3}[axis]


@pytest.mark.parametrize("opset", [11, 13, 18])
def test_parts_of_an_axis(opset: int, tmp_path: Path):
    if opset == 11:
        split = node("Split", ["x"], ["a", "b"], axis=2, split=[3, 5])
    else:
        split = node("Split", ["x", "parts"], ["a", "b"], axis=2)
    nodes = [split, node("Relu", ["b"], ["y"]), node("Relu", ["a"], ["z"])]
    constants = {"parts": np.array([3, 5])} if opset > 11 else {}
    found = assert_reads(model_of(nodes, constants, outputs=("y", "z"), opset=opset), tmp_path)
    assert [each.name for each in found.network.nodes] == ["a", "b", "y", "z"]


@pytest.mark.parametrize(
    ("starts", "ends", "axes"), [([1], [3], [1]), ([-5, 2], [-1, 10**9], [3, 2])]
)
def test_slices(starts, ends, axes, tmp_path: Path):
    cut = node("Slice", ["x", "s", "e", "a"], ["y"])
    constants = {"s": np.array(starts), "e": np.array(ends), "a": np.array(axes)}
    assert ops_of(assert_reads(model_of([cut], constants), tmp_path)) == ["crop"]
    old = node("Slice", ["x"], ["y"], starts=starts, ends=ends, axes=axes)
    assert_reads(model_of([old], opset=9), tmp_path)


@pytest.mark.parametrize("mode", ["constant", "reflect", "edge"])
def test_padding(mode: str, tmp_path: Path):
    pads = [0, 0, 1, 2, 0, 0, 3, 0]
    pad = node("Pad", ["x", "p"], ["y"], mode=mode)
    assert_reads(model_of([pad], {"p": np.array(pads)}), tmp_path)
    assert_reads(model_of([node("Pad", ["x"], ["y"], mode=mode, pads=pads)], opset=9), tmp_path)


def test_padding_with_a_value_along_some_axes_and_cropping(tmp_path: Path):
    # The reference implementation does not crop.
    constants = {"p": np.array([1, -2, 0, 3]), "v": np.float32(0.5), "a": np.array([2, -1])}
    pad = node("Pad", ["x", "p", "v", "a"], ["y"])
    found = read_model(model_of([pad], constants, opset=18), tmp_path)
    x = random_values(2, 8, 10, 3)
    y = run_graph(found.network, found.tensors, x)["y"]
    pads = ((0, 0), (1, 0), (0, 3), (0, 0))
    assert np.array_equal(y, np.pad(x[:, :, 2:], pads, constant_values=0.5))


RESIZED = [
    ("nearest", mode, rounding)
    for mode in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
] + [
    ("linear", mode, "floor")
    for mode in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
]


@pytest.mark.parametrize(("mode", "coordinates", "rounding"), RESIZED)
@pytest.mark.parametrize("size", [(16, 20), (5, 7), (4, 5)])
def test_resizing(mode: str, coordinates: str, rounding: str, size, tmp_path: Path):
    attributes = {
        "mode": mode,
        "coordinate_transformation_mode": coordinates,
        "nearest_mode": rounding,
    }
    sized = node("Resize", ["x", "", "", "sizes"], ["y"], **attributes)
    model = model_of([sized], {"sizes": np.array([2, 3, *size])}, {"x": (2, 3, 8, 10)})
    assert_reads(model, tmp_path)
    scales = np.array([1, 1, size[0] / 8, size[1] / 10], np.float32)
    scaled = node("Resize", ["x", "", "scales"], ["y"], **attributes)
    if size != (5, 7):
        assert_reads(model_of([scaled], {"scales": scales}), tmp_path)


def test_resizing_before_it_had_conventions(tmp_path: Path):
    scales = np.array([1, 1, 2, 3], np.float32)
    for mode in ("nearest", "linear"):
        old = node("Upsample", ["x", "s"], ["y"], mode=mode)
        found = (
            assert_reads(model_of([old], {"s": scales}, opset=9), tmp_path)
            if mode == "nearest"
            else None
        )
        oldest = node("Upsample", ["x"], ["y"], mode=mode, scales=[1.0, 1.0, 2.0, 3.0])
        read = read_model(model_of([oldest], opset=7), tmp_path)
        assert read.network.nodes[0].attributes["coordinates"] == "asymmetric"
        assert found is None or found.network.nodes[0].attributes["size"] == (16, 30)


def test_dropout_does_nothing(tmp_path: Path):
    old = node("Dropout", ["x"], ["y"], ratio=0.3)
    found = assert_reads(model_of([old], opset=10), tmp_path)
    assert found.network.nodes[0].attributes == {"rate": 0.3}
    new = node("Dropout", ["x", "r"], ["y", "mask"])
    found = assert_reads(model_of([new], {"r": np.float32(0.2)}), tmp_path)
    assert found.network.nodes[0].attributes == {"rate": 0.2}
