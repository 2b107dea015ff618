"""Under which names a user finds the nodes of files from several exporters."""

from __future__ import annotations

from pathlib import Path

import pytest
from onnx import NodeProto

from tests.support.onnx_files import model_of, node, random_values, read_model

POINT = {"k": random_values(3, 3, 1, 1)}


def conv(source: str, result: str, name: str = "") -> NodeProto:
    return node("Conv", [source, "k"], [result], name)


def relu(source: str, result: str, name: str = "") -> NodeProto:
    return node("Relu", [source], [result], name)


def add(first: str, second: str, result: str, name: str = "") -> NodeProto:
    return node("Add", [first, second], [result], name)


def in_scopes(made: NodeProto, scopes: list[str]) -> NodeProto:
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=repr(scopes))
    return made


def test_the_network_is_called_as_its_file(tmp_path: Path):
    assert (
        read_model(model_of([relu("x", "y")], name="main_graph"), tmp_path).network.name == "model"
    )
    ours = model_of([relu("x", "y")], name="vgg16", producer="netparity")
    assert read_model(ours, tmp_path).network.name == "vgg16"


def names(nodes, folder: Path, output: str = "y", producer: str = "pytorch") -> list[str]:
    found = read_model(model_of(nodes, POINT, outputs=(output,), producer=producer), folder)
    return [each.name for each in found.network.nodes]


def test_modules_of_pytorch(tmp_path: Path):
    nodes = [
        conv("x", "/features/features.0/Conv_output_0", "/features/features.0/Conv"),
        relu("/features/features.0/Conv_output_0", "r", "/features/features.1/Relu"),
        conv("r", "c", "/layer1/layer1.0/conv1/Conv"),
        add("c", "r", "a", "/layer1/layer1.0/Add"),
        relu("a", "b", "/layer1/layer1.0/relu_1/Relu"),
        relu("b", "y", "/Relu"),
    ]
    assert names(nodes, tmp_path) == [
        *("features.0", "features.1", "layer1.0.conv1", "layer1.0.Add", "layer1.0.relu_1"),
        "Relu",
    ]


def test_the_last_node_of_a_module_has_its_name(tmp_path: Path):
    nodes = [conv("x", "c", "/block/Conv"), relu("c", "y", "/block/Relu")]
    assert names(nodes, tmp_path) == ["block.Conv", "block"]


def test_modules_of_pytorchs_other_exporter(tmp_path: Path):
    nodes = [
        in_scopes(conv("x", "conv2d", "node_conv2d"), ["", "features", "features.0", "conv2d"]),
        in_scopes(relu("conv2d", "relu", "node_relu"), ["", "features", "features.1", "relu"]),
        in_scopes(add("relu", "x", "add_5", "node_add_5"), ["", "features", "add_5"]),
        in_scopes(relu("add_5", "y", "node_relu_1"), ["", "y"]),
    ]
    assert names(nodes, tmp_path) == ["features.0", "features.1", "features", "y"]


def test_a_module_that_is_called_twice(tmp_path: Path):
    scopes = ["", "layer1", "layer1.relu", "relu"]
    nodes = [
        in_scopes(relu("x", "relu"), scopes),
        in_scopes(conv("relu", "conv2d"), ["", "layer1", "layer1.conv", "conv2d"]),
        in_scopes(relu("conv2d", "y"), scopes),
    ]
    assert names(nodes, tmp_path) == ["layer1.relu", "layer1.conv", "layer1.relu_1"]


def test_layers_of_tensorflow(tmp_path: Path):
    nodes = [
        conv("x", "model/block1_conv1/BiasAdd:0", "model/block1_conv1/BiasAdd"),
        relu("model/block1_conv1/BiasAdd:0", "model/block1_conv1/Relu:0"),
        relu("model/block1_conv1/Relu:0", "model/vgg/act/Relu:0"),
        relu("model/vgg/act/Relu:0", "model/vgg/end/Gelu/mul:0"),
        relu("model/vgg/end/Gelu/mul:0", "predictions"),
    ]
    found = names(nodes, tmp_path, "predictions", "tf2onnx")
    assert found == [*("block1_conv1/BiasAdd", "block1_conv1", "vgg/act", "vgg/end", "predictions")]


