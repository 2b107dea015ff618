"""A graph is put into an order, or refused in one sentence that names the node."""

from __future__ import annotations

import re
import resource
import time
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from netparity.networks import GraphError, Input, Network, Node, checked
from netparity.networks.checking import MOST_NODES, in_order

IMAGE = Input("image", (8, 8, 3))
RELU = Node("relu", "relu", ("conv",))
CONV = Node("conv", "conv", ("image",), {}, {"kernel": "conv.kernel"})
NETWORK = Network("small", (IMAGE,), (CONV, RELU), {"conv.kernel": (3, 3, 3, 4)})


def refused(network: Network) -> str:
    with pytest.raises(GraphError) as caught:
        checked(network)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400
    return message


def test_a_graph_that_can_be_computed_is_itself() -> None:
    assert checked(NETWORK) == NETWORK
    assert NETWORK.shapes == {"image": (8, 8, 3), "conv": (6, 6, 4), "relu": (6, 6, 4)}


def test_nodes_are_put_after_those_that_they_read() -> None:
    assert checked(replace(NETWORK, nodes=(RELU, CONV))).nodes == (CONV, RELU)


def test_an_order_that_can_be_computed_is_kept() -> None:
    """Of several orders, the one that is nearest to the given one."""
    shuffler = Random(3)
    for _ in range(50):
        nodes = [
            Node(f"n{place}", "add", tuple(f"n{shuffler.randrange(place)}" for _ in range(2)))
            for place in range(1, 20)
        ]
        nodes.insert(0, Node("n0", "identity", ("image",)))
        assert list(in_order(nodes)) == nodes
        shuffled = shuffler.sample(nodes, len(nodes))
        found = list(in_order(shuffled))
        done = {"image"}
        for node in found:
            assert set(node.inputs) <= done
            done.add(node.name)
        assert len(found) == len(nodes)


def test_a_circle_is_named() -> None:
    nodes = (Node("a", "relu", ("b",)), Node("b", "relu", ("a",)), Node("c", "relu", ("image",)))
    assert refused(replace(NETWORK, nodes=nodes)) == "node 'a' (relu) is part of a circle"
    itself = (Node("a", "add", ("image", "a")),)
    assert refused(replace(NETWORK, nodes=itself)) == "node 'a' (add) is part of a circle"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"nodes": (CONV, replace(RELU, inputs=("cnov",)))},
            "node 'relu' (relu) reads 'cnov', which is missing",
        ),
        ({"nodes": (CONV, RELU, RELU)}, "small: two nodes are called 'relu'"),
        (
            {"nodes": (CONV, Node("image", "relu", ("conv",)))},
            "small: two nodes are called 'image'",
        ),
        ({"inputs": ()}, "small: the graph has no input"),
        ({"nodes": ()}, "small: the graph has no nodes"),
        ({"inputs": (Input("image", ()),)}, "input 'image' has no axes"),
        (
            {"inputs": (Input("image", (8, 0, 3)),)},
            "input 'image': 8 x 0 x 3 is not a shape that can be computed",
        ),
        (
            {"nodes": (replace(RELU, op="mish", inputs=("image",)),)},
            "node 'relu': the operation 'mish' is not known",
        ),
        (
            {"nodes": (replace(RELU, inputs=("image", "image")),)},
            "node 'relu' (relu) has 2 inputs, expected 1",
        ),
        (
            {"nodes": (Node("sum", "add", ("image",)),)},
            "node 'sum' (add) has 1 inputs, expected 2 to 4096",
        ),
        (
            {"nodes": (replace(RELU, inputs=("image",), attributes={"slope": 1.0}),)},
            "node 'relu' (relu) has an attribute 'slope' that is not known",
        ),
        (
            {"nodes": (Node("norm", "lrn", ("image",), {"size": 5}),)},
            "node 'norm' (lrn) lacks its attribute 'alpha'",
        ),
        ({"nodes": (replace(CONV, tensors={}),)}, "node 'conv' (conv) lacks its kernel"),
        (
            {"tensors": {}},
            "node 'conv' (conv): its kernel 'conv.kernel' is missing",
        ),
        (
            {"nodes": (replace(CONV, tensors={**CONV.tensors, "scale": "conv.kernel"}),)},
            "node 'conv' (conv) has a tensor 'scale' that is not known",
        ),
        (
            {"tensors": {"conv.kernel": (3, 3, 4, 4)}},
            "node 'conv' (conv) has a kernel 3 x 3 x 4 x 4 in 1 groups, which does not fit an "
            "input of 3 channels",
        ),
        (
            {"tensors": {"conv.kernel": (9, 3, 3, 4)}},
            "node 'conv' (conv) has a kernel 9 x 3 larger than its input",
        ),
        (
            {"tensors": {"conv.kernel": (3, 3, 3, 4), "huge": (2**20, 2**20)}},
            f"tensor 'huge': 1048576 x 1048576 is {2**40} values; the limit is {2**31}",
        ),
        (
            {"tensors": {"conv.kernel": (3, 3, 3, 4), "huge": (10**400, 2)}},
            "tensor 'huge': ... x 2 is more values than can be named; the limit is 2147483648",
        ),
        (
            {"nodes": (Node("big", "resize", ("image",), {"size": (65536, 65536)}),)},
            f"node 'big' (resize): 65536 x 65536 x 3 is {3 * 2**32} values; the limit is {2**31}",
        ),
        (
            {"aliases": {"fc6": "fc6_relu"}},
            "the alias 'fc6' is for a node 'fc6_relu' that is missing",
        ),
        ({"default_features": ("fc6",)}, "the default feature 'fc6' is not a node"),
    ],
)
def test_what_cannot_be_computed_is_refused(changed: dict[str, object], message: str) -> None:
    assert refused(replace(NETWORK, **changed)) == message  # type: ignore[arg-type]


