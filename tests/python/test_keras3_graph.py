"""Any network in Keras 3, from a model file. One process of Keras runs the jobs of all tests."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.graph import GraphError, Network
from netparity.networks.reading.keras import read
from netparity.networks.writing import WRITERS
from netparity.networks.writing.keras.archive import planned
from netparity.system.cache import cache_folder
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, evaluate, graph_case
from tests.support.one_process import Done, run_many
from tests.support.tiny_vgg16 import Case, relative_l2, stack_environment

pytestmark = pytest.mark.xdist_group("keras3 graph")
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Model:
    """A network with its tensors, the job that runs it, and how that ended."""

    network: Network
    tensors: Mapping[str, np.ndarray]
    case: Case
    done: Done


def possible(sketch: Sketch) -> Network | None:
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
    return sketch.network() if sketch.nodes else None


def written(name: str, folder: Path) -> tuple[Network, Mapping[str, np.ndarray], Case] | None:
    """A job for every node of a sketch, from a file of ours."""
    sketch = SKETCHES[name]()
    if (network := possible(sketch)) is None:
        return None
    file = folder / "network é.keras"
    WRITERS["keras"].write(file, network, sketch.tensors)
    layers = WRITERS["keras"].names(network)
    asked = {node.name: layers[node.name] for node in network.nodes}
    return network, sketch.tensors, graph_case(folder, network, file, "keras", asked)


@pytest.fixture(scope="module")
def models(keras3_python, nested, tmp_path_factory) -> dict[str, Model]:
    """Every job below, by its name."""
    jobs = {}
    for name in SKETCHES:
        if (job := written(name, tmp_path_factory.mktemp("written"))) is not None:
            jobs[name] = job
    for suffix, call in CALLS.items():
        jobs[suffix] = user_s(nested / f"model{suffix}", call, tmp_path_factory.mktemp("user"))
    whole = read(Source(nested / "model.keras", WEIGHTS))
    for name, (layer, images, changes) in ENDS.items():
        case = graph_case(
            *(tmp_path_factory.mktemp("end"), whole.network, nested / "model.keras", "keras"),
            *({"end": layer}, images),
            **changes,
        )
        jobs[name] = (whole.network, whole.tensors, case)
    done = run_many(
        *("extract_keras3.py", keras3_python),
        {name: [str(case.job_file)] for name, (_, _, case) in jobs.items()},
        stack_environment(cache_folder("theano")),
        tmp_path_factory.mktemp("output"),
    )
    return {name: Model(*job, done[name]) for name, job in jobs.items()}


@pytest.mark.parametrize("name", SKETCHES)
def test_every_node_of_a_written_file_equals_the_float64_values(models, name):
    if name not in models:
        pytest.skip("Keras's writer has no such operation")
    model = models[name]
    case = model.case
    assert model.done.returncode == 0, model.done.stderr
    result = case.result()
    assert result["built"] == "netparity, from the graph"
    expected = evaluate(model.network, model.tensors, case.shared)
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


CALLS = {".keras": "predict", ".h5": "function"}


def user_s(file: Path, call: str, folder: Path) -> tuple[Network, Mapping[str, np.ndarray], Case]:
    """A job for every layer of a user's file, by the reader's names."""
    users = read(Source(file, WEIGHTS))
    asked = {node.name: node.name for node in users.network.features}
    changes = {"options": {"call": call, "per_layer": "yes"}}
    case = graph_case(folder, users.network, file, "keras", asked, **changes)
    return users.network, users.tensors, case


@pytest.mark.parametrize("suffix", CALLS)
def test_a_users_file_gives_every_layer_by_the_readers_names(models, suffix):
    model = models[suffix]
    case = model.case
    names = [node.name for node in model.network.features]
    # Of the layers called `conv`, one is in each nested model; `block` is called twice.
    assert {"block/conv", "tail/conv", "only_here", "block/conv_2", "only_here_2"} <= set(names)
    assert {"shared", "shared_2", "end"} <= set(names)
    assert model.done.returncode == 0, model.done.stderr
    result = case.result()
    assert result["built"] == "the file"
    assert result["flags"]["call"] == CALLS[suffix]
    assert result["flags"].get("file_backend") == ("tensorflow" if suffix == ".h5" else None)
    assert set(names) <= set(result["layers"])
    expected = evaluate(model.network, model.tensors, case.shared)
    for name in names:
        found = case.array(result["features"]["shared"][name])
        assert relative_l2(found, expected[name]) < TOLERANCE, name


HOW = {
    **{"order": "BGR", "mean": [0.5, 0.25, 0.125], "deviation": [0.25, 0.5, 2.0]},
    **{"scale": 1 / 255, "resize": [24, 32], "filter": "nearest"},
}
# Name of a job: the layer asked for, how many images, and what else the job says.
ENDS = {
    "native input": ("end", 2, {"preprocessing": HOW}),
    "no preprocessing": ("end", 1, {}),
    "unknown layer": ("conv", 0, {}),
}


def test_the_native_input_is_made_as_the_network_states(models):
    case, done = models["native input"].case, models["native input"].done
    assert done.returncode == 0, done.stderr
    result = case.result()
    # Of 48 x 64 pixels every other one, and of those the middle.
    pixels = case.image[:, 1::2, 1::2][:, 7:17, 12:20, ::-1].astype(np.float64)
    expected = (pixels / 255 - HOW["mean"]) / HOW["deviation"]
    assert np.abs(case.array(result["native_input"]) - expected).max() < 1e-5
    assert len(result["phases"]["preprocess"]) == 2
    assert result["features"]["native"]["end"]["shape"] == [2, 4]


def test_images_without_a_preprocessing_are_refused(models):
    model = models["no preprocessing"]
    assert model.done.returncode == 1
    assert "'preprocessing' is null" in model.case.result()["error"]["message"]


def test_an_unknown_layer_is_refused_with_the_list(models):
    model = models["unknown layer"]
    assert model.done.returncode == 1
    message = model.case.result()["error"]["message"]
    assert "no layer 'conv'" in message and "'block/conv'" in message
