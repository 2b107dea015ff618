"""What is in fine-tuned models beside the network: augmentation, slices, models as ends."""

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
    tensor,
    write_h5,
    write_keras,
)
from tests.support.keras_zoo import values_of

RANDOM = np.random.default_rng(3)
IMAGE = RANDOM.normal(size=(1, 5, 7, 3)).astype("f4")
ELLIPSIS = {"class_name": "__ellipsis__", "config": {}}


def function(kind, name, *arguments, **config):
    """A call of a function of `keras.ops` with tensors and constants."""
    return {
        "module": "keras.src.ops.numpy",
        "class_name": kind,
        "config": {"name": name, **config},
        "registered_name": kind,
        "name": name,
        "inbound_nodes": [{"args": list(arguments), "kwargs": {}}],
    }


def slice_of(start=None, stop=None, step=None):
    return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}


def end_of(tmp_path, *layers):
    read = read_file(write_keras(tmp_path / "model.keras", functional(image(5, 7, 3), *layers)))
    [last] = read.network.outputs
    return read, values_of(read, {"image": IMAGE})[last.name]


@pytest.mark.parametrize("kind", ["RandomFlip", "RandomRotation", "RandomContrast", "MixUp"])
def test_data_augmentation_does_nothing_at_prediction(tmp_path, kind):
    read, values = end_of(tmp_path, layer(kind, "it", "image", factor=[0.1, 0.2], mode="any"))
    np.testing.assert_array_equal(values, IMAGE)
    assert "do nothing at prediction" in read.notes[0]


def test_augmentation_that_is_called_for_training_is_refused(tmp_path):
    first = older("InputLayer", "image", batch_input_shape=[None, 5, 7, 3])
    flip = older("RandomFlip", "it", "image")
    flip["inbound_nodes"][0][0][3] = {"training": True}
    path = write_h5(tmp_path / "m.h5", older_model(first, flip), keras_version="2.15.0")
    with pytest.raises(GraphError, match="training=True"):
        read_file(path)


def test_keras_3_states_training_of_every_augmentation_and_predicts_without(tmp_path):
    entry = layer("RandomFlip", "it", "image")
    entry["inbound_nodes"][0]["kwargs"] = {"training": True}
    read, values = end_of(tmp_path, entry)
    np.testing.assert_array_equal(values, IMAGE)
    assert "do nothing at prediction" in read.notes[0]


def test_a_random_crop_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(GraphError, match="fix: save the model without it"):
        end_of(tmp_path, layer("RandomCrop", "it", "image", height=3, width=3))


def test_a_centre_crop_keeps_the_middle(tmp_path):
    # 5 rows to 2: 1 above, 2 below. 7 columns to 3: 2 at both sides.
    _, values = end_of(tmp_path, layer("CenterCrop", "it", "image", height=2, width=3))
    np.testing.assert_array_equal(values, IMAGE[:, 1:3, 2:5])


def test_a_rescaling_behind_augmentation_takes_images_as_they_are(tmp_path):
    random = layer("RandomFlip", "random", "image")
    read, _ = end_of(tmp_path, random, layer("Rescaling", "it", "random", scale=1 / 255))
    assert read.network.image.preprocessing == Preprocessing(order="RGB")


KEYS = [
    ([ELLIPSIS, slice_of(step=-1)], np.s_[..., ::-1]),
    ([slice_of(), slice_of(1, 4)], np.s_[:, 1:4]),
    ([slice_of(), slice_of(), slice_of(-3, None, 2)], np.s_[:, :, -3::2]),
    ([slice_of(), 2, slice_of(1)], np.s_[:, 2, 1:]),
    ([ELLIPSIS, -1], np.s_[..., -1]),
    ([ELLIPSIS], np.s_[...]),
    ([slice_of(), slice_of(3, 0, -1), slice_of(1, 3), 0], np.s_[:, 3:0:-1, 1:3, 0]),
]


@pytest.mark.parametrize(("key", "index"), KEYS, ids=str)
def test_slices_are_numpys(tmp_path, key, index):
    _, values = end_of(tmp_path, function("GetItem", "it", tensor("image"), key))
    np.testing.assert_array_equal(values, IMAGE[index])


@pytest.mark.parametrize(
    "key",
    [
        *([0], [slice_of(1)], [slice_of(), 9], [slice_of(), slice_of(4, 2)], [None, ELLIPSIS]),
        *(["all"], [slice_of()] * 5, [slice_of(step=0)], [slice_of(), slice_of(), [1]]),
    ],
    ids=str,
)
def test_other_keys_are_refused(tmp_path, key):
    with pytest.raises(GraphError, match="'it'"):
        end_of(tmp_path, function("GetItem", "it", tensor("image"), key))


