"""Any network in Keras 2 on Theano: every operation against netparity's own float64 values."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from netparity.networks.ops import OPS
from netparity.system.cache import cache_folder
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, evaluate, graph_case, write_tensors
from tests.support.one_process import run_jobs
from tests.support.tiny_vgg16 import relative_l2, stack_environment

# A few float32 roundings; a wrong operation or order differs by about 1.
TOLERANCE = 1e-5


def test_the_sketches_have_every_operation():
    assert {node.op for sketch in SKETCHES.values() for node in sketch().nodes} == set(OPS)


def small() -> Sketch:
    """A chain with a branch; the sum before the first activation is an inner node."""
    s = Sketch((8, 6, 3))
    s.add("conv_linear", "conv", tensors={"kernel": s.normal(3, 3, 3, 4)}, pads=(1, 1, 1, 1))
    s.nodes[-1] = replace(s.nodes[-1], inner=True)
    s.add("conv", "relu", "conv_linear")
    s.add("sum", "add", "conv", "conv_linear")
    s.add("end", "global_average", "sum")
    return s


def deep() -> Sketch:
    """More layers behind one another than Python calls functions within functions."""
    s = Sketch((2, 2, 3))
    last = "input"
    for depth in range(250):
        last = s.add(f"tanh{depth}", "tanh", last)
        last = s.add(f"sum{depth}", "add", last, "input")
    return s


def with_mean_image() -> Sketch:
    s = small()
    s.tensors["mean"] = s.normal(8, 6, 3, scale=50)
    return s


def unknown_operation(document):
    document["nodes"][1]["op"] = "surprise"
    return document


def other_kernel(document):
    document["tensors"]["conv_linear.kernel"] = [3, 3, 3, 5]
    return document


def two_inputs(document):
    document["inputs"] *= 2
    return document


REFUSED = {
    "node 'conv' (surprise)": {"alter": unknown_operation},
    "its kernel 'conv_linear.kernel', expected (3, 3, 3, 5)": {"alter": other_kernel},
    "has 2 inputs": {"alter": two_inputs},
    "expected 'safetensors'": {"weights_format": "keras"},
    "no layer 'gone'": {"layers": {"end": "gone"}},
}
FROM_IMAGES = {
    "layers": {"sum": "sum", "end": "end"},
    "images": 2,
    "preprocessing": {
        **{"order": "BGR", "mean_image": "mean", "resize": [24, 32], "filter": "nearest"}
    },
    "options": {"per_layer": "yes"},
    "data_format": "channels_first",
}
# Keras keeps what channels_first sets: those jobs come last.
JOBS = {
    **{words: (small, changes) for words, changes in REFUSED.items()},
    "deep": (deep, {"layers": {"sum249": "sum249"}}),
    "shapes": (SKETCHES["shapes"], {"data_format": "channels_first"}),
    "images": (with_mean_image, FROM_IMAGES),
}


@pytest.fixture(scope="module")
def done(keras2_python, tmp_path_factory):
    """Every case by title, with its sketch; all are computed in one process."""
    made = {}
    for title, (make, changes) in JOBS.items():
        made[title] = sketch_case(tmp_path_factory.mktemp("sketch"), make(), **changes)
    environment = stack_environment(cache_folder("theano"))
    jobs = [case for case, _ in made.values()]
    run_jobs("extract_keras2.py", keras2_python, jobs, environment)
    return made


def sketch_case(folder, sketch, weights_format="safetensors", alter=None, **changes):
    weights = write_tensors(folder / "canonical.safetensors", sketch.tensors)
    case = graph_case(folder, sketch.network(), weights, weights_format, **changes)
    if alter is not None:
        file = folder / "network.json"
        file.write_text(json.dumps(alter(json.loads(file.read_text()))))
    return case, sketch


def test_every_node_equals_the_float64_values(done):
    """One of the sketches: `benchmarks/keras2_operations.py` runs all, in minutes of compiling."""
    judge(*done["shapes"])


def judge(case, sketch):
    """Every node of a sketch in Keras 2 on Theano is within rounding of the float64 values."""
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["built"] == "netparity, from the graph"
    assert (result["native_input"], set(result["features"])) == (None, {"shared"})
    expected = evaluate(sketch.network(), sketch.tensors, case.shared)
    errors = {}
    for feature in case.job["features"]:
        found = case.array(result["features"]["shared"][feature["name"]])
        assert list(found.shape) == feature["shape"], feature
        errors[feature["name"]] = relative_l2(found, expected[feature["name"]])
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


def test_the_native_input_and_the_times_of_layers(done):
    case, sketch = done["images"]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    # Of 48 x 64 pixels every other one, and of those the middle.
    pixels = case.image[:, 1::2, 1::2][:, 8:16, 13:19, ::-1].astype(np.float64)
    native = case.array(result["native_input"])
    assert np.abs(native - (pixels - sketch.tensors["mean"])).max() < 1e-4
    expected = evaluate(sketch.network(), sketch.tensors, native)
    for name in ("sum", "end"):
        found = case.array(result["features"]["native"][name])
        assert relative_l2(found, expected[name]) < TOLERANCE
    assert list(result["layers"]) == ["conv", "sum", "end"]


def test_a_deep_network_is_compiled(done):
    judge(*done["deep"])


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_built_is_refused_in_words(done, words):
    result = done[words][0].result()
    assert result["status"] == "failed"
    assert words in result["error"]["message"]
