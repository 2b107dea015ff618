"""Functional and sequential models of every Keras, and where their weights are."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.node import GraphError
from netparity.networks.reading import READERS
from netparity.networks.reading.keras import READER
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

RANDOM = np.random.default_rng(2)


def dense(inputs, units):
    return [RANDOM.normal(size=(inputs, units)).astype("f4"), np.zeros(units, "f4")]


def vector(size):
    return image(size, name="image")


def test_the_reader_is_registered():
    assert READER in READERS


def test_weights_are_found_by_kind_and_number_where_the_file_has_no_names(tmp_path):
    model = functional(
        vector(3),
        layer("Dense", "b", "image", units=4),
        layer("Dropout", "drop", "b", rate=0.5),
        layer("Dense", "a", "drop", units=2),
    )
    first, second = dense(3, 4), dense(4, 2)
    arrays = {"layers/dense": first, "layers/dense_1": second}
    read = read_file(write_keras(tmp_path / "model.keras", model, arrays))
    np.testing.assert_array_equal(read.tensors["b.kernel"], first[0])
    np.testing.assert_array_equal(read.tensors["a.kernel"], second[0])
    assert [node.op for node in read.network.nodes] == ["dense", "dropout", "dense"]


def test_the_optimizer_and_seeds_in_a_file_are_left_alone(tmp_path):
    model = functional(
        vector(3), layer("Dropout", "drop", "image"), layer("Dense", "d", "drop", units=2)
    )
    arrays = {
        "layers/dense": dense(3, 2),
        "layers/dropout/seed_generator": [np.uint32([1, 2])],
        "optimizer": [np.int64(3), np.float32(1e-3)],
    }
    read = read_file(write_keras(tmp_path / "model.keras", model, arrays))
    assert set(read.tensors) == {"d.kernel", "d.bias"}


def test_a_sequential_model_names_its_input_as_keras_does(tmp_path):
    listed = [older("Dense", "first", units=4, batch_input_shape=[None, 3])]
    listed.append(older("Activation", "out", activation="softmax"))
    arrays = {"first": dict(zip(("first/kernel:0", "first/bias:0"), dense(3, 4), strict=True))}
    for config in (listed, {"name": "mine", "layers": listed}):
        model = {"class_name": "Sequential", "config": config}
        read = read_file(write_h5(tmp_path / "model.h5", model, arrays, keras_version="2.1.0"))
        assert [entry.name for entry in read.network.inputs] == ["first_input"]
        assert [node.name for node in read.network.nodes] == ["first", "out"]
    assert read.network.name == "mine"


def keras1(ordering, kernel, **attributes):
    shape = [None, 2, 6, 5] if ordering == "th" else [None, 6, 5, 2]
    conv = {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "border_mode": "same", "subsample": [1, 1]}
    listed = [
        older("Convolution2D", "c", dim_ordering=ordering, batch_input_shape=shape, **conv),
        older("Flatten", "f"),
        older("Dense", "d", output_dim=3, activation="tanh"),
    ]
    arrays = {
        "c": {"c_W": kernel, "c_b": np.zeros(4, "f4")},
        "d": dict(zip(("d_W", "d_b"), dense(120, 3), strict=True)),
    }
    return {"class_name": "Sequential", "config": listed}, arrays


def test_keras_1_for_theano_stores_turned_kernels_with_outputs_first(tmp_path):
    kernel = RANDOM.normal(size=(4, 2, 3, 2)).astype("f4")
    model, arrays = keras1("th", kernel)
    read = read_file(write_h5(tmp_path / "model.h5", model, arrays, keras_version="1.2.2"))
    assert read.network.inputs[0].shape == (6, 5, 2)
    expected = kernel.transpose(2, 3, 1, 0)[::-1, ::-1]
    np.testing.assert_array_equal(read.tensors["c.kernel"], expected)
    # Theano's `half` for 3 x 2: one row on each side, one column before; Keras cuts the rest.
    assert read.network.node("c").attributes["pads"] == (1, 1, 1, 0)
    assert read.network.node("f").attributes["order"] == (2, 0, 1)


def test_keras_1_for_tensorflow_stores_kernels_as_keras_2_does(tmp_path):
    kernel = RANDOM.normal(size=(3, 2, 2, 4)).astype("f4")
    model, arrays = keras1("tf", kernel)
    read = read_file(write_h5(tmp_path / "model.h5", model, arrays))
    np.testing.assert_array_equal(read.tensors["c.kernel"], kernel)
    assert read.network.node("c").attributes["pads"] == (1, 1, 0, 1)


@pytest.mark.parametrize(
    ("mode", "ops"),
    [
        ("sum", ["add"]),
        ("mul", ["multiply"]),
        ("ave", ["add", "scale_shift"]),
        ("concat", ["concat"]),
    ],
)
def test_keras_1_merges(tmp_path, mode, ops):
    model = older_model(
        older("InputLayer", "x", batch_input_shape=[None, 5]),
        older("Activation", "y", "x", activation="tanh"),
        older("Merge", "z", "x", "y", mode=mode, concat_axis=-1, mode_type="raw"),
    )
    read = read_file(write_h5(tmp_path / "model.h5", model, keras_version="1.0.8"))
    assert [node.op for node in read.network.nodes] == ["tanh", *ops]


def test_nested_layers_keep_names_that_no_other_layer_has(tmp_path):
    inner = functional(
        vector(3), layer("Dense", "only", "image", units=3), layer("Dense", "d", "only", units=3)
    )
    nested = {**layer("Functional", "inner", "image"), "config": inner["config"]}
    outer = functional(vector(3), nested, layer("Dense", "d", "inner", units=2), name="outer")
    arrays = {
        "layers/functional/layers/dense": dense(3, 3),
        "layers/functional/layers/dense_1": dense(3, 3),
        "layers/dense": dense(3, 2),
    }
    network = read_file(write_keras(tmp_path / "model.keras", outer, arrays)).network
    assert [node.name for node in network.nodes] == ["only", "inner/d", "d"]
    assert network.node("inner").name == "inner/d"
    assert network.tensors["inner/d.kernel"] == (3, 3)


def test_calls_of_a_shared_layer_have_one_tensor_and_names_of_their_own(tmp_path):
    shared = layer("Dense", "d", "image", units=3)
    shared["inbound_nodes"] += [{"args": [tensor("act")], "kwargs": {}}]
    act = layer("Activation", "act", "d", activation="tanh")
    end = layer("Activation", "end", "d", activation="relu")
    end["inbound_nodes"] = [{"args": [tensor("d", 1)], "kwargs": {}}]
    model = functional(vector(3), shared, act, end)
    read = read_file(write_keras(tmp_path / "m.keras", model, {"layers/dense": dense(3, 3)}))
    assert [node.name for node in read.network.nodes] == ["d", "act", "d_2", "end"]
    assert read.network.node("end").inputs == ("d_2",)
    assert list(read.tensors) == ["d.kernel", "d.bias"]


def test_a_nested_model_counts_the_call_that_made_it_before_keras_3(tmp_path):
    inner = older_model(
        older("InputLayer", "x", batch_input_shape=[None, 3]),
        older("Activation", "act", "x", activation="tanh"),
    )
    nested = {**older("Model", "inner", "x"), "config": inner["config"]}
    end = older("Activation", "end", "inner", activation="relu")
    end["inbound_nodes"] = [[["inner", 1, 0, {}]]]
    outer = older_model(older("InputLayer", "x", batch_input_shape=[None, 3]), nested, end)
    read = read_file(write_h5(tmp_path / "model.h5", outer, keras_version="2.3.1"))
    assert [node.name for node in read.network.nodes] == ["act", "end"]


def test_arrays_of_layers_of_one_name_in_two_nested_models_are_told_apart_by_the_models(tmp_path):
    def model(name, units):
        return {
            "class_name": "Sequential",
            "name": name,
            "config": {
                "name": name,
                "layers": [older("Dense", "d", units=units, batch_input_shape=[None, 3])],
            },
            "inbound_nodes": [],
        }

    inner, outer = model("inner", 3), model("outer", 2)
    inner["config"]["layers"] += [older("Activation", "act", activation="relu")]
    outer["config"]["layers"].insert(0, inner)
    top = {"class_name": "Sequential", "config": {"name": "top", "layers": [outer]}}
    near, far = dense(3, 3), dense(3, 2)
    arrays = {
        "outer": {
            **dict(zip(("inner/d/kernel:0", "inner/d/bias:0"), near, strict=True)),
            **dict(zip(("outer/d/kernel:0", "outer/d/bias:0"), far, strict=True)),
        }
    }
    read = read_file(write_h5(tmp_path / "model.h5", top, arrays, keras_version="2.3.1"))
    np.testing.assert_array_equal(read.tensors["outer/inner/d.kernel"], near[0])
    np.testing.assert_array_equal(read.tensors["outer/d.kernel"], far[0])


def test_keras_3_loads_its_own_file_unless_names_or_sizes_would_differ(tmp_path):
    def as_it_is(model, **options):
        return read_file(write_keras(tmp_path / "model.keras", model), **options).as_it_is

    flat = layer("Flatten", "flat", "image")
    assert as_it_is(functional(image(4, 4, 3), flat)) == "keras"
    assert as_it_is(functional(image(None, None, 3), flat), input_size=(4, 4)) == "keras"
    assert as_it_is(functional(image(4, 4, 3), flat), input_size=(4, 4)) == "keras"
    assert as_it_is(functional(image(4, 4, 3), flat), input_size=(5, 4)) == ""
    function = {**layer("Relu", "r", "image"), "module": "keras.src.ops.nn"}
    assert as_it_is(functional(image(4, 4, 3), function)) == ""
    both = {"args": [tensor("image"), tensor("image")], "kwargs": {}}
    twice = {**layer("Add", "a"), "module": "keras.src.ops.numpy", "inbound_nodes": [both]}
    assert as_it_is(functional(image(4, 4, 3), twice)) == "keras"
    first = layer("Flatten", "flat", "image", data_format="channels_first")
    assert as_it_is(functional(image(3, 4, 4), first)) == ""


def test_a_precision_other_than_float32_is_noted(tmp_path):
    half = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    model = functional(vector(3), layer("ReLU", "r", "image", dtype=half))
    read = read_file(write_keras(tmp_path / "model.keras", model))
    assert read.notes == ("layers compute in mixed_float16 in Keras",)


def test_an_h5_without_a_configuration_is_not_recognised(tmp_path):
    import h5py

    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv"]
    assert not READER.recognises(Source(tmp_path / "weights.h5", WEIGHTS))


def test_a_missing_layer_and_a_circle_are_named(tmp_path):
    missing = functional(vector(3), layer("Flatten", "f", "nothing"))
    with pytest.raises(GraphError, match="the layer 'nothing' is read, but it is missing"):
        read_file(write_keras(tmp_path / "missing.keras", missing))
    circle = functional(vector(3), layer("Flatten", "f", "g"), layer("Flatten", "g", "f"))
    with pytest.raises(GraphError, match=r"'f' .* is part of a circle"):
        read_file(write_keras(tmp_path / "circle.keras", circle))
