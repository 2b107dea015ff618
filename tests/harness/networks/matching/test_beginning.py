"""Two networks that are the same up to their heads, and networks with the same kernels only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from netparity.networks import NETWORKS, Network, Node, checked
from netparity.networks.matching import known_as, match_alike, match_beginning, same_beginning
from tests.harness.networks.matching.test_known import with_head, zeros
from tests.support.respelling import respelled

TINY = NETWORKS["vgg16-tiny"]


def changed(network: Network, op: str, other: str, **attributes: Any) -> Network:
    """The network with all operations of a kind replaced."""
    nodes = [
        replace(node, op=other, attributes={**node.attributes, **attributes})
        if node.op == op
        else node
        for node in network.nodes
    ]
    return checked(replace(network, name="mine", nodes=tuple(nodes)))


def with_classes(network: Network, count: int) -> Network:
    other = {"fc8.kernel": (1, 1, 256, count), "fc8.bias": (count,)}
    return checked(replace(network, name="mine", tensors={**network.tensors, **other}))


def test_a_network_is_the_same_as_itself_in_another_spelling() -> None:
    other, _ = respelled(TINY, zeros(TINY), 5)
    found = same_beginning(other, TINY)
    assert found.is_up_to_head
    assert (found.only_a, found.only_b) == ((), ())
    assert found.sentence.endswith("; A ends there, B ends there")


def test_another_number_of_classes_leaves_the_last_layer_to_each() -> None:
    found = same_beginning(with_classes(TINY, 3), TINY)
    assert found.is_up_to_head
    assert (found.last, found.only_a, found.only_b) == ("fc7", ("prob",), ("prob",))  # with fc8
    assert found.matching.nodes["fc6"] == "fc6"
    assert "fc8" not in found.matching.nodes
    assert found.sentence == (
        "A and B are the same up to fc7; A continues with prob, B continues with prob"
    )


def test_another_head_is_named() -> None:
    found = same_beginning(with_head(TINY, 20, 5), TINY)
    assert found.is_up_to_head
    assert found.last == "pool5"
    assert found.only_a == ("mean", "head0", "head1")
    assert found.only_b == ("fc6", "fc7", "prob")


def test_a_network_without_a_top_ends_where_the_head_begins() -> None:
    found = same_beginning(NETWORKS["vgg16-tiny-notop"], TINY)
    assert found.is_up_to_head
    assert found.only_a == ()
    assert found.sentence.startswith("A and B are the same up to pool5; A ends there, B continues")


@pytest.mark.parametrize(
    ("op", "other", "attributes", "last"),
    [
        ("max_pool", "average_pool", {}, "conv1_2"),
        ("relu", "elu", {"alpha": 1.0}, "conv1_1"),
        ("conv", "conv", {"pads": (2, 2, 2, 2), "dilations": (2, 2)}, ""),
    ],
)
def test_another_arithmetic_is_no_other_head(op, other, attributes, last) -> None:
    network = changed(NETWORKS["vgg16-tiny-notop"], op, other, **attributes)
    found = same_beginning(network, TINY)
    assert not found.is_up_to_head
    assert found.last == last


def test_other_kernels_at_the_beginning_leave_nothing() -> None:
    found = same_beginning(NETWORKS["resnet-tiny"], TINY)
    assert (found.last, found.is_up_to_head) == ("", False)
    assert found.sentence == "A and B have nothing in common from their inputs on"


@pytest.mark.parametrize(
    ("op", "other", "attributes"),
    [("max_pool", "average_pool", {}), ("relu", "elu", {"alpha": 1.0})],
)
def test_the_names_of_a_network_with_the_same_kernels_are_known(op, other, attributes) -> None:
    mine = changed(TINY, op, other, **attributes)
    mine, _ = respelled(mine, zeros(mine), 6)
    assert match_beginning(mine) is None
    found = match_alike(mine)
    assert found is not None
    assert found[0].name == "vgg16-tiny"
    assert not found[1].same
    renamed = known_as(mine, found[1])
    assert [found[1].nodes[name] for name in renamed.default_features] == list(
        TINY.default_features
    )


def test_a_scaling_in_front_leaves_the_names_known() -> None:
    image = TINY.inputs[0].name
    scaled = Node("scaled", "scale_shift", (image,), {}, {"scale": "scaled.scale"})
    first = replace(TINY.nodes[0], inputs=("scaled",))
    tensors = {"scaled.scale": (1,), **TINY.tensors}
    nodes = (scaled, first, *TINY.nodes[1:])
    mine = checked(replace(TINY, name="mine", nodes=nodes, tensors=tensors))
    found = match_alike(mine)
    assert found is not None
    assert known_as(mine, found[1]).node("fc6").name == "fc6"


def test_a_network_with_other_kernels_is_not_alike() -> None:
    assert match_alike(with_classes(TINY, 3)) is None
    assert match_alike(with_head(TINY, 20, 5)) is None
