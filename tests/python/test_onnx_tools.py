"""The tools that load ONNX files: every operation against netparity's own float64 values."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.networks.writing import WRITERS
from tests.support.every_operation import SKETCHES
from tests.support.graph_jobs import Sketch, graph_case
from tests.support.onnx_tools import run_jobs, try_every_operation

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5
"""A few float32 roundings; a wrong operation or order differs by about 1."""

FIXTURES = {
    "onnxruntime": "onnxruntime_python",
    "openvino": "openvino_python",
    "opencv-dnn": "opencv_python",
}
"""Tool to the fixture that has its interpreter."""

TOOLS = tuple(FIXTURES)

LACKING = {
    "onnxruntime": {"max_pool dilated", "average_pool dilated", "lrn even"},
    "openvino": set(),
    "opencv-dnn": {"lrn even"},
}
"""The nodes that a tool refuses, as its runner says."""

WRONG = {"openvino": {"lrn even"}}
"""The nodes that a tool computes otherwise than ONNX defines them, up to the version pinned here.

ONNX's window of an even size n has n / 2 - 1 channels before and n / 2 after; OpenVINO 2026.4.1
leaves out the last of them.
"""


@pytest.fixture(scope="module")
def trials(onnxruntime_python, openvino_python, opencv_python, tmp_path_factory):
    """Tool to sketch to what the tool computed; one process for each tool."""
    pythons = dict(zip(TOOLS, (onnxruntime_python, openvino_python, opencv_python), strict=True))
    options = {"openvino": {"precision": "f32"}}
    return {
        tool: try_every_operation(
            tool, python, tmp_path_factory.mktemp(tool), **options.get(tool, {})
        )
        for tool, python in pythons.items()
    }


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("sketch", SKETCHES)
def test_every_node_equals_the_float64_values(trials, tool, sketch):
    trial = trials[tool][sketch]
    result = trial.case.result()
    assert result["status"] == "ok", result["error"]
    errors = trial.errors(result["features"]["shared"])
    wrong = {name for name, error in errors.items() if not error < TOLERANCE}
    assert wrong == WRONG.get(tool, set()) & set(errors), {name: errors[name] for name in wrong}
    assert result["built"] == "netparity, from the graph"
    assert result["threads"] == {"requested": 1, "found": 1}
    assert {"numpy", "python"} < set(result["versions"])
    assert result["blas"] and result["flags"]["device"] == "cpu"


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_tool_refuses_is_known_before_it_starts(trials, tool):
    lacking = {name for trial in trials[tool].values() for name in trial.lacking}
    assert lacking == LACKING[tool]


HOW = {
    "order": "BGR",
    "mean": [0.5, 0.25, 0.125],
    "deviation": [0.25, 0.5, 2.0],
    "scale": 1 / 255,
    "resize": [24, 32],
    "filter": "nearest",
}


def small(folder, preprocessing, images=2, size=(10, 8), **changes):
    """A job of one pool on images of this size, of 48 x 64 pixels before."""
    sketch = Sketch((*size, 1 if preprocessing["order"] == "grey" else 3))
    sketch.add("end", "global_average")
    network = sketch.network()
    file = folder / "network.onnx"
    WRITERS["onnx"].write(file, network, sketch.tensors)
    changes = {"preprocessing": preprocessing, **changes}
    return graph_case(folder, network, file, "onnx", images=images, **changes)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_native_input_is_made_as_the_network_states(request, tmp_path, tool):
    case = small(tmp_path, HOW)
    run_jobs(tool, request.getfixturevalue(FIXTURES[tool]), [case])
    result = case.result()
    assert result["status"] == "ok", result["error"]
    # OpenCV takes the nearest pixel before, Pillow the one behind: of two, the first or the second.
    first = 0 if tool == "opencv-dnn" else 1
    pixels = case.image[:, first::2, first::2][:, 7:17, 12:20, ::-1].astype(np.float64)
    expected = (pixels / 255 - HOW["mean"]) / HOW["deviation"]
    assert np.abs(case.array(result["native_input"]) - expected).max() < 1e-5
    assert len(result["phases"]["preprocess"]) == 2


def test_opencv_resizes_and_crops_in_blob_from_images(opencv_python, tmp_path):
    names = ("whole", "cropped", "grey", "square")
    whole, cropped, grey, square = folders = [tmp_path / name for name in names]
    for folder in folders:
        folder.mkdir()
    plain = {"order": "RGB", "mean": [120.0], "deviation": [1.0], "scale": 2.0}
    cases = [
        small(whole, {**plain, "filter": "bilinear"}),
        small(cropped, {**plain, "filter": "bicubic", "keep_aspect": True}),
        small(grey, {**plain, "order": "grey", "filter": "area", "resize": [24, 32]}),
        small(square, {**plain, "filter": "bilinear", "keep_aspect": True}, size=(12, 12)),
    ]
    run_jobs("opencv-dnn", opencv_python, cases)
    results = [case.result() for case in cases]
    assert [result["status"] for result in results] == ["ok"] * 4, results
    said = [result["flags"]["native_input"] for result in results]
    assert said == [
        "imread, blobFromImages",
        "imread, resize by INTER_CUBIC, crop, blobFromImages",
        "imread, resize by INTER_AREA, crop, blobFromImages",
        "imread, blobFromImages with crop",
    ]
    # Bilinear without antialiasing, half-pixel centres (resize.cpp), to whole grey levels.
    rows, columns = (np.arange(10) + 0.5) * 4.8 - 0.5, (np.arange(8) + 0.5) * 8 - 0.5
    image = cases[0].image.astype(np.float64)
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = (rows - top)[:, None, None], (columns - left)[:, None]
    corners = [[image[:, top + i][:, :, left + j] for j in (0, 1)] for i in (0, 1)]
    lines = [(1 - right) * a + right * b for a, b in corners]
    expected = ((1 - down) * lines[0] + down * lines[1]) * 2 - 120
    assert np.abs(cases[0].array(results[0]["native_input"]) - expected).max() < 2 * 1.01
    # Means of 2 x 2 pixels, each weighted as in ITU-R BT.601.
    blocks = cases[2].image.reshape(2, 24, 2, 32, 2, 3).mean((2, 4)) @ [0.299, 0.587, 0.114]
    found = cases[2].array(results[2]["native_input"])[..., 0]
    assert np.abs(found - (blocks[:, 7:17, 12:20] * 2 - 120)).max() < 2 * 1.5
    # To a quarter, 12 x 16: each pixel between the two in the middle of four; 12 of 16 columns.
    parts = cases[3].image.reshape(2, 12, 4, 16, 4, 3)[:, :, 1:3, :, 1:3].mean((2, 4))
    found = cases[3].array(results[3]["native_input"])
    assert np.abs(found - (parts[:, :, 2:14] * 2 - 120)).max() < 2 * 1.01


def test_a_gpu_that_is_not_there_is_one_sentence(onnxruntime_python, tmp_path):
    case = small(tmp_path, HOW, images=0, options={"device": "cuda"})
    run_jobs("onnxruntime", onnxruntime_python, [case])
    error = case.result()["error"]
    assert error["message"].startswith("device is 'cuda', but ONNX Runtime finds no GPU")
    assert "CUDAExecutionProvider" in error["message"] and "--python" in error["message"]


def test_openvino_says_which_precision_it_chose(openvino_python, tmp_path):
    case = small(tmp_path, HOW, images=0)
    run_jobs("openvino", openvino_python, [case])
    flags = case.result()["flags"]
    chosen, _, who = flags["precision"].partition(" ")
    assert chosen in ("f32", "bf16", "f16") and who == "(OpenVINO's choice)"
    assert chosen == "f32" or "bfloat16" in flags["instructions"] or "AMX" in flags["instructions"]


@pytest.mark.parametrize("tool", TOOLS)
def test_another_format_and_an_unknown_layer_are_refused(request, tmp_path, tool):
    other, unknown = tmp_path / "other", tmp_path / "unknown"
    other.mkdir()
    unknown.mkdir()
    cases = [small(other, HOW, images=0), small(unknown, HOW, images=0)]
    cases[0].job["weights"]["format"] = "keras"
    cases[1].job["features"][0]["layer"] = "start"
    for case in cases:
        case.write()
    run_jobs(tool, request.getfixturevalue(FIXTURES[tool]), cases)
    messages = [case.result()["error"]["message"] for case in cases]
    assert "expected 'onnx'" in messages[0]
    assert "computes no 'start'; it computes ['end']" in messages[1]
