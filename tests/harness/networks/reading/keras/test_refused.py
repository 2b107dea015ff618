"""What is not understood is refused in one sentence that names the layer and its class."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.networks.node import GraphError
from tests.support.keras_files import (
    functional,
    image,
    layer,
    older,
    read_file,
    tensor,
    write_h5,
    write_keras,
)


def refused(tmp_path, model, arrays=None):
    """The sentence, for one layer or for a whole model."""
    path = write_keras(tmp_path / "model.keras", model, arrays)
    with pytest.raises(GraphError) as caught:
        read_file(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def model_of(entry):
    return functional(image(8, 8, 2), entry)


LAMBDA = layer("Lambda", "it", "image", function={"class_name": "__lambda__", "config": {}})
CUSTOM = {**layer("Mine", "it", "image"), "module": "my.code", "registered_name": "mine>Mine"}
DISGUISED = {**layer("Conv2D", "it", "image"), "module": "my.code"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (LAMBDA, "layer 'it' (Lambda) holds code; netparity runs no code from a file"),
        (CUSTOM, "layer 'it' is of the custom class 'mine>Mine'; netparity runs no code"),
        (DISGUISED, "layer 'it' is of the custom class 'Conv2D'; netparity runs no code"),
        (layer("LSTM", "it", "image"), "layer 'it' is of class 'LSTM', which netparity cannot"),
        (
            layer("MaxPooling2D", "it", "image", pool_size=[2, 2], mystery=3),
            "layer 'it' (MaxPooling2D) has mystery '3', which netparity does not know",
        ),
        (
            layer("Activation", "it", "image", activation="mish"),
            "layer 'it' (Activation) has the activation 'mish', which netparity does not compute",
        ),
        (
            layer(
                "Activation",
                "it",
                "image",
                activation={"module": "me", "class_name": "function", "config": "f"},
            ),
            "layer 'it' (Activation) has the custom activation 'f'; netparity runs no code",
        ),
        (
            layer("ReLU", "it", "image", threshold=0.5),
            "layer 'it' (ReLU) has a threshold, which netparity does not compute",
        ),
        (
            layer("MaxPooling2D", "it", "image", padding="causal"),
            "layer 'it' (MaxPooling2D) has padding 'causal', expected 'same' or 'valid'",
        ),
        (
            layer("Reshape", "it", "image", target_shape=[5, 5]),
            "layer 'it' (Reshape) has target_shape [5, 5], which does not have 128 values",
        ),
        (
            layer("Dense", "it", "image", units=3),
            "layer 'it' (Dense) has none of its 2 arrays (kernel, bias) in the file",
        ),
        (
            layer("Activation", "it", "image", activation="relu", dtype="int8"),
            "layer 'it' (Activation) computes in 'int8', expected floats",
        ),
        (
            layer("Resizing", "it", "image", height=4, width=4, crop_to_aspect_ratio=True),
            "layer 'it' (Resizing) has crop_to_aspect_ratio, which netparity does not compute",
        ),
        (
            layer("Maximum", "it", "image", "image"),
            "layer 'it' is of class 'Maximum', which netparity cannot read",
        ),
        (
            layer("UpSampling2D", "it", "image", size=[2, 2], interpolation="lanczos5"),
            "layer 'it' (UpSampling2D) has interpolation 'lanczos5' of Keras 3.15.0, which",
        ),
    ],
    ids=lambda value: value["class_name"] if isinstance(value, dict) else "",
)
def test_a_layer_is_refused_by_name(tmp_path, entry, words):
    assert words in refused(tmp_path, model_of(entry))


def test_a_dropout_that_works_at_prediction_is_refused(tmp_path):
    entry = layer("Dropout", "it", "image", rate=0.5)
    entry["inbound_nodes"][0]["kwargs"] = {"training": True}
    assert "'it' (Dropout) is called with training=True" in refused(tmp_path, model_of(entry))


def test_a_subclassed_model_is_refused(tmp_path):
    model = {"class_name": "MyModel", "module": "my.code", "config": {}}
    words = "the model is of class 'MyModel', which netparity cannot read"
    assert words in refused(tmp_path, model)


def test_an_array_of_another_size_is_refused(tmp_path):
    entry = layer("Dense", "it", "image", units=5)
    arrays = {"layers/dense": [np.zeros((2, 3), "f4"), np.zeros(3, "f4")]}
    words = "layer 'it' (Dense) has 5 units, but its arrays are for 3"
    assert words in refused(tmp_path, model_of(entry), arrays)


def test_a_power_outside_a_normalisation_is_refused(tmp_path):
    entry = {**layer("Power", "it", "image"), "module": "keras.src.ops.numpy"}
    entry["inbound_nodes"][0]["args"].append(0.75)
    assert "layer 'it' (Power) is a power" in refused(tmp_path, model_of(entry))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "its configuration is not JSON"),
        ("[" * 100_000 + "]" * 100_000, "its configuration is not JSON"),
        ("[]", "an entry without class_name"),
        (" " * (2**23 + 1), "8,388,609 bytes long; 8,388,608 at most"),
        ('{"class_name": "Sequential", "config": {"layers": 3}}', "does not list its layers"),
        ('{"class_name": "Sequential", "config": {"layers": []}}', "the model has no layers"),
    ],
    ids=["cut", "deep", "list", "long", "number", "empty"],
)
def test_what_is_not_a_configuration_is_refused(tmp_path, text, words):
    path = write_keras(tmp_path / "model.keras", text)
    with pytest.raises(InputError, match=re.escape(words)):
        read_file(path)


def chain(count):
    entries, before = [image(4, 4, 2)], "image"
    for place in range(count):
        entries.append(layer("Activation", f"a{place}", before, activation="relu"))
        before = f"a{place}"
    return functional(*entries)


def bomb(depth, calls):
    """Models in models, each of which calls the next several times: calls ** depth layers."""
    inner = functional(image(3), layer("Activation", "act", "image", activation="relu"))
    for place in range(depth):
        entry = {**layer("Functional", f"m{place}"), "config": inner["config"]}
        before = ["image"] + [f"m{place}"] * (calls - 1)
        entry["inbound_nodes"] = [
            {"args": [tensor(name, max(0, number - 1))], "kwargs": {}}
            for number, name in enumerate(before)
        ]
        inner = functional(image(3), entry)
        inner["config"]["output_layers"] = [f"m{place}", calls - 1, 0]
    return inner


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (chain(25_000), "25001 layers; the limit is 20000"),
        (bomb(14, 9), "limit|so often"),
        (bomb(20, 1), "nested more than 16 deep"),
    ],
    ids=["long", "bomb", "deep"],
)
def test_a_model_that_is_too_large_is_refused_soon(tmp_path, model, words):
    path = write_keras(tmp_path / "model.keras", model)
    begin = time.process_time()
    with pytest.raises(GraphError, match=words):
        read_file(path)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    "stated",
    [
        {"preprocessing": {"image": {"scale": "x"}}},
        {"preprocessing": {"image": {"mean_image": "mean"}}},
        {"preprocessing": [], "aliases": {}},
        {"aliases": {"a": 3}},
        {"default_features": 5},
    ],
)
def test_what_netparity_did_not_write_in_its_name_is_refused(tmp_path, stated):
    entry = layer("Flatten", "flat", "image")
    path = write_keras(tmp_path / "m.keras", model_of(entry), written_by="netparity", **stated)
    with pytest.raises(InputError, match=r"metadata\.json"):
        read_file(path)


def test_nothing_in_a_file_is_read_as_more_than_numbers(tmp_path):
    config = json.loads(json.dumps(older("Dense", "d", units=1e400)))
    model = {"class_name": "Sequential", "config": [config]}
    config["config"]["batch_input_shape"] = [None, 10**30]
    path = write_h5(tmp_path / "model.h5", model)
    with pytest.raises(InputError):
        read_file(path)