def test_channels_that_are_picked_and_stacked_are_one_concatenation(tmp_path):
    # As Keras 3 writes preprocess_input: BGR minus the mean of each channel.
    picks = [
        function("GetItem", f"pick{channel}", tensor("image"), [ELLIPSIS, channel])
        for channel in (2, 1, 0)
    ]
    stacked = function("Stack", "stack", [tensor(f"pick{n}") for n in (2, 1, 0)], axis=-1)
    mean = {"class_name": "__tensor__", "config": {"value": [[[[-103.5, -116.5, -123.5]]]]}}
    added = function("Add", "add", tensor("stack"), mean)
    read, values = end_of(tmp_path, *picks, stacked, added)
    np.testing.assert_allclose(values, IMAGE[..., ::-1] - [103.5, 116.5, 123.5], rtol=1e-6)
    assert [node.op for node in read.network.nodes] == ["crop"] * 3 + ["concat", "scale_shift"]
    assert read.network.image.preprocessing == Preprocessing(order="RGB")


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_values_are_stacked_along_a_new_axis(tmp_path, axis):
    picks = [function("GetItem", f"p{n}", tensor("image"), [ELLIPSIS, n]) for n in (0, 1)]
    stacked = function("Stack", "it", [tensor("p1"), tensor("p0")], axis=axis)
    _, values = end_of(tmp_path, *picks, stacked)
    np.testing.assert_array_equal(values, np.stack([IMAGE[..., 1], IMAGE[..., 0]], axis=axis))


def test_tensorflows_slice_and_bias_are_read_from_files_of_its_keras_2(tmp_path):
    key = {
        "slice_spec": [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]
    }
    cut = older("SlicingOpLambda", "cut", "image", function="__operators__.getitem")
    cut["inbound_nodes"] = [["image", 0, 0, key]]
    bias = older("TFOpLambda", "bias", "cut", function="nn.bias_add")
    bias["inbound_nodes"] = [["cut", 0, 0, {"bias": [1.0, 2.0, 3.0], "data_format": "NHWC"}]]
    mean = older("TFOpLambda", "mean", "bias", function="math.reduce_mean")
    mean["inbound_nodes"] = [["bias", 0, 0, {"axis": [1, 2], "keepdims": False}]]
    first = older("InputLayer", "image", batch_input_shape=[None, 5, 7, 3])
    path = write_h5(tmp_path / "m.h5", older_model(first, cut, bias, mean), keras_version="2.15.0")
    read = read_file(path)
    values = values_of(read, {"image": IMAGE})["mean"]
    expected = IMAGE[..., ::-1].astype("f8").mean((1, 2)) + np.arange(1, 4)
    np.testing.assert_allclose(values, expected, rtol=1e-6)


def test_keras_3_counts_a_model_at_the_end_of_another_from_1(tmp_path):
    inside = functional(image(5, 7, 3, name="x"), layer("ReLU", "relu", "x"), name="inside")
    inside |= {"name": "inside", "inbound_nodes": layer("ReLU", "", "image")["inbound_nodes"]}
    model = functional(image(5, 7, 3), inside)
    model["config"]["output_layers"] = ["inside", 1, 0]
    read = read_file(write_keras(tmp_path / "model.keras", model))
    assert [node.name for node in read.network.outputs] == ["relu"]


def copied(**config):
    """A sequential model of copied layers in Keras 2: nothing states its input."""
    conv = older("Conv2D", "conv", filters=4, kernel_size=[3, 3], **config)
    pool = older("MaxPooling2D", "pool", pool_size=[2, 2])
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [conv, pool]}}


@pytest.mark.parametrize("kind", ["channels_last", "channels_first"])
def test_the_size_of_copied_layers_can_be_given(tmp_path, kind):
    arrays = {"conv": {"k": np.ones((3, 3, 2, 4), "f4"), "b": np.ones(4, "f4")}, "pool": {}}
    path = write_h5(tmp_path / "m.h5", copied(data_format=kind), arrays, keras_version="2.3.1")
    with pytest.raises(GraphError, match="--input-size H,W"):
        read_file(path)
    assert read_file(path, input_size=(6, 8)).network.inputs[0].shape == (6, 8, 2)


def test_a_layer_that_is_not_read_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(GraphError, match=r"'LSTM'.*fix: save the layers before it as a model"):
        end_of(tmp_path, layer("LSTM", "it", "image", units=3))
    with pytest.raises(GraphError, match=r"\(Lambda\) holds code.*fix: write it as a layer"):
        end_of(tmp_path, layer("Lambda", "it", "image"))
    divide = older("TrueDivide", "it", "image")
    first = older("InputLayer", "image", batch_input_shape=[None, 5, 7, 3])
    path = write_h5(tmp_path / "m.h5", older_model(first, divide), keras_version="3.9.0")
    with pytest.raises(GraphError, match=r"fix: save the model as \.keras"):
        read_file(path)
