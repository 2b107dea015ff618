"""The run in python/extractor.py, with a stack made of NumPy instead of a framework."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from job_input import in_batches
from tests.support.graph_jobs import Sketch, graph_case
from tests.support.tiny_vgg16 import PYTHON_FOLDER, TINY, forward, make_case, relative_l2

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def case(tmp_path):
    return make_case(tmp_path, tmp_path / "no-weights-needed.h5")


def start(case, fault=""):
    return subprocess.Popen(
        [sys.executable, str(HERE / "numpy_stack.py"), str(case.job_file)],
        env={
            **os.environ,
            "PYTHONPATH": f"{PYTHON_FOLDER}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMPY_STACK_FAULT": fault,
            "NUMPY_STACK_FOLDER": str(case.output_dir),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(case, fault=""):
    process = start(case, fault)
    _, log = process.communicate(timeout=60)
    return process.returncode, log


def test_ok_run_has_every_timing_and_every_feature(case):
    code, log = run(case)
    result = case.result()
    assert (code, result["status"]) == (0, "ok"), log
    repeats = case.job["repeats"]
    counts = {phase: len(seconds) for phase, seconds in result["phases"].items()}
    assert counts == {
        "load": 1, "preprocess": 1 + repeats, "predict_first": 1, "predict": repeats
    }  # fmt: skip
    assert result["clock"]["name"] == "perf_counter"
    assert 1e-9 <= result["clock"]["tick_seconds"] < 1e-3
    expected = forward(TINY.arrays, case.shared)
    for feature in case.job["features"]:
        entry = result["features"]["shared"][feature["name"]]
        assert entry["file"] == f"shared-{feature['name']}.npy"
        assert entry["shape"] == feature["shape"]
        assert relative_l2(case.array(entry), expected[feature["layer"]]) < 1e-6
    assert result["native_input"] == {"file": "native-input.npy", "shape": [2, 64, 64, 3]}


def test_only_the_files_of_the_protocol_are_left(case):
    run(case)
    names = {feature["name"] for feature in case.job["features"]}
    assert {path.name for path in case.output_dir.iterdir()} == {
        "result.json",
        "native-input.npy",
        *(f"{kind}-{name}.npy" for kind in ("shared", "native") for name in names),
    }


def test_one_layer_may_be_asked_for_twice(case):
    case.job["features"] = [dict(f, name=f["name"] + s) for f in case.job["features"] for s in "ab"]
    case.write()
    assert run(case)[0] == 0


def test_killed_process_leaves_started(case):
    code, _ = run(case, "die")
    assert (code, case.result()["status"]) == (9, "started")


def test_sigterm_ends_it_at_once_and_leaves_started(case):
    process = start(case, "sleep")
    assert process.stdout.readline() == "sleeping\n"
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert case.result()["status"] == "started"


def test_lack_of_memory_is_a_failed_result(case):
    code, _ = run(case, "memory")
    result = case.result()
    assert (code, result["status"]) == (1, "failed")
    assert result["error"]["kind"] == result["error"]["message"] == "MemoryError"
    assert "numpy_stack.py" in result["error"]["where"]
    assert result["ready_unix_seconds"] is not None and result["code"] == "NumPy"


def test_refused_write_names_file_and_reason_and_leaves_no_half_of_it(case):
    code, _ = run(case, "full")
    result = case.result()
    assert (code, result["status"], result["features"]) == (1, "failed", {})
    message = result["error"]["message"]
    assert "shared-conv1_1.npy" in message and os.strerror(27) in message  # 27: file too large
    assert [path.name for path in case.output_dir.iterdir()] == ["result.json"]


def test_vanished_output_folder_is_said_on_standard_error(case):
    code, log = run(case, "folder")
    assert code == 1
    assert "cannot write" in log and "could not be recorded" in log


def test_other_schema_version_is_refused(case):
    case.job["schema_version"] = 2
    case.write()
    code, log = run(case)
    assert code == 2 and "schema_version 2" in log
    assert "schema_version 2" in case.result()["error"]["message"]


def test_shared_input_of_another_shape_is_refused(case):
    case.job["shared_input"]["shape"] = [1, 64, 64, 3]
    case.write()
    assert run(case)[0] == 1
    assert "expected float32 of shape [1, 64, 64, 3]" in case.result()["error"]["message"]


def test_result_is_valid_json_after_each_step(case):
    run(case)
    text = (case.output_dir / "result.json").read_text(encoding="utf-8")
    assert json.loads(text)["schema_version"] == 1 and text.endswith("\n")


@pytest.fixture
def graph(tmp_path):
    """A job for a network of one node, whose name cannot be a file's."""
    folder = tmp_path / "graph"
    folder.mkdir()
    sketch = Sketch((6, 5, 3))
    sketch.add("block/relu:0", "relu")
    return graph_case(folder, sketch.network("mine"), folder / "w.safetensors", "safetensors")


