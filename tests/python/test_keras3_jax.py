"""Keras 3 on JAX: every operation, every way to call a model, precisions, and errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netparity.networks.writing import WRITERS
from netparity.system.cache import cache_folder
from tests.python.test_keras3_graph import possible
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
XLA_FLAGS = "--xla_backend_optimization_level=0"
CALLS = ("predict", "on_batch", "direct", "function")

# What each job of a tiny VGG16 changes, by title.
JOBS = {
    **{call: {"options": {"call": call}} for call in CALLS},
    "channels first": {"data_format": "channels_first", "options": {"per_layer": "yes"}},
    "float32": {"options": {"precision": "float32", "call": "function"}},
    "bfloat16": {"options": {"precision": "bfloat16"}},
    "float16": {"options": {"precision": "float16", "call": "function"}},
    "cuda": {"options": {"device": "cuda"}},
    "fit": {"options": {"call": "fit"}},
    "tf32": {"options": {"precision": "tf32"}},
}


@pytest.fixture(scope="module")
def done(keras3_jax_python, tmp_path_factory):
    """Every case by title, computed in one process; of a sketch also network and tensors."""
    weights = tmp_path_factory.mktemp("weights") / "vgg16.h5"
    write_weights(keras3_jax_python, TINY.arrays, weights)
    cases = {}
    for title, changes in JOBS.items():
        case = make_case(tmp_path_factory.mktemp("job"), weights)
        case.job.update(changes)
        case.write()
        cases[title] = case, None, None
    for name, make in SKETCHES.items():
        sketch = make()
        network = possible(sketch)
        cases[name] = sketch_case(tmp_path_factory.mktemp("sketch"), network, sketch.tensors)
    half = {"options": {"precision": "bfloat16"}}
    sketch = SKETCHES["dense"]()
    network = possible(sketch)
    folder = tmp_path_factory.mktemp("half")
    cases["dense, bfloat16"] = sketch_case(folder, network, sketch.tensors, **half)
    environment = {
        **stack_environment(cache_folder("theano")),
        "KERAS_BACKEND": "jax",
        # XLA compiles the random initial values of every shape, some seconds each.
        "XLA_FLAGS": XLA_FLAGS,
    }
    jobs = [case for case, _, _ in cases.values()]
    run_jobs("extract_keras3.py", keras3_jax_python, jobs, environment)
    return cases


def sketch_case(folder: Path, network, tensors, **changes):
    file = folder / "network é.keras"
    WRITERS["keras"].write(file, network, tensors)
    names = WRITERS["keras"].names(network)
    asked = {node.name: names[node.name] for node in network.nodes}
    return graph_case(folder, network, file, "keras", asked, **changes), network, tensors


def errors_of(case, expected, result, key):
    found = {}
    for feature in case.job["features"]:
        array = case.array(result["features"]["shared"][feature["name"]])
        assert array.dtype == np.float32
        assert list(array.shape) == feature["shape"], feature
        found[feature["name"]] = relative_l2(array, expected[feature[key]])
    return found


@pytest.mark.parametrize("name", SKETCHES)
def test_every_node_equals_the_float64_values(done, name):
    case, network, tensors = done[name]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["built"] == "netparity, from the graph"
    errors = errors_of(case, evaluate(network, tensors, case.shared), result, "name")
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


@pytest.mark.parametrize("title", [*CALLS, "channels first", "float32"])
def test_vgg16_equals_the_float64_values_however_it_is_called(done, title):
    case, _, _ = done[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["code"].startswith("Keras 3.") and " on JAX 0." in result["code"]
    assert result["built"].endswith("keras.applications.vgg16.VGG16")
    errors = errors_of(case, forward(TINY.arrays, case.shared), result, "layer")
    assert max(errors.values()) < TOLERANCE
    flags = result["flags"]
    assert flags["call"] == case.job["options"].get("call", "predict")
    assert (flags["device"], flags["precision"]) == ("cpu", "float32")
    assert flags["XLA_FLAGS"] == XLA_FLAGS
    assert flags["matmul_precision"] == ("highest" if title == "float32" else "default")
    assert result["threads"] == {"requested": 2, "found": 2}
    assert result["blas"].startswith("XLA with ")
    assert {"keras", "jax", "jaxlib", "numpy"} < set(result["versions"])


def test_every_layer_is_timed(done):
    layers = done["channels first"][0].result()["layers"]
    assert {"block1_conv1", "flatten", "predictions"} <= set(layers)
    assert all(len(seconds) == 2 for seconds in layers.values())


# Half the distance of two neighbours, relative: 2 ** -9 of bfloat16, 2 ** -12 of float16. Sixteen
# layers add up to less than sixteen of them; float32 would be below a hundredth of one.
@pytest.mark.parametrize(("title", "unit"), [("bfloat16", 2**-9), ("float16", 2**-12)])
def test_a_precision_of_16_bits_has_its_errors(done, title, unit):
    case, _, _ = done[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["flags"]["dtype_policy"] == f"mixed_{title}"
    errors = errors_of(case, forward(TINY.arrays, case.shared), result, "layer")
    assert 0.1 * unit < errors["conv1_1"] < 4 * unit
    assert 0.1 * unit < errors["fc6"] < 16 * unit


def test_a_precision_of_16_bits_holds_for_the_layers_of_a_file(done):
    case, network, tensors = done["dense, bfloat16"]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    errors = errors_of(case, evaluate(network, tensors, case.shared), result, "name")
    assert all(2**-14 < errors[name] < 2**-6 for name in ("whole map", "each place", "of vector"))


@pytest.mark.parametrize(
    ("title", "kind", "words"),
    [
        ("cuda", "DeviceError", "JAX finds no GPU"),
        ("fit", "ValueError", "option call is 'fit'"),
        ("tf32", "ValueError", "only NVIDIA GPUs compute in"),
    ],
)
def test_what_cannot_run_is_refused_in_one_sentence(done, title, kind, words):
    error = done[title][0].result()["error"]
    assert error["kind"] == kind
    assert words in error["message"]
