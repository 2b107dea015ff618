"""extract_features from job file to result, on a small VGG, in Octave."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.support import matconvnet_standin
from tests.support.octave_process import MATLAB
from tests.support.simplenn_reference import MEAN_RGB, TinyVgg
from tests.support.tiny_job import RESULT_KEYS, assert_features_are_right, relative_l2

MAIN = MATLAB / "octave_main.m"


@pytest.fixture
def extract(octave: Callable) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """Return extract(job, **environment): the process and the result it left."""

    def run(job: dict[str, Any], **environment: str) -> tuple[Any, dict[str, Any]]:
        out = Path(job["output_dir"])
        job_file = out.parent / "job.json"
        job_file.write_text(json.dumps(job), encoding="utf-8")
        done = octave(MAIN, job_file, **environment)
        assert not list(out.glob("*.tmp"))
        return done, json.loads((out / "result.json").read_text(encoding="utf-8"))

    return run


def test_job_runs_and_features_equal_the_float64_pass(
    extract: Callable, job: dict[str, Any], net: TinyVgg
) -> None:
    before = time.time()
    done, result = extract(job)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert list(result) == RESULT_KEYS
    assert (result["status"], result["error"]) == ("ok", None)
    assert before < result["ready_unix_seconds"] < time.time()
    counts = {phase: len(seconds) for phase, seconds in result["phases"].items()}
    assert counts == {"load": 1, "preprocess": 4, "predict_first": 1, "predict": 3}
    assert all(s > 0 for seconds in result["phases"].values() for s in seconds)
    assert re.fullmatch(
        r"netparity compatibility functions on GNU Octave \d+\.\d+\.\d+", result["code"]
    )
    assert list(result["versions"]) == ["octave"]
    assert result["data_format"] == "channels_last"
    assert result["threads"] == {"requested": 2, "found": None}
    assert result["flags"].pop("os_threads").isdecimal()
    environment = result["flags"].pop("environment").split()  # and what the caller has set
    assert {"OMP_NUM_THREADS=2", "OPENBLAS_NUM_THREADS=2"} <= set(environment)
    assert result["flags"] == {"resize": "netparity np_imresize", "precision": "float32"}
    clock = result["clock"]
    assert clock["name"] == "tic" and 1e-9 <= clock["tick_seconds"] < 1e-3
    # So short a network is timed several passes at a time.
    assert clock["predict_loops"] >= 1 and clock["preprocess_loops"] >= 1
    shortest = min(result["phases"]["predict"]) * clock["predict_loops"]
    assert shortest > 200 * clock["tick_seconds"]

    assert_features_are_right(job, result, net)


def test_native_input_is_the_resized_image_less_the_mean(
    extract: Callable, job: dict[str, Any]
) -> None:
    _, _ = extract(job | {"repeats": 0, "warmup": 0})
    got = np.load(Path(job["output_dir"]) / "native-input.npy")[0] + MEAN_RGB
    with Image.open(job["images"][0]) as image:
        pixels = np.array(image).astype(np.float32)
    for c in range(3):
        channel = Image.fromarray(pixels[..., c]).resize((64, 64), Image.Resampling.BICUBIC)
        assert abs(np.array(channel) - got[..., c])[5:-5, 5:-5].max() < 2e-4


def test_batches_flattened_rows_and_a_shape_that_does_not_fit(
    extract: Callable, job: dict[str, Any], net: TinyVgg
) -> None:
    x = np.concatenate([np.load(job["shared_input"]["file"]), np.zeros((1, 64, 64, 3), np.float32)])
    np.save(job["shared_input"]["file"], x)
    job["shared_input"]["shape"] = list(x.shape)
    job["images"] = job["images"] * 2
    job["repeats"] = 0
    job["features"] = [
        {"name": "fc6", "layer": "relu6", "shape": [2, 24]},
        {"name": "flat", "layer": "pool4", "shape": [2, 256]},
        {"name": "wrong", "layer": "pool5", "shape": [2, 5]},
    ]
    done, result = extract(job)
    assert done.returncode == 0, done.stderr
    assert result["phases"]["predict"] == [] and len(result["phases"]["preprocess"]) == 1
    expected = net.forward(x)
    shared = result["features"]["shared"]
    assert [shared[n]["shape"] for n in ("fc6", "flat", "wrong")] == [
        [2, 24],
        [2, 256],
        [2, 2, 2, 16],
    ]
    for name, layer in (("fc6", "relu6"), ("flat", "pool4"), ("wrong", "pool5")):
        y = np.load(Path(job["output_dir"]) / shared[name]["file"])
        assert relative_l2(y, expected[layer].reshape(y.shape)) < 3e-6


def test_a_file_from_before_beta16_gives_the_same(
    extract: Callable, job: dict[str, Any], net: TinyVgg
) -> None:
    job["features"] = [{"name": "prob", "layer": "prob", "shape": [1, 10]}]
    seen = []
    for old in (False, True):
        net.save(Path(job["weights"]["file"]), old_format=old)
        done, _ = extract(job)
        assert done.returncode == 0, done.stderr
        files = ("shared-prob.npy", "native-prob.npy", "native-input.npy")
        seen.append([np.load(Path(job["output_dir"]) / file) for file in files])
    for new, old in zip(*seen, strict=True):
        assert np.array_equal(new, old)


def unknown_layer(job: dict[str, Any]) -> None:
    job["features"][0]["layer"] = "relu9"


def missing_weights(job: dict[str, Any]) -> None:
    job["weights"]["file"] += ".gone"


def mat_file_of_version_7_3(job: dict[str, Any]) -> None:
    Path(job["weights"]["file"]).write_bytes(
        b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n"
    )


def matconvnet_required(job: dict[str, Any]) -> None:
    job["options"] = {"matconvnet": "require"}


def matconvnet_elsewhere(job: dict[str, Any]) -> None:
    job["options"] = {"matconvnet_root": job["output_dir"]}


def matconvnet_not_compiled(job: dict[str, Any]) -> None:
    folder = Path(job["output_dir"]) / "matlab"
    folder.mkdir()
    (folder / "vl_setupnn.m").write_text("function vl_setupnn()\nend\n")
    job["options"] = {"matconvnet_root": job["output_dir"]}


def matconvnet_of_another_platform(job: dict[str, Any]) -> None:
    matconvnet_not_compiled(job)
    folder = Path(job["output_dir"]) / "matlab" / "mex"
    folder.mkdir()
    for name in ("vl_nnconv", "vl_nnpool"):
        (folder / f"{name}.mex").write_text("no shared library")
    (folder.parent / "vl_setupnn.m").write_text(matconvnet_standin.SETUP)


def matconvnet_of_plain_functions(job: dict[str, Any]) -> None:
    matconvnet_of_another_platform(job)
    root = Path(job["output_dir"])
    shutil.copytree(MATLAB / "matconvnet_compat", root / "matlab", dirs_exist_ok=True)


def input_of_another_shape(job: dict[str, Any]) -> None:
    job["shared_input"]["shape"] = [1, 32, 32, 3]


def image_that_is_text(job: dict[str, Any]) -> None:
    Path(job["images"][0]).write_text("no image")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (unknown_layer, ["relu9", "conv1_1, relu1_1"]),
        (missing_weights, ["w.mat.gone"]),
        (mat_file_of_version_7_3, ["v7.3", "h5py"]),
        (matconvnet_required, ["MATCONVNET_ROOT"]),
        (matconvnet_elsewhere, ["vl_setupnn.m"]),
        (matconvnet_not_compiled, ["vl_nnconv.mex", "mkoctfile"]),
        (matconvnet_of_another_platform, ["vl_nnconv.mex", "does not run"]),
        (matconvnet_of_plain_functions, ["vl_nnconv.mex", "other functions on the path"]),
        (input_of_another_shape, ["input.npy", "1  32  32"]),
        (image_that_is_text, ["photo.png"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_failure_is_recorded_and_ends_with_status_1(
    extract: Callable, job: dict[str, Any], spoil: Callable, words: list[str]
) -> None:
    spoil(job)
    done, result = extract(job)
    assert done.returncode == 1
    assert list(result) == RESULT_KEYS
    assert (result["status"], result["phases"], result["features"]) == ("failed", {}, {})
    assert set(result["error"]) == {"kind", "message", "where"}
    assert "np_run_job" in result["error"]["where"]
    for word in words:
        assert word in result["error"]["message"]
        assert word in done.stderr


def test_compat_is_chosen_even_where_matconvnet_is_named(
    extract: Callable, job: dict[str, Any]
) -> None:
    job["options"] = {"matconvnet": "compat"}
    done, result = extract(job, MATCONVNET_ROOT="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "compatibility" in result["code"]


def test_a_matconvnet_that_works_is_used_and_named(extract: Callable, job: dict[str, Any]) -> None:
    """A stand-in whose MEX files hand on to renamed compatibility functions."""
    if not matconvnet_standin.can_compile():
        pytest.skip("mkoctfile is not on the path (Debian: apt install octave-dev)")
    root = matconvnet_standin.make_matconvnet(Path(job["output_dir"]))
    del job["options"]
    done, result = extract(job, MATCONVNET_ROOT=str(root))
    assert done.returncode == 0, done.stderr
    assert result["code"].startswith("MatConvNet 1.0-beta99 (MEX) on GNU Octave ")
    assert result["versions"]["matconvnet"] == "1.0-beta99"


def test_by_hand_prints_one_object_and_takes_other_tools_names(
    octave: Callable, job: dict[str, Any], net: TinyVgg, tmp_path: Path
) -> None:
    out = tmp_path / "feature.npy"
    image, weights = job["images"][0], job["weights"]["file"]
    features = {}
    for layer in ("fc6", "fc1", "relu6"):
        done = octave(MAIN, image, weights, layer, "output", out)
        assert done.returncode == 0, done.stderr
        printed = json.loads(done.stdout)
        assert list(printed) == [
            *("image_data_format", "load time", "preprocessing time", "predict time")
        ]
        assert printed.pop("image_data_format") == "channels_last"
        assert all(0 < seconds < 60 for seconds in printed.values())
        features[layer] = np.load(out)
    assert features["relu6"].shape == (1, 1, 1, 24)
    assert np.array_equal(features["fc6"], features["relu6"])
    assert np.array_equal(features["fc1"], features["relu6"])


def test_names_of_other_tools(call: Callable) -> None:
    expected = {
        "fc6": "relu6",
        "fc7": "relu7",
        "fc1": "relu6",
        "fc2": "relu7",
        "conv5_3": "relu5_3",
        "block5_conv3": "relu5_3",
        "block4_pool": "pool4",
        "predictions": "prob",
        "relu6": "relu6",
        "fc8": "fc8",
        "pool5": "pool5",
    }
    got = call([("np_layer_alias", name) for name in expected])
    assert [layer.item() for layer in got] == list(expected.values())


@pytest.mark.parametrize("arguments", [(), ("a.png",), ("job.json", "w.mat")])
def test_a_wrong_call_says_what_is_right(octave: Callable, arguments: tuple[str, ...]) -> None:
    done = octave(MAIN, *arguments)
    assert done.returncode == 1
    assert "extract_features('job.json')" in done.stderr
