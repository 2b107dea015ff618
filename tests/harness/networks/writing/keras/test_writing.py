"""Networks written as .keras. That real Keras computes the same is in tests/python."""

from __future__ import annotations

import json
import re
import zipfile

import numpy as np
import pytest

from netparity.networks.catalogue import network_called
from netparity.networks.checking import checked
from netparity.networks.graph import Input, Network, Node
from netparity.networks.node import GraphError
from netparity.networks.writing import WRITERS
from netparity.networks.writing.keras.archive import planned, snake_case
from netparity.weights.synthetic import make
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, evaluate
from tests.support.keras_files import read_file

KERAS = WRITERS["keras"]
UNREADABLE = ("l2_norm",)
"""Operations that are written as functions of Keras for which the graph has no operation."""


def written(tmp_path, network, tensors):
    path = tmp_path / "model.keras"
    KERAS.write(path, network, tensors)
    return path


def config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))["config"]


def layers_of(path):
    return [
        (entry["class_name"], entry["name"])
        for entry in config_of(path)["layers"]
        if entry["class_name"] != "InputLayer"
    ]


def sketch_of(shape, op, tensors=None, **attributes):
    sketch = Sketch(shape)
    sketch.add("it", op, tensors=tensors, **attributes)
    return sketch


def again(tmp_path, sketch):
    """The network of the written file, and both networks' values for one input."""
    network = sketch.network()
    read = read_file(written(tmp_path, network, sketch.tensors))
    x = np.random.default_rng(4).normal(0, 1, (2, *sketch.shape)).astype(np.float32)
    names = KERAS.names(network)
    before = evaluate(network, sketch.tensors, x)
    after = evaluate(read.network, read.tensors, x)
    return read, {name: (values, after[names[name]]) for name, values in before.items()}


@pytest.mark.parametrize("name", SKETCHES)
def test_a_written_file_is_read_as_a_network_that_computes_the_same(tmp_path, name):
    sketch = SKETCHES[name]()
    sketch.nodes = [
        node for node in sketch.nodes if node.op not in UNREADABLE and not KERAS.lacks(node)
    ]
    _, values = again(tmp_path, sketch)
    for node, (expected, found) in values.items():
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6, err_msg=node)


@pytest.mark.parametrize(
    "name", ["alexnet-tiny", "resnet-tiny", "googlenet-tiny", "mobilenet-tiny"]
)
def test_networks_of_the_catalogue_come_back(tmp_path, name):
    network = network_called(name)
    tensors = make(network, 1)
    read = read_file(written(tmp_path, network, tensors))
    x = np.random.default_rng(4).normal(0, 50, (1, *network.inputs[0].shape)).astype(np.float32)
    expected = evaluate(network, tensors, x)
    found = evaluate(read.network, read.tensors, x)
    names = KERAS.names(network)
    for node in network.nodes:
        np.testing.assert_allclose(found[names[node.name]], expected[node.name], rtol=1e-5)


def test_inner_nodes_are_inner_again_and_tensors_have_their_names(tmp_path):
    network = network_called("vgg16-tiny")
    read = read_file(written(tmp_path, network, make(network, 1))).network
    assert [node.name for node in read.features] == [node.name for node in network.features]
    # The catalogue calls prob's tensors fc8, as MatConvNet's file does.
    assert set(read.tensors) == {name.replace("fc8", "prob") for name in network.tensors}
    assert read.node("fc6_linear_flatten").inner
    assert read.inputs[0].preprocessing == network.inputs[0].preprocessing
    assert read.default_features == network.default_features
    assert read.node("block1_conv1").name == network.node("block1_conv1").name


def test_a_node_is_one_layer_of_its_name_where_keras_has_one(tmp_path):
    network = network_called("mobilenet-tiny")
    layers = layers_of(written(tmp_path, network, make(network, 1)))
    assert {name for _, name in layers} >= {node.name for node in network.nodes}
    kinds = [kind for kind, _ in layers]
    assert "DepthwiseConv2D" in kinds
    assert "Lambda" not in kinds


def test_local_response_normalisation_comes_back_as_one_node(tmp_path):
    attributes = {"size": 5, "alpha": 1e-4, "beta": 0.75, "kappa": 2.0}
    read, _ = again(tmp_path, sketch_of((4, 4, 9), "lrn", **attributes))
    [node] = read.network.nodes
    assert (node.name, node.op, dict(node.attributes)) == ("it", "lrn", attributes)
    assert dict(read.network.tensors) == {}


