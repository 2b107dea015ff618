"""Keras 3 on Torch: every operation, every way to call a model, precisions, and errors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netparity.networks import Node, checked
from netparity.networks.writing import WRITERS
from netparity.runners import Keras3Torch
from netparity.system.cache import cache_folder
from tests.python.test_keras3_graph import possible
from tests.python.test_pytorch_graph import small
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
CALLS = ("predict", "on_batch", "direct")

# What each job of a tiny VGG16 changes, by title.
JOBS = {
    **{call: {"options": {"call": call}} for call in CALLS},
    "channels first": {"data_format": "channels_first", "options": {"per_layer": "yes"}},
    "float32": {"options": {"precision": "float32"}},
    "bfloat16": {"options": {"precision": "bfloat16", "call": "direct"}},
    "float16": {"options": {"precision": "float16"}},
    "cuda": {"options": {"device": "cuda"}},
    "fit": {"options": {"call": "fit"}},
    "tf32": {"options": {"precision": "tf32"}},
}


@pytest.fixture(scope="module")
def done(keras3_torch_python, tmp_path_factory):
    """Every case by title, computed in one process; of a sketch also network and tensors."""
    weights = tmp_path_factory.mktemp("weights") / "vgg16.h5"
    write_weights(keras3_torch_python, TINY.arrays, weights)
    cases = {}
    for title, changes in JOBS.items():
        case = make_case(tmp_path_factory.mktemp("job"), weights)
        case.job.update(changes)
        case.write()
        cases[title] = case, None, None
    sketches = {name: (make(), {}) for name, make in SKETCHES.items()}
    sketches["compiled"] = small(), {"options": {"call": "function"}}
    for name, (sketch, changes) in sketches.items():
        network = without_what_torch_lacks(possible(sketch))
        file = tmp_path_factory.mktemp("sketch") / "network é.keras"
        WRITERS["keras"].write(file, network, sketch.tensors)
        names = WRITERS["keras"].names(network)
        asked = {node.name: names[node.name] for node in network.features}
        case = graph_case(file.parent, network, file, "keras", asked, **changes)
        cases[name] = case, network, sketch.tensors
    environment = {
        **stack_environment(cache_folder("theano")),
        "KERAS_BACKEND": "torch",
        "TORCHINDUCTOR_CACHE_DIR": str(cache_folder("torchinductor")),
    }
    jobs = [case for case, _, _ in cases.values()]
    run_jobs("extract_keras3.py", keras3_torch_python, jobs, environment)
    return cases


def without_what_torch_lacks(network):
    runner = Keras3Torch("keras3-torch")
    return checked(
        replace(network, nodes=tuple(n for n in network.nodes if runner.lacks(n) is None))
    )


def test_what_keras_cannot_compute_on_torch_is_named():
    runner = Keras3Torch("keras3-torch")
    for axes, is_lacking in (((-1,), False), ((0, 1, 2), False), ((0,), True), ((-3, -1), True)):
        reason = runner.lacks(Node("norm", "layer_norm", ("x",), {"axes": axes, "epsilon": 1e-3}))
        assert (reason is not None and "the last axes" in reason) == is_lacking, axes


def errors_of(case, expected, result, key):
    return {
        feature["name"]: relative_l2(
            case.array(result["features"]["shared"][feature["name"]]), expected[feature[key]]
        )
        for feature in case.job["features"]
    }


@pytest.mark.parametrize("name", [*SKETCHES, "compiled"])
def test_every_node_equals_the_float64_values(done, name):
    case, network, tensors = done[name]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    errors = errors_of(case, evaluate(network, tensors, case.shared), result, "name")
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


@pytest.mark.parametrize("title", [*CALLS, "channels first", "float32"])
def test_vgg16_equals_the_float64_values_however_it_is_called(done, title):
    case, _, _ = done[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["code"].startswith("Keras 3.") and " on Torch 2." in result["code"]
    assert max(errors_of(case, forward(TINY.arrays, case.shared), result, "layer").values()) < (
        TOLERANCE
    )
    flags = result["flags"]
    found = {name: flags[name] for name in ("device", "precision", "tf32")}
    assert found == {"device": "cpu", "precision": "float32", "tf32": "none"}
    assert result["threads"] == {"requested": 2, "found": 2}
    assert "oneDNN" in result["blas"]
    assert {"keras", "torch", "numpy", "python"} < set(result["versions"])


def test_every_layer_is_timed(done):
    layers = done["channels first"][0].result()["layers"]
    assert {"block1_conv1", "flatten", "predictions"} <= set(layers)


# Half the distance of two neighbours, relative: 2 ** -9 of bfloat16, 2 ** -12 of float16.
@pytest.mark.parametrize(("title", "unit"), [("bfloat16", 2**-9), ("float16", 2**-12)])
def test_a_precision_of_16_bits_has_its_errors(done, title, unit):
    case, _, _ = done[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["flags"]["dtype_policy"] == f"mixed_{title}"
    errors = errors_of(case, forward(TINY.arrays, case.shared), result, "layer")
    assert 0.1 * unit < errors["conv1_1"] < 4 * unit
    assert 0.1 * unit < errors["fc6"] < 16 * unit


@pytest.mark.parametrize(
    ("title", "kind", "words"),
    [
        ("cuda", "DeviceError", "PyTorch finds no GPU"),
        ("fit", "ValueError", "option call is 'fit'"),
        ("tf32", "ValueError", "only NVIDIA GPUs compute in"),
    ],
)
def test_what_cannot_run_is_refused_in_one_sentence(done, title, kind, words):
    error = done[title][0].result()["error"]
    assert error["kind"] == kind
    assert words in error["message"]
