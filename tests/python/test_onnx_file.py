"""An ONNX file that was just exported is given one output and what netparity knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from netparity.networks import Preprocessing
from netparity.networks.opening import read_network
from onnx_file import finished

NORMALISED = {
    "order": "RGB",
    "scale": 1 / 255,
    "mean": [0.5],
    "deviation": [0.25],
    "resize": [9, 9],
    "keep_aspect": True,
    "filter": "bilinear",
}


@pytest.fixture
def exported() -> bytes:
    """As PyTorch writes it: nodes have labels of their own, and every value is an output."""
    kernel = numpy_helper.from_array(np.ones((4, 3, 1, 1), np.float32), "weight")
    nodes = [
        helper.make_node("Conv", ["x", "weight"], ["layer1.0.conv1"], "/conv1/Conv"),
        helper.make_node("Relu", ["layer1.0.conv1"], ["/relu/Relu_output_0"], "/relu/Relu"),
        helper.make_node("Relu", ["/relu/Relu_output_0"], ["layer1.0.relu_1"], "/relu_1/Relu"),
    ]
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4, 8, 8])
        for name in ("layer1.0.conv1", "layer1.0.relu_1")
    ]
    graph = helper.make_graph(nodes, "main_graph", [image], outputs, [kernel])
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, producer_name="pytorch", ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def finish(exported: bytes) -> bytes:
    features = ["layer1.0.conv1", "layer1.0.relu_1"]
    return finished(exported, features, {"layer1.0": features[-1]}, NORMALISED, "x")


def test_one_output_stays_and_the_rest_of_the_file_is_as_before(exported: bytes) -> None:
    before, after = (onnx.load_from_string(content) for content in (exported, finish(exported)))
    onnx.checker.check_model(after)
    assert [output.name for output in after.graph.output] == ["layer1.0.relu_1"]
    assert after.producer_name == "netparity"
    del before.graph.output[0]
    assert after.graph == before.graph


def test_the_network_has_the_names_and_the_preprocessing(exported: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(finish(exported))
    network = read_network(path).network
    assert [node.name for node in network.features] == ["layer1.0.conv1", "layer1.0.relu_1"]
    assert network.node("layer1.0").name == "layer1.0.relu_1"
    assert len(network.nodes) == 3  # the value between them is inner
    assert network.default_features == ("layer1.0.relu_1",)
    assert network.image.preprocessing == Preprocessing(
        "RGB", (0.5,), (0.25,), 1 / 255, None, (9, 9), True, "bilinear"
    )
