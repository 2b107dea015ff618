"""Any network in Keras 2 on Theano: every operation against netparity's own float64 values."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from netparity.networks.ops import OPS
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, evaluate, graph_case, write_tensors
from tests.support.tiny_vgg16 import relative_l2, run_extractor

# A few float32 roundings; a wrong operation or order differs by about 1.
TOLERANCE = 1e-5


def test_the_sketches_have_every_operation():
    assert {node.op for sketch in SKETCHES.values() for node in sketch().nodes} == set(OPS)


@pytest.mark.parametrize(("name", "data_format"), [("shapes", "channels_first")])
def test_every_node_equals_the_float64_values(
    keras2_python, environment, tmp_path, name, data_format
):
    """One of the sketches: `benchmarks/keras2_operations.py` runs all, in minutes of compiling."""
    judge_sketch(keras2_python, environment, tmp_path, name, data_format)


def judge_sketch(keras2_python, environment, tmp_path, name, data_format):
    """Every node of a sketch in Keras 2 on Theano is within rounding of the float64 values."""
    sketch = SKETCHES[name]()
    network = sketch.network()
    weights = write_tensors(tmp_path / "canonical.safetensors", sketch.tensors)
    case = graph_case(tmp_path, network, weights, "safetensors", data_format=data_format)
    done = run_extractor("extract_keras2.py", keras2_python, [str(case.job_file)], environment)
    assert done.returncode == 0, done.stderr
    result = case.result()
    assert result["built"] == "netparity, from the graph"
    assert (result["native_input"], set(result["features"])) == (None, {"shared"})
    expected = evaluate(network, sketch.tensors, case.shared)
    errors = {}
    for feature in case.job["features"]:
        found = case.array(result["features"]["shared"][feature["name"]])
        assert list(found.shape) == feature["shape"], feature
        errors[feature["name"]] = relative_l2(found, expected[feature["name"]])
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


def small() -> Sketch:
    """A chain with a branch; the sum before the first activation is an inner node."""
    s = Sketch((8, 6, 3))
    s.add("conv_linear", "conv", tensors={"kernel": s.normal(3, 3, 3, 4)}, pads=(1, 1, 1, 1))
    s.nodes[-1] = replace(s.nodes[-1], inner=True)
    s.add("conv", "relu", "conv_linear")
    s.add("sum", "add", "conv", "conv_linear")
    s.add("end", "global_average", "sum")
    return s


@pytest.fixture
def run(keras2_python, environment, tmp_path):
    """run(sketch, **changes of the job): the finished process and the case."""

    def start(sketch, weights_format="safetensors", alter=None, **changes):
        weights = write_tensors(tmp_path / "canonical.safetensors", sketch.tensors)
        case = graph_case(tmp_path, sketch.network(), weights, weights_format, **changes)
        if alter is not None:
            file = tmp_path / "network.json"
            file.write_text(json.dumps(alter(json.loads(file.read_text()))))
        arguments = [str(case.job_file)]
        done = run_extractor("extract_keras2.py", keras2_python, arguments, environment)
        return done, case

    return start


@pytest.mark.parametrize("data_format", ["channels_first"])
def test_the_native_input_and_the_times_of_layers(run, data_format):
    sketch = small()
    sketch.tensors["mean"] = sketch.normal(8, 6, 3, scale=50)
    how = {"order": "BGR", "mean_image": "mean", "resize": [24, 32], "filter": "nearest"}
    done, case = run(
        sketch,
        layers={"sum": "sum", "end": "end"},
        images=2,
        preprocessing=how,
        options={"per_layer": "yes"},
        data_format=data_format,
    )
    assert done.returncode == 0, done.stderr
    result = case.result()
    # Of 48 x 64 pixels every other one, and of those the middle.
    pixels = case.image[:, 1::2, 1::2][:, 8:16, 13:19, ::-1].astype(np.float64)
    native = case.array(result["native_input"])
    assert np.abs(native - (pixels - sketch.tensors["mean"])).max() < 1e-4
    expected = evaluate(sketch.network(), sketch.tensors, native)
    for name in ("sum", "end"):
        found = case.array(result["features"]["native"][name])
        assert relative_l2(found, expected[name]) < TOLERANCE
    assert list(result["layers"]) == ["conv", "sum", "end"]


def test_a_deep_network_is_compiled(run):
    sketch = Sketch((2, 2, 3))
    last = "input"
    for depth in range(250):
        last = sketch.add(f"tanh{depth}", "tanh", last)
        last = sketch.add(f"sum{depth}", "add", last, "input")
    done, case = run(sketch, layers={last: last})
    assert done.returncode == 0, done.stderr
    expected = evaluate(sketch.network(), sketch.tensors, case.shared)[last]
    found = case.array(case.result()["features"]["shared"][last])
    assert relative_l2(found, expected) < TOLERANCE


def unknown_operation(document):
    document["nodes"][1]["op"] = "surprise"
    return document


def other_kernel(document):
    document["tensors"]["conv_linear.kernel"] = [3, 3, 3, 5]
    return document


def two_inputs(document):
    document["inputs"] *= 2
    return document


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alter": unknown_operation}, "node 'conv' (surprise)"),
        ({"alter": other_kernel}, "its kernel 'conv_linear.kernel', expected (3, 3, 3, 5)"),
        ({"alter": two_inputs}, "has 2 inputs"),
        ({"weights_format": "keras"}, "expected 'safetensors'"),
        ({"layers": {"end": "gone"}}, "no layer 'gone'"),
    ],
)
def test_what_cannot_be_built_is_refused_in_words(run, changes, words):
    done, case = run(small(), **changes)
    assert done.returncode == 1
    assert words in case.result()["error"]["message"]