def test_a_network_of_any_kind_is_given_its_own_input(graph):
    graph.job["shared_input"]["channel_order"] = "BGR"
    graph.write()
    code, log = run(graph)
    result = graph.result()
    assert (code, result["status"]) == (0, "ok"), log
    assert result["built"] == "the test, from mine"
    entry = result["features"]["shared"]["block/relu:0"]
    np.testing.assert_array_equal(graph.array(entry), np.maximum(graph.shared, 0))
    assert set(graph.output_dir.iterdir()) == {
        graph.output_dir / entry["file"],
        graph.output_dir / "result.json",
    }


def test_without_images_there_is_no_native_input(graph):
    run(graph)
    result = graph.result()
    assert set(result["phases"]) == {"load", "predict_first", "predict"}
    assert (set(result["features"]), result["native_input"]) == ({"shared"}, None)


def test_images_are_preprocessed_as_the_network_states(tmp_path):
    sketch = Sketch((6, 5, 3))
    sketch.add("relu", "relu")
    case = graph_case(
        *(tmp_path, sketch.network(), tmp_path / "w.safetensors", "safetensors"),
        images=2,
        preprocessing={"mean": [7.0]},
    )
    code, log = run(case)
    assert code == 0, log
    result = case.result()
    assert result["native_input"] == {"file": "native-input.npy", "shape": [2, 6, 5, 3]}
    assert np.all(case.array(result["features"]["native"]["relu"]) == 7)


def test_images_of_a_network_need_a_preprocessing(graph):
    graph.job["images"] = ["photo.png"]
    graph.write()
    assert run(graph)[0] == 1
    assert "1 images, but 'preprocessing' is null" in graph.result()["error"]["message"]


def test_one_input_alone_in_batches_of_a_network(graph):
    graph.job["options"] = {"only": "shared", "batch": "1"}
    graph.write()
    assert run(graph)[0] == 0
    entry = graph.result()["features"]["shared"]["block/relu:0"]
    np.testing.assert_array_equal(graph.array(entry), np.maximum(graph.shared, 0))


def test_a_batch_ends_where_a_part_does():
    job = SimpleNamespace(options={"batch": "3", "parts": "4,0,5"})
    made = list(in_batches(job, list(range(9)), list))
    assert made == [[0, 1, 2], [3], [4, 5, 6], [7, 8]]
    job.options["parts"] = "4,4"
    with pytest.raises(ValueError, match="'4,4', which is 8 images, but the job has 9"):
        list(in_batches(job, list(range(9)), list))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc")
def test_freed_memory_is_not_fetched_again():
    measured = """
import resource, sys
import numpy as np
from process_memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    kept = [np.ones(2**18) for _ in range(8)]
    del kept
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    faults = {}
    for word in ("kept", "returned"):
        command = [sys.executable, "-c", measured, word]
        done = subprocess.run(
            command, cwd=PYTHON_FOLDER, capture_output=True, text=True, check=True
        )
        faults[word] = int(done.stdout)
    # 16 MiB are 4,096 pages.
    assert faults["kept"] < 2 * 4096 < 5 * 4096 < faults["returned"]


def test_a_network_that_is_not_there_is_a_failed_result(graph):
    graph.job["network"] = "/nowhere/network.json"
    graph.write()
    assert run(graph)[0] == 1
    assert "/nowhere/network.json" in graph.result()["error"]["message"]
