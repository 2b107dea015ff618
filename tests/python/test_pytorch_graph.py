"""Any network in PyTorch: every operation against netparity's own float64 values."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.inputs import DecodedImage, prepare
from netparity.networks import Preprocessing
from netparity.networks.input_size import resized
from netparity.networks.ops import OPS
from netparity.networks.reading.onnx import read as read_onnx
from netparity.system.cache import cache_folder
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, evaluate, graph_case, write_tensors
from tests.support.one_process import run_jobs
from tests.support.tiny_vgg16 import relative_l2, run_extractor, stack_environment

# A few float32 roundings; a wrong operation or order differs by about 1.
TOLERANCE = 1e-5


def small() -> Sketch:
    """A chain with a branch; the sum before the first activation is an inner node."""
    s = Sketch((8, 6, 3))
    s.add("conv_linear", "conv", tensors={"kernel": s.normal(3, 3, 3, 4)}, pads=(1, 1, 1, 1))
    s.nodes[-1] = replace(s.nodes[-1], inner=True)
    s.add("conv", "relu", "conv_linear")
    s.add("sum", "add", "conv", "conv_linear")
    s.add("end", "global_average", "sum")
    return s


def with_mean_image() -> Sketch:
    s = small()
    s.tensors["mean"] = s.normal(8, 6, 3, scale=50)
    return s


COMPUTED = {
    **{name: (make, {}) for name, make in SKETCHES.items()},
    "channels last": (SKETCHES["windows"], {"options": {"memory_format": "channels_last"}}),
    "compiled": (small, {"options": {"compile": "yes"}}),
}
FROM_IMAGES = {
    "mean image": {
        "images": 2,
        "preprocessing": {
            **{"order": "BGR", "mean_image": "mean", "resize": [24, 32], "filter": "nearest"}
        },
        "layers": {"sum": "sum", "end": "end"},
        "options": {"per_layer": "yes"},
        "threads": 1,
    },
    "aspect": {
        "images": 1,
        "preprocessing": {
            **{"mean": [120.0, 110.0, 100.0], "resize": [10, 10], "keep_aspect": True},
            "filter": "nearest",
        },
        "layers": {"end": "end"},
    },
}


def unknown_operation(document):
    document["nodes"][1]["op"] = "surprise"
    return document


def other_kernel(document):
    document["tensors"]["conv_linear.kernel"] = [3, 3, 3, 5]
    return document


REFUSED = {
    "node 'conv' (surprise)": {"alter": unknown_operation},
    "'conv_linear.kernel', expected (3, 3, 3, 5)": {"alter": other_kernel},
    "expected 'safetensors'": {"weights_format": "keras"},
    "no layer 'gone'": {"layers": {"end": "gone"}},
    "is not called torchvision:NAME": {"weights_format": "torchvision"},
    "finds no GPU": {"options": {"device": "cuda"}},
    "only GPUs have": {"options": {"precision": "tf32"}},
    "option memory_format is 'strange'": {"options": {"memory_format": "strange"}},
}


@pytest.fixture(scope="module")
def done(pytorch_python, tmp_path_factory):
    """Every case by title, with its network and tensors; all are computed in one process."""
    plan = {
        **COMPUTED,
        **{title: (with_mean_image, changes) for title, changes in FROM_IMAGES.items()},
        **{words: (small, changes) for words, changes in REFUSED.items()},
    }
    made = {}
    for title, (make, changes) in plan.items():
        given = {"weights_format": "safetensors", **changes}
        alter = given.pop("alter", lambda document: document)
        folder, sketch = tmp_path_factory.mktemp("sketch"), make()
        network = sketch.network()
        weights = write_tensors(folder / "canonical.safetensors", sketch.tensors)
        case = graph_case(folder, network, weights, **given)
        file = folder / "network.json"
        file.write_text(json.dumps(alter(json.loads(file.read_text()))))
        made[title] = case, network, sketch.tensors
    environment = {
        **stack_environment(cache_folder("theano")),
        "TORCHINDUCTOR_CACHE_DIR": str(cache_folder("torchinductor")),
    }
    jobs = [case for case, _, _ in made.values()]
    run_jobs("extract_pytorch.py", pytorch_python, jobs, environment)
    return made


def test_the_sketches_have_every_operation():
    assert {node.op for sketch in SKETCHES.values() for node in sketch().nodes} == set(OPS)


@pytest.mark.parametrize("title", COMPUTED)
def test_every_node_equals_the_float64_values(done, title):
    case, network, tensors = done[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    expected = evaluate(network, tensors, case.shared)
    errors = {}
    for feature in case.job["features"]:
        found = case.array(result["features"]["shared"][feature["name"]])
        assert list(found.shape) == feature["shape"], feature
        errors[feature["name"]] = relative_l2(found, expected[feature["name"]])
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}
    assert result["built"] == "netparity, from the graph"
    assert (result["native_input"], set(result["features"])) == (None, {"shared"})
    assert result["flags"]["compile"] == ("yes" if title == "compiled" else "no")


def test_the_native_input_what_is_recorded_and_the_times_of_layers(done):
    case, network, tensors = done["mean image"]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    # Of 48 x 64 pixels every other one, and of those the middle.
    pixels = case.image[:, 1::2, 1::2][:, 8:16, 13:19, ::-1].astype(np.float64)
    native = case.array(result["native_input"])
    assert np.abs(native - (pixels - tensors["mean"])).max() < 1e-4
    expected = evaluate(network, tensors, native)
    for name in ("sum", "end"):
        found = case.array(result["features"]["native"][name])
        assert relative_l2(found, expected[name]) < TOLERANCE
    assert list(result["layers"]) == ["conv", "sum", "end"]
    assert result["threads"]["found"] == 1
    assert {"torch", "torchvision", "numpy", "python"} <= set(result["versions"])
    assert "oneDNN" in result["blas"]
    found = {name: result["flags"][name] for name in ("device", "precision", "tf32")}
    assert found == {"device": "cpu", "precision": "float32", "tf32": "none"}
    assert "antialias" in result["flags"]["resize"]


def test_a_mean_of_0_to_255_and_one_number_that_keeps_the_aspect(done):
    case, _, _ = done["aspect"]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    # 48 x 64 pixels become 10 x 13: row r is row 4.8 r + 2.4, column c is column 64 (c + 0.5) / 13.
    rows = np.floor((np.arange(10) + 0.5) * 4.8).astype(int)[1:9]
    columns = np.floor((np.arange(13) + 0.5) * 64 / 13).astype(int)
    left = round((13 - 6) / 2)
    pixels = case.image[:, rows][:, :, columns[left : left + 6]].astype(np.float64)
    native = case.array(result["native_input"])
    assert np.abs(native - (pixels - case.job["preprocessing"]["mean"])).max() < 1e-4


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_done_is_refused_in_words(done, words):
    message = done[words][0].result()["error"]["message"]
    assert words in message
    assert "\n" not in message


@pytest.fixture(scope="module")
def squeezenet(pytorch_python, tmp_path_factory):
    """A network that torchvision made, its tensors, and its weights in a .pth."""
    folder = tmp_path_factory.mktemp("squeezenet")
    environment = stack_environment(cache_folder("theano"))
    request = {"name": "squeezenet1_1", "seed": 3, "input_size": [64, 64], "weights": None}
    file = folder / "request.json"
    file.write_text(json.dumps({**request, "folder": str(folder)}))
    made = run_extractor("make_torchvision_network.py", pytorch_python, [str(file)], environment)
    assert made.returncode == 0, made.stderr
    read = read_onnx(Source(folder / "squeezenet1_1.onnx", WEIGHTS))
    network = replace(read.network, name="torchvision:squeezenet1_1")
    return network, read.tensors, folder / "squeezenet1_1.pth"


OWN = {
    **{"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225], "scale": 1 / 255},
    **{"resize": [256, 256], "keep_aspect": True, "filter": "bilinear"},
}
"""What torchvision's documentation says of the inference transforms of squeezenet1_1."""
TRANSFORMS = {
    "of torchvision": (224, OWN),
    "of torchvision at another size": (64, {**OWN, "resize": [73, 73]}),
    "with the mean and scale of Keras": (224, {"mean": [1.0], "scale": 1 / 127.5}),
    "with another deviation": (224, {**OWN, "deviation": [0.5, 0.5, 0.5]}),
    "with the channels in Caffe's order": (224, {"order": "BGR", "mean": [104.0, 117.0, 123.0]}),
}


