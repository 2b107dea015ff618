"""Both Keras extractors end to end on a tiny VGG16, against a float64 pass in NumPy."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest

from tests.support.tiny_vgg16 import (
    MEAN_RGB,
    TINY,
    forward,
    relative_l2,
    run_extractor,
    write_weights,
)

# Two float32 tools differ by about 1e-6 on this network; a wrong kernel or axis by about 1.
TOLERANCE = 1e-5


def run(stack, environment, case):
    case.write()
    return run_extractor(*stack, [str(case.job_file)], environment)


def assert_features_are_right(case, result):
    # Nearest neighbour from 128 to 64 pixels takes the pixel at floor((i + 0.5) * 2) = 2 i + 1.
    resized = case.image[:, 1::2, 1::2].astype(np.float64) - MEAN_RGB
    native = case.array(result["native_input"])
    assert np.abs(native - resized).max() < 1e-4
    for kind, tensor in (("shared", case.shared), ("native", native)):
        expected = forward(TINY.arrays, tensor)
        for feature in case.job["features"]:
            entry = result["features"][kind][feature["name"]]
            found = case.array(entry)
            assert found.dtype == np.float32
            assert entry["shape"] == feature["shape"] == list(found.shape)
            assert relative_l2(found, expected[feature["layer"]]) < TOLERANCE, (kind, feature)


def test_features_agree_with_a_float64_pass(stack, environment, case, tmp_path):
    """The user's own Keras configuration is neither read nor written."""
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True)
    config = home / ".keras" / "keras.json"
    config.write_text('{"image_data_format": "channels_first", "floatx": "float64"}')
    before = config.read_bytes()
    done = run(stack, {**environment, "HOME": str(home)}, case)
    result = case.result()
    assert (done.returncode, result["status"]) == (0, "ok"), done.stderr
    assert_features_are_right(case, result)
    assert result["data_format"] == "channels_last"
    assert result["threads"] == {"requested": 2, "found": 2}
    assert {"python", "keras", "numpy", "h5py", "pillow"} < set(result["versions"])
    assert len(result["phases"]["preprocess"]) == 3 and len(result["phases"]["predict"]) == 2
    assert config.read_bytes() == before


@pytest.mark.parametrize("stack", ["keras2"], indirect=True)
def test_channels_first_on_theano_gives_the_same_features(stack, environment, case):
    case.job["data_format"] = "channels_first"
    done = run(stack, environment, case)
    result = case.result()
    assert done.returncode == 0, done.stderr
    assert_features_are_right(case, result)
    assert result["data_format"] == "channels_first"


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_channels_first_on_tensorflow_is_refused_with_the_fix(stack, environment, case):
    case.job["data_format"] = "channels_first"
    assert run(stack, environment, case).returncode == 1
    assert "choose data_format 'channels_last'" in case.result()["error"]["message"]


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_unknown_call_is_refused(stack, environment, case):
    case.job["options"] = {"call": "fit"}
    assert run(stack, environment, case).returncode == 1
    assert "option call is 'fit'" in case.result()["error"]["message"]


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
@pytest.mark.parametrize("call", ["predict", "direct", "function", "jit"])
def test_every_way_of_calling_keras_gives_the_same_features(stack, environment, case, call):
    case.job["options"] = {"call": call}
    done = run(stack, environment, case)
    result = case.result()
    assert done.returncode == 0, done.stderr
    assert result["flags"]["call"] == call
    expected = forward(TINY.arrays, case.shared)
    for feature in case.job["features"]:
        entry = result["features"]["shared"][feature["name"]]
        assert relative_l2(case.array(entry), expected[feature["layer"]]) < 1e-6
    # XLA says so once in the log; nothing else in the result could tell.
    assert ("using XLA" in done.stderr) == (call == "jit")


def test_unknown_layer_is_refused_with_the_list(stack, environment, case):
    case.job["features"][0]["layer"] = "conv1_1"
    assert run(stack, environment, case).returncode == 1
    message = case.result()["error"]["message"]
    assert "no layer 'conv1_1'" in message and "'block1_conv1'" in message


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_name_that_keras3_takes_for_another_format_is_refused(stack, environment, case, tmp_path):
    path = tmp_path / "vgg16.weights.h5"
    write_weights(stack[1], TINY.arrays, path)
    case.job["weights"]["file"] = str(path)
    assert run(stack, environment, case).returncode == 1
    assert "rename it to end in '.h5'" in case.result()["error"]["message"]