@pytest.mark.parametrize(
    ("pads", "kinds"),
    [
        ((0, 0, 0, 0), ["Conv2D"]),
        ((1, 1, 1, 1), ["ZeroPadding2D", "Conv2D"]),  # TensorFlow's "same" has (0, 1) for 8
        ((0, 1, 0, 1), ["Conv2D"]),
        ((1, 0, 2, 1), ["ZeroPadding2D", "Conv2D"]),
    ],
)
def test_pads_are_same_where_they_equal_it_and_a_layer_of_zeros_elsewhere(tmp_path, pads, kinds):
    sketch = Sketch((8, 8, 2))
    kernel = {"kernel": sketch.normal(3, 3, 2, 4)}
    sketch.add("it", "conv", tensors=kernel, strides=(2, 2), pads=pads)
    layers = layers_of(written(tmp_path, sketch.network(), sketch.tensors))
    assert [kind for kind, _ in layers] == kinds
    assert layers[-1][1] == "it"


def test_a_pool_is_padded_by_zeros_only_after_what_is_never_negative(tmp_path):
    pool = {"window": (3, 3), "strides": (2, 2), "pads": (1, 1, 1, 1)}
    sketch = Sketch((8, 8, 2))
    sketch.add("relu", "relu")
    sketch.add("after", "max_pool", "relu", **pool)
    sketch.add("plain", "max_pool", **pool)
    kinds = dict(layer[::-1] for layer in layers_of(written(tmp_path, sketch.network(), {})))
    assert kinds["after_pad"] == "ZeroPadding2D"
    assert kinds["plain_pad"] == "Pad"


def test_names_are_those_that_every_backend_accepts_each_used_once():
    network = Network(
        "any",
        (Input("in/put", (4,)),),
        tuple(
            Node(name, "relu", ("in/put",)) for name in ("a/b", "a b", "A_B", "_c", "é", "in_put")
        ),
    )
    names = KERAS.names(checked(network))
    found = list(names.values())
    assert len({name.lower() for name in found}) == len(found)
    # TensorFlow's name scopes, without the slash that Keras forbids.
    assert all(re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9_.\-]*", name) for name in found)
    assert names["in/put"] == "in_put"


def test_what_keras_lacks_is_said_and_refused_when_it_is_written(tmp_path):
    sketch = sketch_of((8, 8, 2), "max_pool", window=(2, 2), dilations=(2, 2))
    [node] = sketch.nodes
    assert KERAS.lacks(node) == "Keras's pools have no dilation; it has dilations (2, 2)"
    with pytest.raises(GraphError, match=r"node 'it' \(max_pool\): Keras's pools have no dilation"):
        written(tmp_path, sketch.network(), {})


def test_numbers_that_are_too_many_for_a_configuration_are_refused(tmp_path):
    shape = (600, 600, 1)
    sketch = sketch_of(shape, "scale_shift", {"bias": np.zeros(shape, np.float32)})
    with pytest.raises(
        GraphError, match=r"node 'it' \(scale_shift\): its bias has 360,000 numbers"
    ):
        written(tmp_path, sketch.network(), sketch.tensors)


def test_layers_are_in_the_order_by_which_keras_numbers_their_weights():
    # Keras's rule: the farthest from the outputs first, then as met from the outputs backwards.
    sketch = Sketch((4,))
    kernel = {"kernel": np.eye(4, dtype=np.float32)}
    sketch.add("near", "dense", tensors=kernel)
    sketch.add("far", "dense", tensors=kernel)
    sketch.add("farther", "dense", "far", tensors=kernel)
    sketch.add("sum", "add", "near", "farther")
    plan = planned(sketch.network(), sketch.tensors)
    names = [layer.name for layer in plan.layers]
    assert names == ["input", "far", "near", "farther", "sum"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Conv2D", "conv2d"),
        ("DepthwiseConv2D", "depthwise_conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("PReLU", "p_re_lu"),
        ("ELU", "elu"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"),
    ],
)
def test_classes_are_named_as_keras_names_them_in_weight_files(kind, expected):
    assert snake_case(kind) == expected
