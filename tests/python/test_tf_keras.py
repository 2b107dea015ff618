"""tf-keras: every operation, every way to call a model, a user's own files, and errors."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.reading.keras import read
from netparity.networks.writing import WRITERS
from netparity.system.cache import cache_folder
from tests.python.test_keras3_graph import possible
from tests.support.command_line import COMMAND
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import evaluate, graph_case
from tests.support.one_process import run_jobs
from tests.support.tiny_vgg16 import (
    TINY,
    forward,
    make_case,
    relative_l2,
    stack_environment,
    write_weights,
)

TOLERANCE = 1e-5
CALLS = ("predict", "on_batch", "direct", "function")
JOBS = {
    **{call: {"options": {"call": call}} for call in CALLS},
    "per layer": {"options": {"per_layer": "yes"}},
    "fit": {"options": {"call": "fit"}},
    "channels first": {"data_format": "channels_first"},
}
USERS = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tf_keras
from tf_keras import layers
tf_keras.utils.set_random_seed(4)
image = tf_keras.Input((10, 8, 3), name="image")
x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(image)
x = layers.BatchNormalization(name="normal")(x)
x = layers.Activation("hard_sigmoid", name="gate")(x)
x = layers.GlobalAveragePooling2D(name="pool")(x)
model = tf_keras.Model(image, layers.Dense(4, activation="softmax", name="end")(x), name="whole")
for suffix in ("h5", "keras"):
    model.save(f"{sys.argv[1]}/model.{suffix}")
block = tf_keras.Sequential([layers.Conv2D(3, 1, name="inside")], name="block")
tf_keras.Model(image, block(image)).save(f"{sys.argv[1]}/nested.h5")
run = layers.Lambda(lambda x: x + 1, name="run")
tf_keras.Model(image, run(image)).save(f"{sys.argv[1]}/lambda.h5")
"""


@pytest.fixture(scope="module")
def users(tf_keras_python, tmp_path_factory) -> Path:
    """A folder with model.h5, model.keras, nested.h5 and lambda.h5, saved by tf-keras."""
    folder = tmp_path_factory.mktemp("users")
    subprocess.run([tf_keras_python, "-c", USERS, str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def done(tf_keras_python, users, tmp_path_factory):
    """Every case by title, computed in one process; of a network also itself and its tensors."""
    weights = tmp_path_factory.mktemp("weights") / "vgg16.h5"
    write_weights(tf_keras_python, TINY.arrays, weights)
    cases = {}
    for title, changes in JOBS.items():
        case = make_case(tmp_path_factory.mktemp("job"), weights)
        case.job.update(changes)
        case.write()
        cases[title] = case, None, None
    for name, make in SKETCHES.items():
        sketch, folder = make(), tmp_path_factory.mktemp("sketch")
        network = possible(sketch)
        WRITERS["keras"].write(folder / "network é.keras", network, sketch.tensors)
        names = WRITERS["keras"].names(network)
        asked = {node.name: names[node.name] for node in network.nodes}
        case = graph_case(folder, network, folder / "network é.keras", "tf-keras", asked)
        cases[name] = case, network, sketch.tensors
    for file in ("model.h5", "model.keras"):
        found = read(Source(users / file, WEIGHTS))
        asked = {node.name: node.name for node in found.network.features}
        folder = tmp_path_factory.mktemp("users-job")
        case = graph_case(folder, found.network, users / file, "tf-keras", asked)
        cases[file] = case, found.network, found.tensors
    folder = tmp_path_factory.mktemp("lambda-job")
    case = graph_case(folder, found.network, users / "lambda.h5", "tf-keras", {"end": "run"})
    cases["lambda.h5"] = case, None, None
    environment = stack_environment(cache_folder("theano"))
    jobs = [case for case, _, _ in cases.values()]
    run_jobs("extract_tf_keras.py", tf_keras_python, jobs, environment)
    return cases


def errors_of(case, expected, result, key):
    found = {}
    for feature in case.job["features"]:
        array = case.array(result["features"]["shared"][feature["name"]])
        assert list(array.shape) == feature["shape"], feature
        found[feature["name"]] = relative_l2(array, expected[feature[key]])
    return found


@pytest.mark.parametrize("name", [*SKETCHES, "model.h5", "model.keras"])
def test_every_node_equals_the_float64_values(done, name):
    case, network, tensors = done[name]
    result = case.result()
    assert result["status"] == "ok", result["error"]["where"]
    is_users = name.startswith("model")
    assert result["built"] == ("the file" if is_users else "netparity, from the graph")
    errors = errors_of(case, evaluate(network, tensors, case.shared), result, "name")
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


@pytest.mark.parametrize("title", [*CALLS, "per layer"])
def test_vgg16_equals_the_float64_values_however_it_is_called(done, title):
    case, _, _ = done[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["code"].startswith("tf-keras 2.") and " on TensorFlow 2." in result["code"]
    assert result["built"].endswith(" tf_keras.applications.vgg16.VGG16")
    errors = errors_of(case, forward(TINY.arrays, case.shared), result, "layer")
    assert max(errors.values()) < TOLERANCE
    assert result["flags"]["call"] == case.job["options"].get("call", "predict")
    assert result["threads"] == {"requested": 2, "found": 2}
    assert {"tf-keras", "tensorflow", "numpy"} < set(result["versions"])
    assert "keras" not in result["versions"]
    assert ("block1_conv1" in (result["layers"] or {})) == (title == "per layer")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("fit", "option call is 'fit'"),
        ("channels first", "choose data_format 'channels_last'"),
        ("lambda.h5", "has an object of class 'Lambda'"),
    ],
)
def test_what_cannot_run_is_refused_in_one_sentence(done, title, words):
    assert words in done[title][0].result()["error"]["message"]


def test_only_a_plain_file_of_keras_2_is_loaded_as_it_is(users, tmp_path):
    def loaded_by(path: Path) -> str:
        return read(Source(path, WEIGHTS)).as_it_is

    assert loaded_by(users / "model.h5") == "tf-keras"
    assert loaded_by(users / "model.keras") == "tf-keras"
    assert loaded_by(users / "nested.h5") == ""
    sketch = SKETCHES["dense"]()
    WRITERS["keras"].write(tmp_path / "three.keras", possible(sketch), sketch.tensors)
    assert loaded_by(tmp_path / "three.keras") != "tf-keras"


def test_the_harness_gives_a_plain_file_to_tf_keras(users, tmp_path):
    done = subprocess.run(
        [
            *(*COMMAND, "compare", "--model", str(users / "model.h5"), "--preprocess", "none"),
            *("--layers", "all", "--rounds", "1", "--repeats", "1", "--runner", "tf-keras"),
            *("--out", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = tmp_path.glob("*/run.json")
    [record] = json.loads(path.read_text())["runners"]
    assert record["built"] == "the file"
