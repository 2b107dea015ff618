"""Channels first and last, Transpose, Reshape and Flatten: which values are read in which order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from tests.support.graph_runs import run_graph
from tests.support.onnx_files import (
    assert_reads,
    matches,
    model_of,
    node,
    ops_of,
    random_values,
    read_model,
)
from tests.support.onnx_reference import run_onnx

TO_FIRST, TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


def conv(source: str, result: str, kernel: str = "k"):
    return node("Conv", [source, kernel], [result], pads=[1, 1, 1, 1])


KERNELS = {"k": random_values(4, 3, 3, 3), "k2": random_values(5, 4, 3, 3, seed=2)}


def test_transposes_of_tf2onnx_are_no_nodes(tmp_path: Path):
    nodes = [
        node("Transpose", ["x"], ["first"], perm=TO_FIRST),
        conv("first", "c"),
        node("Transpose", ["c"], ["last"], perm=TO_LAST),
        node("Add", ["last", "b"], ["biased"]),
        node("Relu", ["biased"], ["r"]),
        node("Transpose", ["r"], ["again"], perm=TO_FIRST),
        node("MaxPool", ["again"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", ["p"], ["y"], perm=TO_LAST),
    ]
    constants = {**KERNELS, "b": random_values(4)}
    found = assert_reads(model_of(nodes, constants, {"x": ("N", 8, 10, 3)}), tmp_path)
    assert found.network.inputs[0].shape == (8, 10, 3)
    assert [(each.name, each.op) for each in found.network.nodes] == [
        ("biased", "conv"),
        ("r", "relu"),
        ("p", "max_pool"),
    ]
    assert found.network.node("y").name == "p"
    assert found.network.node("again").name == "r"


@pytest.mark.parametrize(
    ("nodes", "order"),
    [
        ([node("Flatten", ["c"], ["f"])], (2, 0, 1)),
        ([node("Reshape", ["c", "flat"], ["f"])], (2, 0, 1)),
        ([node("Transpose", ["c"], ["t"], perm=TO_LAST), node("Flatten", ["t"], ["f"])], (0, 1, 2)),
        (
            [
                node("Transpose", ["c"], ["t"], perm=TO_LAST),
                node("Reshape", ["t", "flat"], ["f"]),
            ],
            (0, 1, 2),
        ),
        (
            [
                node("Transpose", ["c"], ["t"]),
                node("Transpose", ["t"], ["u"], perm=[3, 0, 1, 2]),
                node("Flatten", ["u"], ["f"]),
            ],
            (1, 0, 2),
        ),
    ],
)
def test_the_order_in_which_a_map_is_flattened(nodes, order, tmp_path: Path):
    dense = node("MatMul", ["f", "m"], ["y"])
    constants = {**KERNELS, "flat": np.array([-1, 80 * 4]), "m": random_values(320, 2)}
    found = assert_reads(model_of([conv("x", "c"), *nodes, dense], constants), tmp_path)
    assert ops_of(found) == ["conv", "flatten", "dense"]
    assert found.network.nodes[1].attributes.get("order", (0, 1, 2)) == order
    assert found.network.tensors["y.kernel"] == (320, 2)


def test_the_order_of_a_map_of_one_place_does_not_matter(tmp_path: Path):
    nodes = [node("GlobalAveragePool", ["x"], ["g"]), node("Flatten", ["g"], ["y"])]
    found = assert_reads(model_of(nodes), tmp_path)
    assert found.network.nodes[1].attributes == {}


def test_a_network_on_channels_last_without_transposes(tmp_path: Path):
    nodes = [node("MatMul", ["x", "m"], ["z"]), node("Relu", ["z"], ["y"])]
    found = assert_reads(
        model_of(nodes, {"m": random_values(3, 5)}, {"x": ("N", 8, 10, 3)}), tmp_path
    )
    assert found.network.shapes["y"] == (8, 10, 5)


@pytest.mark.parametrize(
    "reshaping",
    [
        [("Reshape", [0, 2, 2, 8, 10]), ("Transpose", [0, 2, 1, 3, 4]), ("Reshape", [0, 4, 8, 10])],
        [("Reshape", [0, 4, -1]), ("Transpose", [0, 2, 1])],
        [("Reshape", [-1, 8, 40])],
        [("Reshape", [0, 0, 5, 16])],
        [("Reshape", [0, 4, 1, 80]), ("Transpose", [0, 3, 2, 1])],
        [("Transpose", [0, 1, 3, 2])],
        [("Transpose", TO_LAST), ("Reshape", [0, 80, 4]), ("Transpose", [0, 2, 1])],
        [
            ("Transpose", TO_LAST),
            ("Reshape", [0, 4, 2, 5, 2, 4]),
            ("Transpose", [0, 5, 1, 3, 2, 4]),
            ("Reshape", [0, 4, 20, 4]),
        ],
    ],
)
def test_any_sequence_of_reshaping_and_transposing(reshaping, tmp_path: Path):
    nodes, constants, source = [conv("x", "c")], dict(KERNELS), "c"
    for at, (op, sizes) in enumerate(reshaping):
        result = f"s{at}"
        if op == "Reshape":
            constants[f"n{at}"] = np.array(sizes)
            nodes.append(node(op, [source, f"n{at}"], [result]))
        else:
            nodes.append(node(op, [source], [result], perm=sizes))
        source = result
    nodes.append(node("Relu", [source], ["y"]))
    assert_reads(model_of(nodes, constants), tmp_path)


def test_a_shuffle_of_channels_reorders_once(tmp_path: Path):
    nodes = [
        conv("x", "c"),
        node("Reshape", ["c", "apart"], ["a"]),
        node("Transpose", ["a"], ["t"], perm=[0, 2, 1, 3, 4]),
        node("Reshape", ["t", "whole"], ["s"]),
        conv("s", "y", "k2"),
    ]
    constants = {**KERNELS, "apart": np.array([0, 2, 2, 8, 10]), "whole": np.array([0, 4, 8, 10])}
    found = assert_reads(model_of(nodes, constants), tmp_path)
    assert ops_of(found) == ["conv", "reshape", "transpose", "reshape", "conv"]


def test_squeezing_and_unsqueezing(tmp_path: Path):
    nodes = [
        node("GlobalAveragePool", ["x"], ["g"]),
        node("Squeeze", ["g", "places"], ["v"]),
        node("MatMul", ["v", "m"], ["w"]),
        node("Unsqueeze", ["w", "places"], ["u"]),
        node("Mul", ["x", "u"], ["y"]),
    ]
    constants = {"places": np.array([2, 3]), "m": random_values(3, 3)}
    found = assert_reads(model_of(nodes, constants), tmp_path)
    assert ops_of(found) == ["global_average", "flatten", "dense", "reshape", "multiply"]
    assert found.network.shapes["u"] == (1, 1, 3)


def test_activations_of_different_orders_are_brought_together(tmp_path: Path):
    nodes = [
        node("Transpose", ["x"], ["t"], perm=[0, 1, 3, 2]),
        node("Add", ["x", "t"], ["y"]),
    ]
    found = assert_reads(model_of(nodes, inputs={"x": ("N", 3, 8, 8)}), tmp_path)
    assert ops_of(found) == ["transpose", "add"]


def test_channels_that_are_picked_and_joined_again(tmp_path: Path):
    """The images' normalisation inside torchvision's GoogLeNet."""
    nodes = []
    for channel in range(3):
        nodes += [
            node("Gather", ["x", f"place{channel}"], [f"g{channel}"], axis=1),
            node("Unsqueeze", [f"g{channel}", "one"], [f"u{channel}"]),
            node("Mul", [f"u{channel}", f"scale{channel}"], [f"m{channel}"]),
        ]
    nodes += [node("Concat", ["m0", "m1", "m2"], ["j"], axis=1), conv("j", "y")]
    constants = {f"place{channel}": np.array(channel) for channel in range(3)}
    constants |= {f"scale{channel}": np.float32(channel + 0.5) for channel in range(3)}
    found = assert_reads(model_of(nodes, {**KERNELS, **constants, "one": np.array([1])}), tmp_path)
    assert ops_of(found) == ["crop", "scale_shift"] * 3 + ["concat", "conv"]


def test_a_single_channel_as_a_map(tmp_path: Path):
    nodes = [node("Gather", ["x", "last"], ["g"], axis=1), node("Relu", ["g"], ["y"])]
    found = assert_reads(model_of(nodes, {"last": np.array(-1)}), tmp_path)
    assert found.network.shapes["y"] == (8, 10)


def test_a_reshape_that_is_undone_leaves_nothing(tmp_path: Path):
    nodes = [
        node("Flatten", ["x"], ["f"]),
        node("Reshape", ["f", "back"], ["r"]),
        conv("r", "y"),
    ]
    constants = {**KERNELS, "back": np.array([-1, 3, 8, 10])}
    assert ops_of(assert_reads(model_of(nodes, constants), tmp_path)) == ["conv"]


def test_an_output_in_an_order_of_its_own_is_transposed(tmp_path: Path):
    nodes = [node("Relu", ["x"], ["r"]), node("Transpose", ["r"], ["y"], perm=[0, 2, 1, 3])]
    found = assert_reads(model_of(nodes), tmp_path)
    assert [(each.name, each.op) for each in found.network.nodes] == [
        ("r", "relu"),
        ("y", "transpose"),
    ]


@pytest.mark.parametrize(
    ("sizes", "nodes", "shape"),
    [
        (("N", 3, 8, 10), [node("Relu", ["x"], ["y"])], (8, 10, 3)),
        (("N", 8, 10, 3), [node("Relu", ["x"], ["y"])], (8, 10, 3)),
        ((4, 3, 8, 3), [conv("x", "y")], (8, 3, 3)),
        (
            ("N", 3, 3, 3),
            [node("Transpose", ["x"], ["t"], perm=TO_FIRST), conv("t", "y")],
            (3, 3, 3),
        ),
        (("N", 12), [node("Relu", ["x"], ["y"])], (12,)),
    ],
)
def test_where_the_channels_of_the_input_are(sizes, nodes, shape, tmp_path: Path):
    found = read_model(model_of(nodes, KERNELS, {"x": sizes}), tmp_path)
    assert found.network.inputs[0].shape == shape
    assert "transpose" not in ops_of(found)


def test_pixels_that_become_real_numbers_first(tmp_path: Path):
    nodes = [
        node("Transpose", ["x"], ["t"], perm=TO_FIRST),
        node("Cast", ["t"], ["r"], to=TensorProto.FLOAT),
        conv("r", "y"),
    ]
    model = model_of(nodes, KERNELS, {"x": ("N", 8, 10, 3)})
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    found = read_model(model, tmp_path)
    assert ops_of(found) == ["conv"]
    assert found.network.inputs[0].shape == (8, 10, 3)


def test_several_inputs_and_several_outputs(tmp_path: Path):
    nodes = [conv("x", "c"), node("Add", ["c", "z"], ["y"]), node("Relu", ["c"], ["r"])]
    inputs = {"x": ("N", 3, 8, 10), "z": ("N", 4, 8, 10)}
    found = assert_reads(model_of(nodes, KERNELS, inputs, outputs=("y", "r")), tmp_path)
    assert [entry.name for entry in found.network.inputs] == ["x", "z"]
    assert found.network.default_features == ("y", "r")


def test_initialisers_that_are_listed_as_inputs_are_not_inputs(tmp_path: Path):
    inputs = {"x": ("N", 3, 8, 10), "k": (4, 3, 3, 3)}
    found = read_model(model_of([conv("x", "y")], KERNELS, inputs), tmp_path)
    assert [entry.name for entry in found.network.inputs] == ["x"]


@pytest.mark.parametrize("count", [1, 3, "batch", None])
def test_any_number_of_images(count, tmp_path: Path):
    nodes = [conv("x", "c"), node("Flatten", ["c"], ["y"])]
    assert_reads(model_of(nodes, KERNELS, {"x": (count, 3, 8, 10)}), tmp_path)


def random_sizes(random: np.random.Generator, total: int, count: int) -> list[int]:
    """Sizes whose product is the total, some of them 1."""
    sizes = [1] * count
    for factor in (2, 2, 2, 3, 5, 7):
        if total % factor == 0:
            total //= factor
            sizes[random.integers(count)] *= factor
    sizes[random.integers(count)] *= total
    return sizes


@pytest.mark.parametrize("seed", range(40))
def test_random_reshapes_and_transposes(seed: int, tmp_path: Path):
    random = np.random.default_rng(seed)
    nodes, constants, source, rank = [node("Relu", ["x"], ["r"])], {}, "r", 4
    for at in range(random.integers(1, 6)):
        result = f"s{at}"
        if random.random() < 0.5:
            order = [0, *(1 + random.permutation(rank - 1)).tolist()]
            nodes.append(node("Transpose", [source], [result], perm=order))
        else:
            rank = int(random.integers(2, 7))
            constants[f"n{at}"] = np.array([-1, *random_sizes(random, 4 * 6 * 10, rank - 1)])
            nodes.append(node("Reshape", [source, f"n{at}"], [result]))
        source = result
    nodes.append(node("Tanh", [source], ["y"]))
    model = model_of(nodes, constants, {"x": ("N", 4, 6, 10)})
    found = read_model(model, tmp_path)
    x = random_values(2, 4, 6, 10)
    # A file that begins with the Transpose of tf2onnx is taken to have its channels last.
    channels_last = found.network.inputs[0].shape == (4, 6, 10)
    given = x if channels_last else np.moveaxis(x, 1, 3)
    ours = run_graph(found.network, found.tensors, given)[found.network.node("y").name]
    assert matches(ours, run_onnx(model, {"x": x})["y"], 1e-6)
