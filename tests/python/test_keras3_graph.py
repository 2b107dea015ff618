"""Any network in Keras 3, from a model file."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.graph import GraphError, Network
from netparity.networks.reading.keras import read
from netparity.networks.writing import WRITERS
from netparity.networks.writing.keras.archive import planned
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, evaluate, graph_case
from tests.support.tiny_vgg16 import relative_l2, run_extractor

TOLERANCE = 1e-5


def run(python, environment, case):
    return run_extractor("extract_keras3.py", python, [str(case.job_file)], environment)


def possible(sketch: Sketch) -> Network:
    """The sketch without the nodes that Keras lacks, and without what reads them."""
    wanted, sketch.nodes = sketch.nodes, []
    names = {"input"}
    for node in wanted:
        if names.issuperset(node.inputs):
            sketch.nodes.append(node)
            try:
                planned(sketch.network(), sketch.tensors)
                names.add(node.name)
            except GraphError:
                sketch.nodes.pop()
    if not sketch.nodes:
        pytest.skip("Keras's writer has no such operation")
    return sketch.network()


@pytest.mark.parametrize("name", SKETCHES)
def test_every_node_of_a_written_file_equals_the_float64_values(
    keras3_python, environment, tmp_path, name
):
    sketch = SKETCHES[name]()
    network = possible(sketch)
    file = tmp_path / "network é.keras"
    WRITERS["keras"].write(file, network, sketch.tensors)
    layers = WRITERS["keras"].names(network)
    asked = {node.name: layers[node.name] for node in network.nodes}
    case = graph_case(tmp_path, network, file, "keras", asked)
    done = run(keras3_python, environment, case)
    assert done.returncode == 0, done.stderr
    result = case.result()
    assert result["built"] == "netparity, from the graph"
    expected = evaluate(network, sketch.tensors, case.shared)
    errors = {}
    for feature in case.job["features"]:
        found = case.array(result["features"]["shared"][feature["name"]])
        assert list(found.shape) == feature["shape"], feature
        errors[feature["name"]] = relative_l2(found, expected[feature["name"]])
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


NESTED = """
import sys, keras
from keras import layers
keras.utils.set_random_seed(4)
folder = sys.argv[1]

inside = keras.Input((10, 8, 3), name="inside")
x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(inside)
x = layers.BatchNormalization(name="only_here")(x)
block = keras.Model(inside, x, name="block")

image = keras.Input((10, 8, 3), name="image")
shared = layers.Conv2D(3, 3, padding="same", name="shared")
x = shared(image)
x = layers.Activation("tanh", name="between")(x)
x = shared(x)
x = block(x)
x = layers.Conv2D(3, 1, name="narrow")(x)
x = block(x)
x = keras.Sequential([layers.Conv2D(5, 1, name="conv"), layers.ReLU(name="relu")], name="tail")(x)
y = layers.GlobalAveragePooling2D(name="pool")(x)
model = keras.Model(image, layers.Dense(4, activation="softmax", name="end")(y), name="whole")
model.save(folder + "/model.keras")
model.save(folder + "/model.h5")
"""


@pytest.fixture(scope="module")
def nested(keras3_python, tmp_path_factory):
    """A folder with model.keras and model.h5: nested models and a layer that is called twice."""
    folder = tmp_path_factory.mktemp("nested")
    subprocess.run([keras3_python, "-c", NESTED, str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("suffix", "call"), [(".keras", "predict"), (".h5", "function")])
def test_a_users_file_gives_every_layer_by_the_readers_names(
    keras3_python, environment, tmp_path, nested, suffix, call
):
    file = nested / f"model{suffix}"
    users = read(Source(file, WEIGHTS))
    network = users.network
    names = [node.name for node in network.features]
    # Of the layers called `conv`, one is in each nested model; `block` is called twice.
    assert {"block/conv", "tail/conv", "only_here", "block/conv_2", "only_here_2"} <= set(names)
    assert {"shared", "shared_2", "end"} <= set(names)
    asked = {name: name for name in names}
    changes = {"options": {"call": call, "per_layer": "yes"}}
    case = graph_case(tmp_path, network, file, "keras", asked, **changes)
    done = run(keras3_python, environment, case)
    assert done.returncode == 0, done.stderr
    result = case.result()
    assert result["built"] == "the file"
    assert result["flags"].get("file_backend") == ("tensorflow" if suffix == ".h5" else None)
    assert set(names) <= set(result["layers"])
    expected = evaluate(network, users.tensors, case.shared)
    for name in names:
        found = case.array(result["features"]["shared"][name])
        assert relative_l2(found, expected[name]) < TOLERANCE, name


def test_the_native_input_is_made_as_the_network_states(
    keras3_python, environment, tmp_path, nested
):
    network = read(Source(nested / "model.keras", WEIGHTS)).network
    how = {
        **{"order": "BGR", "mean": [0.5, 0.25, 0.125], "deviation": [0.25, 0.5, 2.0]},
        **{"scale": 1 / 255, "resize": [24, 32], "filter": "nearest"},
    }
    case = graph_case(
        *(tmp_path, network, nested / "model.keras", "keras", {"end": "end"}),
        images=2,
        preprocessing=how,
    )
    done = run(keras3_python, environment, case)
    assert done.returncode == 0, done.stderr
    result = case.result()
    # Of 48 x 64 pixels every other one, and of those the middle.
    pixels = case.image[:, 1::2, 1::2][:, 7:17, 12:20, ::-1].astype(np.float64)
    expected = (pixels / 255 - how["mean"]) / how["deviation"]
    assert np.abs(case.array(result["native_input"]) - expected).max() < 1e-5
    assert len(result["phases"]["preprocess"]) == 2
    assert result["features"]["native"]["end"]["shape"] == [2, 4]


def test_images_without_a_preprocessing_are_refused(keras3_python, environment, tmp_path, nested):
    network = read(Source(nested / "model.keras", WEIGHTS)).network
    file = nested / "model.keras"
    case = graph_case(tmp_path, network, file, "keras", {"end": "end"}, images=1)
    assert run(keras3_python, environment, case).returncode == 1
    assert "'preprocessing' is null" in case.result()["error"]["message"]


def test_an_unknown_layer_is_refused_with_the_list(keras3_python, environment, tmp_path, nested):
    network = read(Source(nested / "model.keras", WEIGHTS)).network
    file = nested / "model.keras"
    case = graph_case(tmp_path, network, file, "keras", {"end": "conv"})
    assert run(keras3_python, environment, case).returncode == 1
    message = case.result()["error"]["message"]
    assert "no layer 'conv'" in message and "'block/conv'" in message