def test_a_name_of_several_lines_does_not_break_the_sentence() -> None:
    refused(replace(NETWORK, name="a\nb", inputs=()))
    refused(replace(NETWORK, nodes=(replace(RELU, name="a\nb", inputs=("c\nd",)),)))


def test_names_of_any_length_are_cut() -> None:
    for changed in (
        {"nodes": (CONV, Node("x" * 10**6, "relu", ("y" * 10**6,)))},
        {"nodes": (CONV, Node("x" * 10**6, "z" * 10**6, ("conv",)))},
        {"nodes": (CONV, Node("x" * 10**6, "relu", ("conv",), {"z" * 10**6: 1}))},
        {"aliases": {"x" * 10**6: "y" * 10**6}},
        {"inputs": (Input("x" * 10**6, (0,)),)},
        {"inputs": (Input("image", (1,) * 10**6),)},
    ):
        refused(replace(NETWORK, **changed))  # type: ignore[arg-type]


def test_a_graph_of_100_000_nodes_is_refused_at_once() -> None:
    nodes = tuple(Node(f"n{place}", "relu", (f"n{place - 1}",)) for place in range(100_000))
    start = time.process_time()
    message = refused(replace(NETWORK, nodes=nodes))
    assert time.process_time() - start < 2
    assert message == f"small: the graph has 100000 nodes; the limit is {MOST_NODES}"


@pytest.mark.parametrize("backwards", [False, True])
def test_the_largest_graph_takes_less_than_2_seconds(backwards: bool) -> None:
    """A chain whose nodes are given from the last to the first is the worst case."""
    names = ["image", *(f"n{place}" for place in range(MOST_NODES))]
    nodes = [Node(name, "add", (before, before)) for before, name in pairwise(names)]
    start = time.process_time()
    checked(replace(NETWORK, nodes=tuple(nodes[::-1] if backwards else nodes)))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("op", "attributes"),
    [
        ("max_pool", {"window": (4096, 4096), "pads": (4095,) * 4}),
        ("average_pool", {"window": (2, 2), "dilations": (4096, 4096), "pads": (4096,) * 4}),
        ("conv", {"pads": (4096,) * 4, "dilations": (4096, 4096)}),
        ("pad", {"pads": ((2**20, 2**20),) * 3}),
        ("lrn", {"size": 2**20, "alpha": 1.0, "beta": 1.0, "kappa": 1.0}),
        ("resize", {"size": (2**16, 2**14)}),
    ],
)
def test_large_attributes_cost_no_memory(op: str, attributes: dict[str, object]) -> None:
    tensors = {"kernel": "conv.kernel"} if op == "conv" else {}
    node = Node("node", op, ("image",), attributes, tensors)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        checked(replace(NETWORK, nodes=(node,)))
    except GraphError as error:
        assert re.match(r"node 'node' \(\w+\)", str(error))
    assert time.process_time() - start < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
