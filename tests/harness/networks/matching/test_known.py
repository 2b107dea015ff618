"""A network of the catalogue is known by its structure, whatever the names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netparity.networks import NETWORKS, Network, Node, checked
from netparity.networks.matching import known_as, match_beginning, match_catalogue
from tests.support.respelling import Arrays, respelled


def zeros(network: Network) -> Arrays:
    return {name: np.zeros(shape, np.float32) for name, shape in network.tensors.items()}


@pytest.mark.parametrize("name", ["vgg16-tiny", "vgg19-tiny", "resnet-tiny", "mobilenet-tiny"])
def test_a_network_in_another_spelling_is_known(name: str) -> None:
    network = NETWORKS[name]
    other, _ = respelled(network, zeros(network), 3)
    found = match_catalogue(other)
    assert found is not None
    catalogue, matching = found
    assert catalogue.name == name
    renamed = known_as(other, matching)
    for feature in network.default_features:
        assert matching.nodes[renamed.node(feature).name] == feature
    assert [renamed.node(feature).name for feature in network.default_features] == list(
        renamed.default_features
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_known_for_itself(name: str) -> None:
    found = match_catalogue(replace(NETWORKS[name], name="mine"))
    assert found is not None
    assert found[0].name == name


def test_every_name_of_a_tool_finds_the_node() -> None:
    network = NETWORKS["vgg16-tiny"]
    other, _ = respelled(network, zeros(network), 4)
    found = match_catalogue(other)
    assert found is not None
    renamed = known_as(other, found[1])
    assert renamed.node("fc6") is renamed.node("fc1") is renamed.node("relu6")


def test_a_network_without_dense_layers_is_known_at_any_size() -> None:
    network = NETWORKS["vgg16-tiny-notop"]
    entry = replace(network.inputs[0], shape=(96, 80, 3))
    found = match_catalogue(checked(replace(network, inputs=(entry,), name="mine")))
    assert found is not None
    assert found[0].name == "vgg16-tiny-notop"
    assert found[0].inputs[0].shape == (96, 80, 3)


def test_other_networks_are_not_known() -> None:
    network = NETWORKS["vgg16-tiny"]
    average = tuple(
        replace(node, op="average_pool") if node.op == "max_pool" else node
        for node in network.nodes
    )
    assert match_catalogue(replace(network, nodes=average)) is None


def with_head(network: Network, *units: int) -> Network:
    """A fine-tuned network: its dense layers replaced by a global average and others."""
    kept = [node for node in network.nodes if "dense" not in node.op and node.op != "softmax"]
    kept = [node for node in kept if not node.name.startswith("fc")]
    last, width = "mean", network.shapes[kept[-1].name][-1]
    nodes = [*kept, Node(last, "global_average", (kept[-1].name,))]
    tensors = {name: shape for name, shape in network.tensors.items() if name.startswith("conv")}
    for number, count in enumerate(units):
        tensors[f"head{number}.kernel"] = (width, count)
        roles = {"kernel": f"head{number}.kernel"}
        nodes.append(Node(f"head{number}", "dense", (last,), {}, roles))
        last, width = f"head{number}", count
    return checked(Network("tuned", network.inputs, tuple(nodes), tensors))


def test_a_network_with_another_head_begins_as_the_one_of_the_catalogue() -> None:
    tuned = with_head(NETWORKS["vgg16-tiny"], 20, 5)
    assert match_catalogue(tuned) is None
    found = match_beginning(tuned)
    assert found is not None
    assert found[0].name == "vgg16-tiny-notop"
    renamed = known_as(tuned, found[1])
    assert renamed.node("block5_conv3").name == "conv5_3"
    assert renamed.default_features == ("pool5",)


def test_other_classes_leave_the_rest_known() -> None:
    network = NETWORKS["vgg19-tiny"]
    changed = {"fc8.kernel": (1, 1, 256, 3), "fc8.bias": (3,)}
    tuned = checked(replace(network, tensors={**network.tensors, **changed}))
    other, _ = respelled(tuned, zeros(tuned), 8)
    found = match_beginning(other)
    assert found is not None
    assert found[0].name == "vgg19-tiny"
    assert found[1].nodes[known_as(other, found[1]).node("fc7").name] == "fc7"
    assert "prob" not in found[1].nodes.values()


def test_a_change_at_the_beginning_leaves_nothing_known() -> None:
    network = NETWORKS["vgg16-tiny"]
    first = replace(network.nodes[0], attributes={"pads": (1, 1, 1, 1), "dilations": (1, 1)})
    assert match_beginning(replace(network, nodes=(first, *network.nodes[1:]))) is not None
    average = [replace(n, op="average_pool") if n.op == "max_pool" else n for n in network.nodes]
    assert match_beginning(replace(network, nodes=tuple(average))) is None