@pytest.mark.parametrize("damage", ["missing", "cut", "transposed", "layer missing"])
def test_bad_weights_are_refused_by_name(stack, environment, case, tmp_path, damage):
    path = tmp_path / "bad.h5"
    arrays = dict(TINY.arrays)
    if damage == "layer missing":
        del arrays["block3_conv2"]
    if damage == "transposed":
        kernel, bias = arrays["fc1"]
        arrays["fc1"] = (kernel.T.copy(), bias)
    if damage != "missing":
        write_weights(stack[1], arrays, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    case.job["weights"]["file"] = str(path)
    assert run(stack, environment, case).returncode == 1
    result = case.result()
    assert result["status"] == "failed" and str(path) in result["error"]["message"]


@pytest.mark.parametrize("said", ["theano", "tensorflow"])
@pytest.mark.parametrize("stack", ["keras2"], indirect=True)
def test_kernels_are_flipped_once_whatever_the_file_says(stack, environment, case, tmp_path, said):
    """A file with a backend attribute is converted by Keras itself, and must not be twice."""
    path = tmp_path / "attributes.h5"
    turn = np.s_[::-1, ::-1] if said == "theano" else np.s_[:]
    arrays = {
        name: (kernel[turn].copy() if kernel.ndim == 4 else kernel, bias)
        for name, (kernel, bias) in TINY.arrays.items()
    }
    write_weights(stack[1], arrays, path)
    code = (
        "import sys, h5py, numpy\n"
        "with h5py.File(sys.argv[1], 'a') as f:\n"
        "    f.attrs['backend'] = numpy.bytes_(sys.argv[2])\n"
        "    f.attrs['keras_version'] = numpy.bytes_('2.3.1')\n"
    )
    subprocess.run([stack[1], "-c", code, str(path), said], check=True)
    case.job["weights"]["file"] = str(path)
    done = run(stack, environment, case)
    assert done.returncode == 0, done.stderr
    assert_features_are_right(case, case.result())


def test_started_is_written_before_any_framework_is_imported(stack, environment, case, tmp_path):
    for module in ("keras", "theano", "tensorflow"):
        package = tmp_path / "first" / module
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("import os; os._exit(9)\n")
    killing = {**environment, "PYTHONPATH": str(tmp_path / "first")}
    assert run(stack, killing, case).returncode == 9
    assert case.result()["status"] == "started"


def test_by_hand_prints_one_json_object_and_saves_the_feature(stack, environment, case, tmp_path):
    output = tmp_path / "feature.npy"
    arguments = ["--image", case.job["images"][0], "--weights", case.job["weights"]["file"]]
    arguments += ["--layer", "fc6", "--output", str(output)]
    done = run_extractor(*stack, arguments, environment)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["image_data_format", "load time", "preprocessing time", "predict time"]
    assert report.pop("image_data_format") == "channels_last"
    assert all(seconds > 0 for seconds in report.values())
    resized = (case.image[:1, 1::2, 1::2] - np.array(MEAN_RGB)).astype(np.float32)
    assert relative_l2(np.load(output), forward(TINY.arrays, resized)["fc1"]) < TOLERANCE


@pytest.mark.parametrize("missing", ["--image", "--weights"])
def test_by_hand_says_what_is_missing_in_one_sentence(stack, environment, case, missing):
    files = {"--image": case.job["images"][0], "--weights": case.job["weights"]["file"]}
    files[missing] = "nowhere.file"
    arguments = [word for pair in files.items() for word in pair] + ["--layer", "fc6"]
    done = run_extractor(*stack, arguments, environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and "nowhere.file" in done.stderr


def test_by_hand_lists_the_layers_when_one_is_unknown(stack, environment, case):
    arguments = ["--image", case.job["images"][0], "--weights", case.job["weights"]["file"]]
    done = run_extractor(*stack, [*arguments, "--layer", "fc9"], environment)
    assert done.returncode == 2 and "'fc9'" in done.stderr and "block5_pool" in done.stderr


def test_help_needs_no_framework(stack, environment, tmp_path):
    (tmp_path / "keras.py").write_text("raise SystemExit('keras was imported')")
    done = run_extractor(*stack, ["--help"], {**environment, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0 and "--layer" in done.stdout