def test_the_function_and_the_model_of_tensorflow_are_left_out(tmp_path: Path):
    before = "StatefulPartitionedCall/vgg16"
    nodes = [
        conv("x", f"{before}/block1_conv1/BiasAdd:0"),
        relu(f"{before}/block1_conv1/BiasAdd:0", f"{before}/block1_conv1/Relu:0"),
        relu(f"{before}/block1_conv1/Relu:0", f"{before}/top/Relu:0"),
    ]
    network = read_model(
        model_of(nodes, POINT, outputs=(f"{before}/top/Relu:0",)), tmp_path
    ).network
    assert [each.name for each in network.nodes] == ["block1_conv1/BiasAdd", "block1_conv1", "top"]
    assert network.node(f"{before}/block1_conv1/BiasAdd").op == "conv"


def test_the_second_call_of_every_layer(tmp_path: Path):
    """Keras 3 traces a model again when it exports it."""
    nodes = [
        conv("x", "functional_1/conv1_1/BiasAdd:0"),
        relu("functional_1/conv1_1/BiasAdd:0", "functional_1/conv1_1/Relu:0"),
        relu("functional_1/conv1_1/Relu:0", "functional_1/top_1/Relu:0"),
        relu("functional_1/top_1/Relu:0", "y"),
    ]
    assert names(nodes, tmp_path) == ["conv1/BiasAdd", "conv1", "top", "y"]


def test_a_block_that_ends_with_a_sum_has_its_name(tmp_path: Path):
    nodes = [conv("x", "c", "/layer1/conv/Conv"), add("c", "x", "a", "/layer1/Add"), relu("a", "y")]
    assert names(nodes, tmp_path) == ["layer1.conv", "layer1", "y"]


def test_numbers_give_way_to_the_names_of_nodes(tmp_path: Path):
    nodes = [conv("x", "130", "Conv_0"), relu("130", "131"), relu("131", "fc7"), relu("fc7", "y")]
    assert names(nodes, tmp_path) == ["Conv_0", "relu_131", "fc7", "y"]


def test_a_name_that_is_the_inputs_or_another_nodes_is_numbered(tmp_path: Path):
    nodes = [
        relu("x", "a", "/x/Relu"),
        relu("a", "1", "same"),
        relu("1", "2", "same"),
        relu("2", "y"),
    ]
    assert names(nodes, tmp_path) == ["x_2", "same", "same_2", "y"]


@pytest.mark.parametrize("alias", ["/stem/Conv", "/stem/Conv_output_0", "stem", "moved"])
def test_every_name_of_the_file_finds_the_node(alias: str, tmp_path: Path):
    nodes = [
        conv("x", "/stem/Conv_output_0", "/stem/Conv"),
        node("Transpose", ["/stem/Conv_output_0"], ["moved"], perm=[0, 2, 3, 1]),
        node("Transpose", ["moved"], ["back"], perm=[0, 3, 1, 2]),
        relu("back", "y"),
    ]
    network = read_model(model_of(nodes, POINT), tmp_path).network
    assert network.node(alias).op == "conv"


def test_files_of_netparity_keep_their_names(tmp_path: Path):
    nodes = [conv("x", "130", "other"), relu("130", "a/b:0"), relu("a/b:0", "y")]
    assert names(nodes, tmp_path, producer="netparity") == ["130", "a/b:0", "y"]


def test_very_many_nodes_of_one_name_take_no_time(tmp_path: Path):
    chain = [relu("x" if at == 0 else str(at), str(at + 1), "same") for at in range(5000)]
    found = names(chain, tmp_path, "5000")
    assert found[:2] == ["same", "same_2"]
    assert len(set(found)) == 5000
