"""Networks that Keras exported by tf2onnx, against what TensorFlow computed from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.networks import GraphError
from tests.support.graph_runs import run_graph
from tests.support.onnx_files import (
    assert_reads,
    model_of,
    node,
    ops_of,
    random_values,
    read_file,
    read_model,
)

FOLDER = Path(__file__).parents[2] / "files" / "tf2onnx"
FILES = sorted(FOLDER.glob("*.onnx"))

FLOAT32 = 1e-6


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_network_computes_what_tensorflow_computed(path: Path):
    found = read_file(path)
    with np.load(path.with_suffix(".npz")) as stored:
        values = run_graph(found.network, found.tensors, stored["input"])
        last = values[found.network.outputs[-1].name]
        assert np.allclose(last, stored["output"], rtol=0, atol=FLOAT32 * abs(last).max())
        layers = set(stored.files) - {"input", "output"}
        assert layers
        for name in layers:
            ours = values[found.network.node(name).name][:1]
            assert np.allclose(ours, stored[name], rtol=0, atol=FLOAT32 * abs(ours).max()), name


def test_names_are_those_of_the_layers():
    names = [each.name for each in read_file(FOLDER / "vgg_like.onnx").network.nodes]
    assert names == [
        *("rescaling", "block1_conv1/BiasAdd", "block1_conv1", "block1_pool"),
        *("block2_conv1/BiasAdd", "block2_conv1", "flatten", "fc1/BiasAdd", "fc1", "predictions"),
        "Identity",
    ]
    names = {each.name for each in read_file(FOLDER / "mobile_like.onnx").network.nodes}
    assert names >= {"stem_relu", "dw_bn", "swish", "squeeze", "scale", "add", "separable"}


def test_images_are_channels_last():
    assert read_file(FOLDER / "vgg_like.onnx").network.inputs[0].shape == (20, 24, 3)


ROWS = [
    node("Relu", ["x"], ["r"]),
    node("Reshape", ["r", "rows"], ["a"]),
    node("MatMul", ["a", "k"], ["m"]),
    node("Add", ["m", "b"], ["s"]),
    node("Sigmoid", ["s"], ["g"]),
]
CONSTANTS = {
    **{"rows": np.array([-1, 3]), "back": np.array([-1, 8, 10, 5]), "k": random_values(3, 5)},
    "b": random_values(5),
}
LAST = {"x": ("N", 8, 10, 3)}


def test_a_dense_layer_at_every_place(tmp_path: Path):
    nodes = [*ROWS, node("Reshape", ["g", "back"], ["y"])]
    found = assert_reads(model_of(nodes, CONSTANTS, LAST), tmp_path)
    assert ops_of(found) == ["relu", "dense", "sigmoid"]
    assert found.network.shapes["s"] == (8, 10, 5)


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (node("Softmax", ["g"], ["y"], "p", axis=0), "has an input in which the places of all"),
        (node("Add", ["g", "each"], ["y"], "p"), "has a constant that differs between the rows"),
        (node("Reshape", ["g", "other"], ["y"], "p"), "which does not keep the images apart"),
    ],
)
def test_rows_are_not_taken_for_images(last, sentence: str, tmp_path: Path):
    constants = {**CONSTANTS, "each": random_values(160, 5), "other": np.array([5, -1])}
    model = model_of([*ROWS, last], constants, {"x": (2, 8, 10, 3)})
    with pytest.raises(GraphError, match=sentence):
        read_model(model, tmp_path)


def test_rows_that_are_returned_are_refused(tmp_path: Path):
    with pytest.raises(GraphError, match="the output 'y' is rows of all images"):
        read_model(model_of([*ROWS, node("Relu", ["g"], ["y"])], CONSTANTS, LAST), tmp_path)
