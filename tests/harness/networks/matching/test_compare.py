"""Networks that compute the same match, however they are written, and no others do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netparity.networks import NETWORKS, Network, Node, checked
from netparity.networks.matching import compare
from netparity.networks.matching.values import compare_values
from tests.support.graph_jobs import Sketch, evaluate
from tests.support.respelling import random_network, respelled

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_spelling_is_the_same_function_with_the_same_values(seed: int) -> None:
    a, a_tensors = random_network(seed)
    b, b_tensors = respelled(a, a_tensors, seed + 1000)
    matching = compare(a, b)
    assert matching.differences == ()
    x = np.random.default_rng(seed).normal(size=(2, *a.inputs[0].shape))
    first, second = evaluate(a, a_tensors, x), evaluate(b, b_tensors, x)
    assert set(matching.nodes) == set(a.by_name)
    for node, other in matching.nodes.items():
        expected = second[other].reshape(first[node].shape)
        np.testing.assert_allclose(first[node], expected, rtol=1e-9, atol=1e-12)
    for match in matching.tensors:
        moved = match.to_second(a_tensors[match.first])
        np.testing.assert_array_equal(moved, b_tensors[match.second])
        np.testing.assert_array_equal(match.to_first(moved), a_tensors[match.first])
    assert {match.first for match in matching.tensors} == set(a_tensors)
    assert compare_values(matching, a_tensors, b_tensors).same


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_node_is_found_and_named(seed: int) -> None:
    a, tensors = random_network(seed)
    random = np.random.default_rng(seed)
    candidates = [node for node in a.nodes if node.op in CHANGES]
    node = candidates[int(random.integers(len(candidates)))]
    changed = CHANGES[node.op](node)
    nodes = tuple(changed if each is node else each for each in a.nodes)
    b = checked(replace(a, nodes=nodes))
    x = random.normal(size=(2, *a.inputs[0].shape))
    first, second = evaluate(a, tensors, x), evaluate(b, tensors, x)
    assert not np.allclose(first[node.name], second[node.name])
    matching = compare(a, b)
    [sentence] = matching.differences
    assert sentence.startswith(f"{node.name}: ")


def _with(**attributes: Any) -> Callable[[Node], Node]:
    return lambda node: replace(node, attributes={**node.attributes, **attributes})


def _as(op: str) -> Callable[[Node], Node]:
    return lambda node: replace(node, op=op)


CHANGES = {
    "batch_norm": _with(epsilon=1e-2),
    "relu": _as("tanh"),
    "elu": _with(alpha=0.5),
    "clipped_relu": _with(maximum=0.3),
    "swish": _as("hard_swish"),
    "max_pool": _as("average_pool"),
    "average_pool": _as("max_pool"),
    "add": _as("multiply"),
    "multiply": _as("add"),
}


SMALL = [name for name in NETWORKS if "tiny" in name]


@pytest.mark.parametrize("name", SMALL)
def test_a_network_of_the_catalogue_is_itself_and_no_other(name: str) -> None:
    same = [other for other in SMALL if compare(NETWORKS[name], NETWORKS[other]).same]
    assert same == [name]


@pytest.mark.parametrize("names", [("alexnet", "caffe-ref"), ("vgg-m", "vgg-s")])
def test_networks_with_the_same_kernels_are_told_apart(names: tuple[str, str]) -> None:
    a, b = (NETWORKS[name] for name in names)
    found = compare(a, b)
    assert len(found.tensors) == len(a.tensors)
    assert found.differences


def vgg_like(**changes: Any) -> Network:
    """Two convolutions with their ReLUs, a pool and a dense layer."""
    settings: dict[str, Any] = {
        "pads": (1, 1, 1, 1),
        "normalised": False,
        "pool": "max_pool",
        "bias": True,
        "order": (0, 1, 2),
        "classes": 3,
    } | changes
    s = Sketch((8, 8, 3))
    tensors = {"kernel": s.normal(3, 3, 3, 4)}
    if settings["bias"]:
        tensors["bias"] = s.normal(4)
    s.add("conv1_1", "conv", tensors=tensors, pads=settings["pads"])
    last = "conv1_1"
    if settings["normalised"]:
        moments = {"mean": s.normal(4), "variance": s.positive(4)}
        last = s.add("bn1_1", "batch_norm", last, tensors=moments, epsilon=1e-5)
    s.add("relu1_1", "relu", last)
    s.add("pool1", settings["pool"], "relu1_1", window=(2, 2), strides=(2, 2))
    s.add("flat", "flatten", "pool1", order=settings["order"])
    size = s.network().shapes["flat"][0]
    s.add("fc6", "dense", "flat", tensors={"kernel": s.normal(size, settings["classes"])})
    return s.network()


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({"pads": (0, 0, 1, 1)}, ["conv1_1: pads (1,1,1,1) in A, (0,0,1,1) in B"]),
        ({"normalised": True}, ["B has a batch normalisation after conv1_1; A has none"]),
        ({"pool": "average_pool"}, ["pool1: a maximum pool in A, an average pool in B"]),
        ({"bias": False}, ["conv1_1: A has a bias; B has none"]),
        ({"classes": 5}, ["fc6: kernel 4 x 4 x 4 x 3 in A, 4 x 4 x 4 x 5 in B"]),
    ],
)
def test_each_difference_is_a_sentence(change: dict[str, Any], sentences: list[str]) -> None:
    found = compare(vgg_like(), vgg_like(**change)).differences
    assert [sentence for sentence in found if sentence in sentences] == sentences
    if "pads" not in change:  # which changes the kernel of the dense layer too
        assert list(found) == sentences


def test_the_order_of_a_flatten_belongs_to_the_kernel() -> None:
    matching = compare(vgg_like(order=(2, 0, 1)), vgg_like())
    assert matching.same
    assert matching.notes == (
        "fc6 reads its input in the order C, H, W in A, H, W, C in B; the rows of its "
        "kernel are compared accordingly",
    )


def test_a_skip_connection_from_elsewhere_is_found() -> None:
    def network(source: str) -> Network:
        s = Sketch((6, 6, 4))
        for name in ("conv1", "conv2", "conv3"):
            last = s.nodes[-1].name if s.nodes else "input"
            s.add(name, "conv", last, tensors={"kernel": s.normal(1, 1, 4, 4)})
        s.add("sum", "add", "conv3", source)
        return s.network()

    found = compare(network("conv1"), network("conv2")).differences
    assert found == ("sum reads conv3, conv1 in A, conv3, conv2 in B",)


def test_a_pool_before_the_relu_is_the_same_as_one_after_it() -> None:
    def network(first: str, second: str) -> Network:
        s = Sketch((7, 7, 3))
        s.add("conv", "conv", tensors={"kernel": s.normal(3, 3, 3, 4)})
        settings: dict[str, Any] = {"max_pool": {"window": (3, 3), "pads": (1, 1, 1, 1)}}
        s.add(first, first, "conv", **settings.get(first, {}))
        s.add(second, second, first, **settings.get(second, {}))
        return s.network()

    a, b = network("max_pool", "relu"), network("relu", "max_pool")
    matching = compare(a, b)
    assert matching.same
    assert matching.nodes == {"conv": "conv", "relu": "max_pool"}
    x = np.random.default_rng(0).normal(size=(1, 7, 7, 3))
    tensors = {"conv.kernel": Sketch((1,)).normal(3, 3, 3, 4)}
    first, second = evaluate(a, tensors, x), evaluate(b, tensors, x)
    np.testing.assert_array_equal(first["relu"], second["max_pool"])


def test_a_scale_behind_a_batch_normalisation_is_part_of_it() -> None:
    """Caffe has two layers where other tools have one."""
    roles = ("mean", "variance", "scale", "bias")
    given = Sketch((1,))
    values = {role: given.positive(3) for role in roles}

    def network(*first: str, last: tuple[str, ...]) -> tuple[Network, dict[str, Any]]:
        s = Sketch((4, 4, 3))
        s.add("bn", "batch_norm", epsilon=0.1, tensors={role: values[role] for role in first})
        if last:
            s.add("scaled", "scale_shift", "bn", tensors={role: values[role] for role in last})
        return s.network(), s.tensors

    a, a_tensors = network(*roles[:2], last=roles[2:])
    b, b_tensors = network(*roles, last=())
    for matching in (compare(a, b), compare(a, b, a_tensors, b_tensors)):
        assert matching.same
        assert matching.nodes == {"scaled": "bn"}
        assert compare_values(matching, a_tensors, b_tensors).same
    x = np.random.default_rng(0).normal(size=(1, 4, 4, 3))
    scaled = evaluate(a, a_tensors, x)["scaled"]
    np.testing.assert_allclose(scaled, evaluate(b, b_tensors, x)["bn"], rtol=1e-12)
    assert not compare(network(*roles, last=roles[2:])[0], b).same
    assert not compare(network(*roles[:2], last=("bias",))[0], b).same


@pytest.mark.parametrize("ops", [("average_pool", "relu"), ("max_pool", "elu")])
def test_other_pools_and_activations_keep_their_order(ops: tuple[str, str]) -> None:
    def network(first: str, second: str) -> Network:
        s = Sketch((6, 6, 3))
        s.add("one", first, **({"window": (2, 2)} if "pool" in first else {}))
        s.add("two", second, "one", **({"window": (2, 2)} if "pool" in second else {}))
        return s.network()

    assert not compare(network(*ops), network(*ops[::-1])).same


def test_a_factor_for_each_row_is_not_one_for_each_column() -> None:
    def network(shape: tuple[int, int, int]) -> Network:
        s = Sketch((5, 5, 3))
        s.add("rows", "mean", axes=(1,), keep_dims=False)
        s.add("factor", "reshape", "rows", shape=shape)
        s.add("scaled", "multiply", "input", "factor")
        return s.network()

    assert compare(network((5, 1, 3)), network((5, 1, 3))).same
    assert not compare(network((5, 1, 3)), network((1, 5, 3))).same


def test_layers_of_every_block_are_told_in_one_sentence() -> None:
    found = compare(NETWORKS["vgg19"], NETWORKS["vgg16"]).differences
    assert found == (
        "A has a convolution after conv3_3, conv4_3 and conv5_3; B has none",
        "A has a ReLU after conv3_4, conv4_4 and conv5_4; B has none",
    )


def test_a_trailing_softmax_counts() -> None:
    a = vgg_like()
    b = replace(a, nodes=(*a.nodes, Node("prob", "softmax", ("fc6",))))
    assert compare(b, a).differences == ("A has a softmax after fc6; B has none",)


def test_a_concatenation_in_another_order_is_another_function() -> None:
    def network(*inputs: str) -> Network:
        s = Sketch((4, 4, 3))
        s.add("left", "conv", tensors={"kernel": s.normal(1, 1, 3, 2)})
        s.add("right", "conv", tensors={"kernel": s.normal(3, 3, 3, 2)}, pads=(1, 1, 1, 1))
        s.add("joined", "concat", *inputs)
        return s.network()

    found = compare(network("left", "right"), network("right", "left")).differences
    assert found == ("joined reads left, right in A, right, left in B",)


def deep(blocks: int, name: str = "deep") -> Network:
    """ResNet's blocks: 10 nodes each."""
    s = Sketch((14, 14, 4))
    kernel, vector = np.zeros((1, 1, 4, 4), np.float32), np.ones(4, np.float32)
    last = "input"
    for block in range(blocks):
        start = last
        for part in range(3):
            last = s.add(f"c{block}_{part}", "conv", last, tensors={"kernel": kernel})
            moments = {"mean": vector, "variance": vector, "scale": vector, "bias": vector}
            last = s.add(f"b{block}_{part}", "batch_norm", last, tensors=moments, epsilon=1e-5)
            last = s.add(f"r{block}_{part}", "relu", last)
        last = s.add(f"s{block}", "add", last, start)
    return s.network(name)


