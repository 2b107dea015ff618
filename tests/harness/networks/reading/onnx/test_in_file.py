"""Where the nodes of the graph are in the user's own file, for the tools that load it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from netparity.networks import network_called
from netparity.networks.writing import WRITERS
from netparity.weights import synthetic
from tests.support.onnx_exports import by_pytorch, by_tf2onnx
from tests.support.onnx_files import model_of, node, random_values, read_file, read_model


def test_every_node_of_pytorchs_file_has_a_value(tmp_path: Path):
    found = read_model(by_pytorch(), tmp_path)
    assert found.as_it_is == "onnx" and found.in_file is not None
    assert (found.in_file.problem, found.in_file.images) == ("", None)
    assert found.in_file.values == {
        **{"features.0": "7", "features.1": "8", "features.2": "9"},
        **{"pool": "10", "Flatten": "11", "fc": "logits"},
    }


def test_a_file_for_one_image_says_so(tmp_path: Path):
    itself = read_model(by_pytorch(images=1), tmp_path).in_file
    assert itself is not None and itself.images == 1 and not itself.problem


def test_a_value_with_the_channels_first_is_named_where_there_are_two(tmp_path: Path):
    found = read_model(by_tf2onnx(), tmp_path)
    assert found.in_file is not None and not found.in_file.problem
    assert set(found.in_file.values.values()) == {"model/conv/BiasAdd:0", "model/conv/Relu:0"}
    assert set(found.in_file.values) == {entry.name for entry in found.network.nodes}


def test_several_nodes_that_are_one_have_the_last_value(tmp_path: Path):
    nodes = [node("MatMul", ["x", "w"], ["product"]), node("Add", ["product", "b"], ["y"])]
    constants = {"w": random_values(6, 3), "b": random_values(3)}
    found = read_model(model_of(nodes, constants, {"x": ("N", 6)}), tmp_path)
    assert found.in_file is not None and found.in_file.values == {"y": "y"}


def test_a_node_that_only_netparity_has_is_missing(tmp_path: Path):
    nodes = [
        node("Transpose", ["x"], ["moved"], perm=[0, 2, 1, 3]),
        node("Relu", ["moved"], ["y"]),
    ]
    found = read_model(model_of(nodes, {}, {"x": ("N", 3, 8, 10)}), tmp_path)
    assert found.in_file is not None
    missing = {entry.name for entry in found.network.nodes} - set(found.in_file.values)
    assert missing  # its rows and channels are exchanged in the file


def test_sizes_that_fit_two_orders_are_a_problem(tmp_path: Path):
    # A Transpose shows that the channels are last; the sizes alone would allow both orders.
    nodes = [
        node("Transpose", ["x"], ["first"], perm=[0, 3, 1, 2]),
        node("Conv", ["first", "w"], ["y"]),
    ]
    model = model_of(nodes, {"w": random_values(2, 4, 1, 1)}, {"x": ("N", 4, 4, 4)})
    itself = read_model(model, tmp_path).in_file
    assert itself is not None and "order of its input's axes" in itself.problem


def test_other_numbers_than_float32_are_a_problem(tmp_path: Path):
    half = {"w": random_values(2, 3, 1, 1).astype(np.float16)}
    nodes = [node("Cast", ["w"], ["w32"], to=1), node("Conv", ["x", "w32"], ["y"])]
    itself = read_model(model_of(nodes, half), tmp_path).in_file
    assert itself is not None and "float32" in itself.problem


def test_netparitys_own_file_has_the_nodes_names(tmp_path: Path):
    network = network_called("resnet-tiny")
    path = tmp_path / "own.onnx"
    WRITERS["onnx"].write(path, network, synthetic.make(network, 0))
    itself = read_file(path).in_file
    assert itself is not None and not itself.problem
    assert {entry.name for entry in network.nodes} <= set(itself.values)
    assert all(name == value for name, value in itself.values.items())


def test_an_input_that_nothing_reads_is_not_one_of_the_network(tmp_path: Path) -> None:
    # As tf2onnx leaves it: one axis, for a constant that it has folded into the graph.
    sizes = {"x": ("N", 3, 8, 10), "mean/y:0": (3,)}
    found = read_model(model_of([node("Relu", ["x"], ["y"])], inputs=sizes), tmp_path)
    assert [entry.name for entry in found.network.inputs] == ["x"]
    assert found.in_file is not None
    assert found.in_file.problem == "it has 2 inputs"
