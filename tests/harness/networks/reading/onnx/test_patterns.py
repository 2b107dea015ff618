"""Operations that exporters write as several nodes."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest

from netparity.networks import GraphError
from tests.support.onnx_files import assert_reads, model_of, node, ops_of, random_values, read_model

NUMBERS = {
    **{"half": np.float32(0.5), "one": np.float32(1), "two": np.float32(2), "three": np.float32(3)},
    **{"six": np.float32(6), "nought": np.float32(0), "sixth": np.float32(1 / 6)},
    **{"root2": np.float32(math.sqrt(2)), "inverse": np.float32(math.sqrt(0.5))},
    **{"rootpi": np.float32(math.sqrt(2 / math.pi)), "share": np.float32(0.044715)},
    **{"tiny": np.float32(1e-5), "small": np.float32(0.3)},
}


def add(first: str, second: str, result: str):
    return node("Add", [first, second], [result])


def mul(first: str, second: str, result: str):
    return node("Mul", [first, second], [result])


def div(first: str, second: str, result: str):
    return node("Div", [first, second], [result])


ERF = [div("x", "root2", "a"), node("Erf", ["a"], ["b"]), add("b", "one", "c")]
CUBE = [node("Pow", ["x", "three"], ["q"]), mul("share", "q", "r"), add("x", "r", "s")]
TANH = [mul("s", "rootpi", "t"), node("Tanh", ["t"], ["u"]), add("one", "u", "c")]
SQUARE = [mul("x", "x", "q"), mul("q", "share", "r"), add("r", "one", "s"), mul("x", "s", "p")]


@pytest.mark.parametrize(
    ("nodes", "op", "attributes"),
    [
        ([*ERF, mul("x", "c", "d"), mul("d", "half", "y")], "gelu", {"approximate": False}),
        ([*ERF, mul("half", "x", "d"), mul("c", "d", "y")], "gelu", {"approximate": False}),
        ([*ERF, mul("half", "c", "d"), mul("x", "d", "y")], "gelu", {"approximate": False}),
        (
            [mul("x", "inverse", "a"), *ERF[1:], mul("x", "c", "d"), div("d", "two", "y")],
            *("gelu", {"approximate": False}),
        ),
        ([*CUBE, *TANH, mul("x", "c", "d"), mul("d", "half", "y")], "gelu", {"approximate": True}),
        (
            [
                *SQUARE,
                mul("p", "rootpi", "t"),
                *TANH[1:],
                mul("half", "x", "d"),
                mul("d", "c", "y"),
            ],
            *("gelu", {"approximate": True}),
        ),
        ([node("Sigmoid", ["x"], ["a"]), mul("x", "a", "y")], "swish", {}),
        ([node("Sigmoid", ["x"], ["a"]), mul("a", "x", "y")], "swish", {}),
        (
            [node("HardSigmoid", ["x"], ["a"], alpha=1 / 6, beta=0.5), mul("x", "a", "y")],
            *("hard_swish", {}),
        ),
        (
            [
                add("x", "three", "a"),
                node("Clip", ["a", "nought", "six"], ["b"]),
                mul("x", "b", "c"),
                div("c", "six", "y"),
            ],
            *("hard_swish", {}),
        ),
        (
            [
                add("x", "three", "a"),
                node("Clip", ["a", "nought", "six"], ["b"]),
                mul("b", "sixth", "y"),
            ],
            *("hard_sigmoid", {"slope": 1 / 6, "offset": 0.5}),
        ),
    ],
)
def test_activations_of_several_nodes(nodes, op: str, attributes, tmp_path: Path):
    found = assert_reads(model_of(nodes, NUMBERS), tmp_path)
    assert [(each.name, each.op) for each in found.network.nodes] == [("y", op)]
    assert dict(found.network.nodes[0].attributes) == attributes


MEANS = [
    node("ReduceMean", ["x"], ["m"], axes=[-1]),
    node("Sub", ["x", "m"], ["d"]),
    node("Pow", ["d", "two"], ["q"]),
    node("ReduceMean", ["q"], ["v"], axes=[-1]),
    add("v", "tiny", "e"),
    node("Sqrt", ["e"], ["r"]),
]


@pytest.mark.parametrize(
    ("rest", "tensors"),
    [
        ([div("d", "r", "y")], []),
        ([div("d", "r", "n"), mul("n", "g", "y")], ["scale"]),
        ([div("d", "r", "n"), mul("g", "n", "s"), add("s", "b", "y")], ["scale", "bias"]),
        ([node("Reciprocal", ["r"], ["i"]), mul("d", "i", "y")], []),
    ],
)
def test_layer_normalisation_by_means(rest, tensors, tmp_path: Path):
    constants = {**NUMBERS, "g": random_values(10), "b": random_values(10, seed=2)}
    found = assert_reads(model_of([*MEANS, *rest], constants), tmp_path)
    assert ops_of(found) == ["layer_norm"]
    assert found.network.nodes[0].attributes == {"axes": (-2,), "epsilon": 1e-5}
    assert set(found.network.nodes[0].tensors) == set(tensors)


@pytest.mark.parametrize(
    ("scale", "bias", "inside"),
    [((3, 1, 1), (10,), set()), ((10,), (3, 1, 1), {"scale"}), ((10,), (10,), {"scale", "bias"})],
)
def test_a_scale_along_other_axes_is_a_node_of_its_own(scale, bias, inside, tmp_path: Path):
    constants = {**NUMBERS, "g": random_values(*scale), "b": random_values(*bias, seed=2)}
    nodes = [*MEANS, div("d", "r", "n"), mul("n", "g", "s"), add("s", "b", "y")]
    found = assert_reads(model_of(nodes, constants), tmp_path)
    rest = [] if len(inside) == 2 else ["scale_shift"]
    assert ops_of(found) == ["layer_norm", *rest]
    assert set(found.network.nodes[0].tensors) == inside


@pytest.mark.parametrize("scaled", [True, False])
def test_layer_normalisation_of_tensorflow(scaled: bool, tmp_path: Path):
    """x f + (bias - mean f), with f = scale / sqrt(variance + epsilon)."""
    nodes = [
        *MEANS[:2],
        mul("d", "d", "q"),
        *MEANS[3:],
        node("Reciprocal", ["r"], ["i"]),
        mul("i", "g", "f") if scaled else node("Identity", ["i"], ["f"]),
        mul("x", "f", "s"),
        node("Neg", ["m"], ["n"]),
        mul("n", "f", "t"),
        add("t", "b", "o"),
        add("s", "o", "y"),
    ]
    constants = {**NUMBERS, "g": random_values(10), "b": random_values(10, seed=2)}
    found = assert_reads(model_of(nodes, constants), tmp_path)
    assert ops_of(found) == ["layer_norm"]
    assert found.network.nodes[0].attributes == {"axes": (-2,), "epsilon": 1e-5}


def total(op: str, source: str, result: str):
    return node(op, [source, "axes"], [result])


@pytest.mark.parametrize(
    ("nodes", "attributes"),
    [
        (
            [
                node("ReduceL2", ["x"], ["n"], axes=[1]),
                node("Clip", ["n", "small"], ["c"]),
                node("Shape", ["x"], ["shape"]),
                node("Expand", ["c", "shape"], ["e"]),
                div("x", "e", "y"),
            ],
            {"epsilon": 0.3, "combine": "max"},
        ),
        (
            [
                mul("x", "x", "q"),
                total("ReduceSum", "q", "n"),
                node("Max", ["n", "small"], ["c"]),
                node("Sqrt", ["c"], ["r"]),
                node("Reciprocal", ["r"], ["i"]),
                mul("x", "i", "y"),
            ],
            {"epsilon": 0.3, "combine": "max_square"},
        ),
        (
            [
                node("ReduceSumSquare", ["x"], ["n"], axes=[1]),
                add("n", "small", "c"),
                node("Sqrt", ["c"], ["r"]),
                div("x", "r", "y"),
            ],
            {"epsilon": 0.3, "combine": "add"},
        ),
        ([node("ReduceL2", ["x"], ["n"], axes=[1]), div("x", "n", "y")], {}),
        (
            [
                mul("x", "x", "q"),
                total("ReduceSum", "q", "n"),
                node("Sqrt", ["n"], ["r"]),
                node("Reciprocal", ["r"], ["i"]),
                node("Min", ["i", "two"], ["l"]),
                mul("x", "l", "y"),
            ],
            {"epsilon": 0.5},
        ),
    ],
)
def test_l2_normalisation_of_several_nodes(nodes, attributes, tmp_path: Path):
    found = assert_reads(model_of(nodes, {**NUMBERS, "axes": np.array([1])}), tmp_path)
    assert ops_of(found) == ["l2_norm"]
    assert found.network.nodes[0].attributes == {"axes": (-1,), **attributes}


def test_what_is_read_from_outside_is_not_swallowed(tmp_path: Path):
    nodes = [node("Sigmoid", ["x"], ["a"]), mul("x", "a", "b"), add("a", "b", "y")]
    assert ops_of(assert_reads(model_of(nodes), tmp_path)) == ["sigmoid", "multiply", "add"]


def test_what_the_network_returns_is_not_swallowed(tmp_path: Path):
    nodes = [node("Sigmoid", ["x"], ["a"]), mul("x", "a", "y")]
    found = assert_reads(model_of(nodes, outputs=("y", "a")), tmp_path)
    assert ops_of(found) == ["sigmoid", "multiply"]


def test_the_gate_of_another_activation_is_not_a_swish(tmp_path: Path):
    nodes = [node("Sigmoid", ["x"], ["a"]), node("Sigmoid", ["a"], ["b"]), mul("b", "x", "y")]
    assert ops_of(assert_reads(model_of(nodes), tmp_path)) == ["sigmoid", "sigmoid", "multiply"]


def test_a_swish_of_a_sigmoid(tmp_path: Path):
    nodes = [node("Sigmoid", ["x"], ["a"]), node("Sigmoid", ["a"], ["b"]), mul("b", "a", "y")]
    assert ops_of(assert_reads(model_of(nodes), tmp_path)) == ["sigmoid", "swish"]


def test_a_long_chain_of_products_takes_no_time(tmp_path: Path):
    chain = [mul("x" if at == 0 else f"m{at}", "two", f"m{at + 1}") for at in range(3000)]
    started = time.process_time()
    read_model(model_of([*chain, node("Relu", ["m3000"], ["y"])], NUMBERS), tmp_path)
    assert time.process_time() - started < 2


def test_almost_a_pattern_names_what_is_not_understood(tmp_path: Path):
    nodes = [*ERF, mul("x", "c", "d"), mul("d", "six", "y")]
    with pytest.raises(
        GraphError, match=r"node 'b' \(Erf\) is an operation that netparity does not"
    ):
        read_model(model_of(nodes, NUMBERS), tmp_path)
