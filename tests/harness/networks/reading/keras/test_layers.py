"""What the fields of a layer mean, in files made by hand. Arrays and outputs follow formulas."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.networks.node import GraphError, Preprocessing
from tests.support.keras_files import (
    functional,
    image,
    layer,
    older,
    older_model,
    read_file,
    write_h5,
    write_keras,
)

KERNEL = np.arange(3 * 3 * 2 * 4, dtype=np.float32).reshape(3, 3, 2, 4)
BIAS = np.arange(4, dtype=np.float32)


def one(tmp_path, *entry, shape=(8, 8, 2), arrays=None, group=""):
    """The nodes of a model of one layer."""
    kind, config = entry
    model = functional(image(*shape), layer(kind, "it", "image", **config))
    path = write_keras(tmp_path / "model.keras", model, {group: arrays} if arrays else None)
    return read_file(path).network.nodes


def convolution(**config):
    return "Conv2D", {"filters": 4, "kernel_size": [3, 3], **config}


@pytest.mark.parametrize(
    ("size", "stride", "expected"),
    [
        (8, 1, (1, 1)),
        (8, 2, (0, 1)),  # 4 windows need 9 rows: one more than there are, at the end
        (7, 2, (1, 1)),
        (8, 3, (0, 1)),
        (9, 3, (0, 0)),
        (7, 4, (0, 0)),
    ],
)
def test_same_is_as_tensorflow_documents_it(tmp_path, size, stride, expected):
    # https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
    entry = convolution(padding="same", strides=[stride, stride])
    [node] = one(tmp_path, *entry, shape=(size, 8, 2), arrays=[KERNEL, BIAS], group="layers/conv2d")
    assert node.attributes["pads"][:2] == expected


def test_an_activation_is_a_node_of_its_own_after_an_inner_one(tmp_path):
    entry = convolution(activation="relu")
    linear, relu = one(tmp_path, *entry, arrays=[KERNEL, BIAS], group="layers/conv2d")
    assert (linear.name, linear.op, linear.inner) == ("it_linear", "conv", True)
    assert (relu.name, relu.op, relu.inputs) == ("it", "relu", ("it_linear",))
    assert linear.tensors == {"kernel": "it.kernel", "bias": "it.bias"}


@pytest.mark.parametrize(
    ("name", "op", "attributes"),
    [
        ("relu", "relu", {}),
        ("relu6", "clipped_relu", {"minimum": 0.0, "maximum": 6.0}),
        ("silu", "swish", {}),
        ("swish", "swish", {}),
        ("leaky_relu", "leaky_relu", {"slope": 0.2}),
        ("hard_sigmoid", "hard_sigmoid", {"slope": 1 / 6, "offset": 0.5}),
        ("hard_silu", "hard_swish", {}),
        ("gelu", "gelu", {"approximate": False}),
        ("softmax", "softmax", {"axis": -1}),
    ],
)
def test_activations_by_name(tmp_path, name, op, attributes):
    [node] = one(tmp_path, "Activation", {"activation": name})
    assert (node.op, dict(node.attributes)) == (op, attributes)


@pytest.mark.parametrize("version", ["1.2.2", "2.3.1"])
def test_hard_sigmoid_was_steeper_before_keras_3(tmp_path, version):
    model = older_model(
        older("InputLayer", "image", batch_input_shape=[None, 4, 4, 2]),
        older("Activation", "it", "image", activation="hard_sigmoid"),
    )
    path = write_h5(tmp_path / "model.h5", model, keras_version=version)
    [node] = read_file(path).network.nodes
    assert node.attributes == {"slope": 0.2, "offset": 0.5}


@pytest.mark.parametrize(
    ("config", "ops"),
    [
        ({}, ["relu"]),
        ({"max_value": 6.0}, ["clipped_relu"]),
        ({"negative_slope": 0.1}, ["leaky_relu"]),
        ({"negative_slope": 0.1, "max_value": 6.0}, ["leaky_relu", "clipped_relu"]),
        ({"negative_slope": [0.1], "threshold": 0.0}, ["leaky_relu"]),
    ],
)
def test_the_layer_relu_is_one_or_two_operations(tmp_path, config, ops):
    assert [node.op for node in one(tmp_path, "ReLU", config)] == ops


def test_flatten_reads_in_keras_order_and_with_channels_first_in_that_of_channels_last(tmp_path):
    [plain] = one(tmp_path, "Flatten", {})
    assert plain.attributes["order"] == (0, 1, 2)
    first = {"data_format": "channels_first"}
    model = functional(
        image(2, 8, 8),
        layer("MaxPooling2D", "pool", "image", pool_size=[2, 2], **first),
        layer("Flatten", "rows", "pool", **first),
        layer("Flatten", "maps", "pool"),
        layer("Concatenate", "both", "rows", "maps"),
    )
    network = read_file(write_keras(tmp_path / "first.keras", model)).network
    assert network.inputs[0].shape == (8, 8, 2)
    assert network.node("rows").attributes["order"] == (0, 1, 2)
    assert network.node("maps").attributes["order"] == (2, 0, 1)


def test_a_rescaling_inside_means_that_images_are_given_as_they_are(tmp_path):
    model = functional(
        image(4, 4, 3), layer("Rescaling", "scaled", "image", scale=1 / 255, offset=-0.5)
    )
    read = read_file(write_keras(tmp_path / "model.keras", model))
    assert read.network.inputs[0].preprocessing == Preprocessing(order="RGB")
    np.testing.assert_array_equal(read.tensors["scaled.scale"], np.float32([1 / 255]))
    np.testing.assert_array_equal(read.tensors["scaled.bias"], np.float32([-0.5]))


def test_without_one_nothing_is_said_about_preprocessing(tmp_path):
    model = functional(image(4, 4, 3), layer("Flatten", "flat", "image"))
    read = read_file(write_keras(tmp_path / "model.keras", model))
    assert read.network.inputs[0].preprocessing is None


def test_an_open_size_is_refused_with_the_option_that_gives_it(tmp_path):
    model = functional(image(None, None, 3), layer("GlobalMaxPooling2D", "top", "image"))
    path = write_keras(tmp_path / "model.keras", model)
    with pytest.raises(GraphError, match=r"'image' has no fixed size \(None x None x 3\); fix: "):
        read_file(path)
    assert read_file(path, input_size=(9, 7)).network.inputs[0].shape == (9, 7, 3)


def test_same_is_worked_out_for_the_size_that_is_given(tmp_path):
    pool = layer(
        *("MaxPooling2D", "pool", "image"), pool_size=[3, 3], strides=[2, 2], padding="same"
    )
    path = write_keras(tmp_path / "model.keras", functional(image(8, 8, 3), pool))
    assert read_file(path).network.nodes[0].attributes["pads"] == (0, 1, 0, 1)
    other = read_file(path, input_size=(9, 8)).network
    assert other.inputs[0].shape == (9, 8, 3)
    assert other.nodes[0].attributes["pads"] == (1, 1, 0, 1)


def test_a_batch_norm_may_lack_scale_and_centre(tmp_path):
    arrays = [np.float32([3, 4]), np.float32([5, 6])]
    config = {"scale": False, "center": False, "axis": [3], "epsilon": 1e-5}
    entry = ("BatchNormalization", config)
    [node] = one(tmp_path, *entry, arrays=arrays, group="layers/batch_normalization")
    assert set(node.tensors) == {"mean", "variance"}
    assert node.attributes == {"epsilon": 1e-5}


def test_a_separable_convolution_is_two_nodes(tmp_path):
    deep = np.arange(3 * 3 * 2 * 2, dtype=np.float32).reshape(3, 3, 2, 2)
    arrays = [deep, np.ones((1, 1, 4, 5), np.float32), np.zeros(5, np.float32)]
    config = {"filters": 5, "kernel_size": [3, 3], "depth_multiplier": 2}
    first, second = one(
        tmp_path, "SeparableConv2D", config, arrays=arrays, group="layers/separable_conv2d"
    )
    assert (first.name, first.inner, first.attributes["groups"]) == ("it_depthwise", True, 2)
    assert (second.name, second.inputs) == ("it", ("it_depthwise",))
    assert first.tensors["kernel"] == "it_depthwise.kernel"


def test_a_layer_scale_of_convnext_is_a_factor_for_each_channel(tmp_path):
    gamma = np.float32([3, 4])
    entry = ("LayerScale", {"init_values": 1e-6, "projection_dim": 2})
    path = tmp_path / "model.keras"
    model = functional(image(8, 8, 2), layer(entry[0], "it", "image", **entry[1]))
    read = read_file(write_keras(path, model, {"layers/layer_scale": [gamma]}))
    [node] = read.network.nodes
    assert (node.op, dict(node.tensors)) == ("scale_shift", {"scale": "it.scale"})
    np.testing.assert_array_equal(np.ravel(read.tensors["it.scale"]), gamma)


def test_a_scaled_sum_of_inception_resnet_scales_its_second_input(tmp_path):
    relu = layer("ReLU", "branch", "image")
    total = layer("CustomScaleLayer", "it", "image", "branch", scale=0.25)
    read = read_file(write_keras(tmp_path / "m.keras", functional(image(4, 4, 2), relu, total)))
    _, scaled, added = read.network.nodes
    assert (scaled.op, scaled.inputs, scaled.inner) == ("scale_shift", ("branch",), True)
    assert np.ravel(read.tensors[scaled.tensors["scale"]]).tolist() == [0.25]
    assert (added.name, added.op, added.inputs) == ("it", "add", ("image", scaled.name))


@pytest.mark.parametrize(
    "kind", ["GaussianNoise", "ActivityRegularization", "Identity", "StochasticDepth"]
)
def test_what_does_nothing_at_prediction_is_an_identity_and_noted(tmp_path, kind):
    model = functional(image(4, 4, 2), layer(kind, "it", "image"))
    read = read_file(write_keras(tmp_path / "model.keras", model))
    assert [node.op for node in read.network.nodes] == ["identity"]
    assert read.notes == (f"{kind} layers do nothing at prediction",)