@pytest.fixture(scope="module")
def classified(squeezenet, pytorch_python, tmp_path_factory):
    """One job for every node, and one for each way to make the native input, in one process."""
    network, _, state = squeezenet
    plan = {"every node": (64, None), **TRANSFORMS}
    cases = {}
    for title, (side, how) in plan.items():
        given = {"layers": {"flatten": "flatten"}, "images": 1, "preprocessing": how}
        sized = resized(network, (side, side, 3))
        folder = tmp_path_factory.mktemp("classified")
        cases[title] = graph_case(folder, sized, state, "torchvision", **(given if how else {}))
    environment = stack_environment(cache_folder("theano"))
    run_jobs("extract_pytorch.py", pytorch_python, list(cases.values()), environment)
    return cases


def test_a_network_of_torchvision_is_torchvisions_own(squeezenet, classified):
    network, tensors, _ = squeezenet
    case = classified["every node"]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    assert result["built"] == "torchvision.models.squeezenet1_1"
    expected = evaluate(network, tensors, case.shared)
    assert len(case.job["features"]) == len(expected) - len(network.inputs) > 50
    for feature in case.job["features"]:
        found = case.array(result["features"]["shared"][feature["name"]])
        assert relative_l2(found, expected[feature["name"]]) < TOLERANCE, feature["name"]


@pytest.mark.parametrize("title", TRANSFORMS)
def test_a_network_of_torchvision_is_given_the_image_that_the_job_states(
    squeezenet, classified, title
):
    side, how = TRANSFORMS[title]
    case = classified[title]
    result = case.result()
    assert result["status"] == "ok", result["error"]
    stated = {key: tuple(value) if isinstance(value, list) else value for key, value in how.items()}
    image = replace(
        resized(squeezenet[0], (side, side, 3)).inputs[0], preprocessing=Preprocessing(**stated)
    )
    network = replace(squeezenet[0], inputs=(image,))
    expected = prepare([DecodedImage(Path("a.ppm"), case.image[0], "RGB", (64, 48), "0")], network)
    native = case.array(result["native_input"])
    grey_level = how.get("scale", 1) / min(how.get("deviation", [1]))
    # Resizing a side of 48 pixels, Pillow rounds to whole grey levels, as netparity's own does.
    assert np.abs(native - expected).max() < 1.01 * grey_level
    assert relative_l2(native, expected) < 0.01
    own = title == "of torchvision"
    assert ("default weights" in result["flags"]["transforms"]) == own
