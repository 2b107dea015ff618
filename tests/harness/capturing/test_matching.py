"""Which node of a network is a captured layer: by name, or by a place that leaves no choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from netparity.capturing.matching import match
from netparity.capturing.recorder import Captured, Layer
from netparity.networks import NETWORKS, Input, Network, Node, checked
from netparity.weights import torch_names

CHANNELS = 2
SIZE = (4, 4, CHANNELS)


def network(*nodes: tuple[str, str, str]) -> Network:
    """A network of nodes (name, operation, inputs), all of one shape."""
    made, tensors = [], {}
    for name, op, inputs in nodes:
        roles = {}
        if op == "conv":
            roles = {"kernel": f"{name}.kernel"}
            tensors[f"{name}.kernel"] = (1, 1, CHANNELS, CHANNELS)
        elif op == "batch_norm":
            roles = {role: f"{name}.{role}" for role in ("mean", "variance")}
            tensors |= dict.fromkeys(roles.values(), (CHANNELS,))
        attributes = {"epsilon": 1e-3} if op == "batch_norm" else {}
        made.append(Node(name, op, tuple(inputs.split()), attributes, roles))
    return checked(Network("net", (Input("x", SIZE),), tuple(made), tensors))


def captured(
    *calls: tuple[str, str], shape: tuple[int, ...] = (1, CHANNELS, 4, 4), **in_files: str
) -> dict[str, Captured]:
    """Layers (name, operation) that returned arrays of one shape, each with its own values."""
    rng = np.random.default_rng(0)
    return {
        name: Captured(
            name,
            in_files.get(name, name),
            Layer(name, op),
            rng.standard_normal(shape, dtype=np.float32),
        )
        for name, op in calls
    }


def nodes(given: Mapping[str, Captured], graph: Network) -> dict[str, str]:
    found = match(given, graph).features
    return {feature.name: node for node, feature in found.features.items()}


def test_by_the_names_of_modules_also_where_one_is_called_again() -> None:
    graph = network(("c", "conv", "x"), ("relu", "relu", "c"), ("relu_1", "relu", "relu"))
    given = captured(("c", "conv"), ("relu", "relu"), ("relu_2", "relu"), relu_2="relu_1")
    assert nodes(given, graph) == {"c": "c", "relu": "relu", "relu_2": "relu_1"}
    assert match(given, graph).by_order == {}


def test_a_name_of_the_files_own_tensors_counts_if_the_operation_agrees() -> None:
    graph = replace(network(("c", "conv", "x"), ("r", "relu", "c")), aliases={"one": "c"})
    assert nodes(captured(("one", "conv")), graph) == {"one": "c"}
    assert nodes(captured(("one", "softmax")), graph) == {}


def test_a_layer_without_its_activation_is_the_node_before_it() -> None:
    graph, shape = NETWORKS["vgg16-tiny"], (1, 4, 64, 64)
    assert nodes(captured(("conv1_1", "conv"), shape=shape), graph) == {"conv1_1": "conv1_1_linear"}
    assert nodes(captured(("conv1_1", "relu"), shape=shape), graph) == {"conv1_1": "conv1_1"}
    # An operation that is not known is taken for the whole layer.
    assert nodes(captured(("conv1_1", ""), shape=shape), graph) == {"conv1_1": "conv1_1"}


@pytest.mark.parametrize("name", ["conv1", "bn1"])
def test_a_folded_normalisation_has_the_node_whichever_name_it_has(name: str) -> None:
    graph = network((name, "conv", "x"), ("r", "relu", name))
    found = match(captured(("conv1", "conv"), ("bn1", "batch_norm"), ("r", "relu")), graph)
    assert {each.name: node for node, each in found.features.features.items()} == {
        "bn1": name,
        "r": "r",
    }
    assert found.features.others == {"conv1": "bn1 is folded into it in net"}


def test_a_normalisation_of_its_own_is_not_folded() -> None:
    graph = network(("conv1", "conv", "x"), ("bn1", "batch_norm", "conv1"))
    given = captured(("conv1", "conv"), ("bn1", "batch_norm"))
    assert nodes(given, graph) == {"conv1": "conv1", "bn1": "bn1"}


def test_by_order_where_each_has_one_place() -> None:
    graph = network(("a", "conv", "x"), ("b", "relu", "a"), ("c", "conv", "b"))
    found = match(captured(("0", "conv"), ("1", "relu"), ("2", "conv")), graph)
    assert found.by_order == {"0": "a", "1": "b", "2": "c"}


def test_a_name_settles_the_place_of_another() -> None:
    graph = network(("a", "conv", "x"), ("b", "conv", "a"))
    assert nodes(captured(("b", "conv"), ("other", "conv")), graph) == {"b": "b"}
    assert nodes(captured(("other", "conv"), ("b", "conv")), graph) == {"other": "a", "b": "b"}


def test_branches_leave_a_choice_which_is_not_made() -> None:
    graph = network(
        ("a", "conv", "x"), ("b", "conv", "x"), ("sum", "add", "a b"), ("c", "conv", "sum")
    )
    found = match(captured(("0", "conv"), ("1", "conv"), ("2", "add"), ("3", "conv")), graph)
    assert found.by_order == {"2": "sum", "3": "c"}
    assert found.features.others == dict.fromkeys(
        "01", "several nodes of its operation and shape could be it"
    )


def test_another_number_of_layers_leaves_all_open() -> None:
    graph = network(("a", "conv", "x"))
    found = match(captured(("0", "conv"), ("1", "conv")), graph)
    assert found.features.others["0"] == (
        "2 layers of its operation and shape were captured, net has 1"
    )


def test_a_layer_that_hands_on_what_it_got_is_called_so() -> None:
    graph = network(("a", "conv", "x"))
    given = captured(("a", "conv"), ("drop", "dropout"))
    given["drop"] = replace(given["drop"], values=given["a"].values.reshape(1, -1))
    assert match(given, graph).features.others == {"drop": "it returns what a returned"}


def test_the_models_own_output_is_the_networks_only_one() -> None:
    graph = network(("a", "conv", "x"), ("soft", "softmax", "a"))
    given = captured(("a", "conv"), ("output", ""))
    given["output"] = replace(given["output"], layer=Layer("output", is_model=True))
    assert nodes(given, graph) == {"a": "a", "output": "soft"}


def test_torchvisions_vgg_is_found_in_the_catalogue() -> None:
    graph = NETWORKS["vgg16-tiny"]
    expected = torch_names.module_names(graph)
    given: dict[str, Captured] = {}
    place = {"features": 0, "classifier": 0}
    for node in graph.nodes[:-1]:
        part = "features" if len(graph.shapes[node.name]) == 3 else "classifier"
        name = f"{part}.{place[part]}"
        place[part] += 1 + (part == "classifier" and node.op == "relu")  # and the dropout
        shape = np.moveaxis(np.zeros(graph.shapes[node.name]), -1, 0).shape
        given |= captured((name, node.op), shape=(1, *shape))
    found = nodes(given, graph)
    assert len(found) == len(graph.nodes) - 1
    assert [name for name, node in found.items() if "kernel" in graph.by_name[node].tensors] == (
        expected
    )