def test_a_network_as_deep_as_resnet_152_takes_well_under_a_second() -> None:
    network = deep(50)
    other = replace(
        network,
        nodes=tuple(_with(epsilon=1e-3)(n) if n.name == "b25_1" else n for n in network.nodes),
    )
    began = time.process_time()
    assert compare(network, network).same
    assert compare(network, other).differences == ("b25_1: epsilon 1e-05 in A, 0.001 in B",)
    assert time.process_time() - began < 1.0


def test_a_huge_network_ends_soon() -> None:
    network = deep(400)
    names = {node.name: f"x{number}" for number, node in enumerate(network.nodes)}
    nodes = tuple(
        replace(
            _with(epsilon=1e-3)(node) if node.op == "batch_norm" else node,
            name=names[node.name],
            inputs=tuple(names.get(source, source) for source in node.inputs),
        )
        for node in network.nodes
    )
    began = time.process_time()
    assert not compare(network, replace(network, nodes=nodes)).same
    assert time.process_time() - began < 5.0


def test_a_sum_of_thousands_of_equal_branches_ends_soon() -> None:
    s = Sketch((2, 2, 3))
    kernel = np.ones((1, 1, 3, 3), np.float32)
    names = [s.add(f"branch{i}", "conv", tensors={"kernel": kernel}) for i in range(4000)]
    s.add("sum", "add", *names)
    network = s.network()
    began = time.process_time()
    matching = compare(network, network)
    assert matching.same
    assert all(first == second for first, second in matching.nodes.items())
    assert time.process_time() - began < 5.0
