"""Both Keras extractors end to end on a tiny VGG16, against a float64 pass in NumPy.

One process of each Keras does most runs; those about the process itself have one of their own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from netparity.system.cache import cache_folder
from tests.support.one_process import Done, run_many
from tests.support.processors import every_processor
from tests.support.tiny_vgg16 import (
    MEAN_RGB,
    TINY,
    Case,
    forward,
    make_case,
    relative_l2,
    run_extractor,
    stack_environment,
    write_weights,
)

pytestmark = pytest.mark.xdist_group("keras extractors")
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
    with every_processor():  # of two threads, both are found where there are two
        done = run(stack, {**environment, "HOME": str(home)}, case)
    result = case.result()
    assert (done.returncode, result["status"]) == (0, "ok"), done.stderr
    assert_features_are_right(case, result)
    assert result["data_format"] == "channels_last"
    assert result["threads"] == {"requested": 2, "found": 2}
    assert {"python", "keras", "numpy", "h5py", "pillow"} < set(result["versions"])
    assert len(result["phases"]["preprocess"]) == 3 and len(result["phases"]["predict"]) == 2
    assert config.read_bytes() == before


@dataclass(frozen=True)
class Run:
    """A job or a command by hand, and how it ended."""

    case: Case
    done: Done

    def refusal(self) -> str:
        """The message of a job that failed."""
        assert self.done.returncode == 1
        result = self.case.result()
        assert result["status"] == "failed"
        return result["error"]["message"]


def by_hand(case: Case, layer: str, **files: str) -> list[str]:
    files = {"image": case.job["images"][0], "weights": case.job["weights"]["file"], **files}
    return [
        *(word for name, file in files.items() for word in (f"--{name}", file)),
        *("--layer", layer),
    ]


def bad_weights(damage: str, python: str, path: Path) -> None:
    arrays = dict(TINY.arrays)
    if damage == "layer missing":
        del arrays["block3_conv2"]
    if damage == "transposed":
        kernel, bias = arrays["fc1"]
        arrays["fc1"] = (kernel.T.copy(), bias)
    if damage != "missing":
        write_weights(python, arrays, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])


def write_weights_of(backend: str, python: str, path: Path) -> None:
    """The tiny weights as Keras 2.3.1 saves them on a backend, with the attributes that say so."""
    turn = np.s_[::-1, ::-1] if backend == "theano" else np.s_[:]
    arrays = {
        name: (kernel[turn].copy() if kernel.ndim == 4 else kernel, bias)
        for name, (kernel, bias) in TINY.arrays.items()
    }
    write_weights(python, arrays, path)
    code = (
        "import sys, h5py, numpy\n"
        "with h5py.File(sys.argv[1], 'a') as f:\n"
        "    f.attrs['backend'] = numpy.bytes_(sys.argv[2])\n"
        "    f.attrs['keras_version'] = numpy.bytes_('2.3.1')\n"
    )
    subprocess.run([python, "-c", code, str(path), backend], check=True)


BACKENDS = ("theano", "tensorflow")
DAMAGES = ("missing", "cut", "transposed", "layer missing")
CALLS = ("predict", "direct", "function", "jit")
BY_HAND: Mapping[str, Callable[[Case], list[str]]] = {
    "by hand": lambda case: by_hand(case, "fc6", output=str(case.output_dir / "feature.npy")),
    "by hand, --image": lambda case: by_hand(case, "fc6", image="nowhere.file"),
    "by hand, --weights": lambda case: by_hand(case, "fc6", weights="nowhere.file"),
    "by hand, fc9": lambda case: by_hand(case, "fc9"),
}


@pytest.fixture(scope="module")
def kept() -> dict[str, dict[str, Run]]:
    """Runs by extractor: pytest makes what depends on a parameter anew when that changes back."""
    return {}


@pytest.fixture
def runs(kept, stack, weights_file, tmp_path_factory) -> dict[str, Run]:
    """Every run below, by its name."""
    script, python = stack
    if script not in kept:
        kept[script] = run_all(script, python, weights_file, tmp_path_factory)
    return kept[script]


def run_all(script, python, weights_file, tmp_path_factory) -> dict[str, Run]:
    """Run them one after the other, in one process."""
    cases = {}

    def case_of(name: str) -> Case:
        cases[name] = make_case(tmp_path_factory.mktemp("run"), weights_file)
        return cases[name]

    case_of("unknown layer").job["features"][0]["layer"] = "conv1_1"
    for damage in DAMAGES:
        case = case_of(damage)
        path = case.output_dir / "bad.h5"
        bad_weights(damage, python, path)
        case.job["weights"]["file"] = str(path)
    if script == "extract_keras2.py":
        for backend in BACKENDS:
            case = case_of(backend)
            path = case.output_dir / "attributes.h5"
            write_weights_of(backend, python, path)
            case.job["weights"]["file"] = str(path)
    else:
        for call in ("fit", *CALLS):
            case_of(call).job["options"] = {"call": call}
        case = case_of("another format")
        path = case.output_dir / "vgg16.weights.h5"
        write_weights(python, TINY.arrays, path)
        case.job["weights"]["file"] = str(path)
    arguments = {name: [str(case.job_file)] for name, case in cases.items()}
    # By hand there are other threads, whose number TensorFlow fixes as it starts.
    arguments |= {name: words(case_of(name)) for name, words in BY_HAND.items()}
    # The last: Keras keeps what it sets.
    case = case_of("channels_first")
    case.job["data_format"] = "channels_first"
    arguments["channels_first"] = [str(case.job_file)]
    for case in cases.values():
        case.write()
    environment = stack_environment(cache_folder("theano"))
    done = run_many(script, python, arguments, environment, tmp_path_factory.mktemp("output"))
    return {name: Run(case, done[name]) for name, case in cases.items()}


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_channels_first_on_tensorflow_is_refused_with_the_fix(runs):
    assert "choose data_format 'channels_last'" in runs["channels_first"].refusal()


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_unknown_call_is_refused(runs):
    assert "option call is 'fit'" in runs["fit"].refusal()


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
@pytest.mark.parametrize("call", CALLS)
def test_every_way_of_calling_keras_gives_the_same_features(runs, call):
    case, done = runs[call].case, runs[call].done
    result = case.result()
    assert done.returncode == 0, done.stderr
    assert result["flags"]["call"] == call
    expected = forward(TINY.arrays, case.shared)
    for feature in case.job["features"]:
        entry = result["features"]["shared"][feature["name"]]
        assert relative_l2(case.array(entry), expected[feature["layer"]]) < 1e-6
    # XLA says so once in the log; nothing else in the result could tell.
    assert ("using XLA" in done.stderr) == (call == "jit")


def test_unknown_layer_is_refused_with_the_list(runs):
    message = runs["unknown layer"].refusal()
    assert "no layer 'conv1_1'" in message and "'block1_conv1'" in message


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_name_that_keras3_takes_for_another_format_is_refused(runs):
    assert "rename it to end in '.h5'" in runs["another format"].refusal()


@pytest.mark.parametrize("damage", DAMAGES)
def test_bad_weights_are_refused_by_name(runs, damage):
    assert runs[damage].case.job["weights"]["file"] in runs[damage].refusal()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("stack", ["keras2"], indirect=True)
def test_kernels_are_flipped_once_whatever_the_file_says(runs, backend):
    """A file with a backend attribute is converted by Keras itself, and must not be twice."""
    case, done = runs[backend].case, runs[backend].done
    assert done.returncode == 0, done.stderr
    assert_features_are_right(case, case.result())


@pytest.mark.parametrize("stack", ["keras2"], indirect=True)
def test_channels_first_on_theano_gives_the_same_features(runs):
    case, done = runs["channels_first"].case, runs["channels_first"].done
    result = case.result()
    assert done.returncode == 0, done.stderr
    assert_features_are_right(case, result)
    assert result["data_format"] == "channels_first"


def test_started_is_written_before_any_framework_is_imported(stack, environment, case, tmp_path):
    for module in ("keras", "theano", "tensorflow"):
        package = tmp_path / "first" / module
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("import os; os._exit(9)\n")
    killing = {**environment, "PYTHONPATH": str(tmp_path / "first")}
    assert run(stack, killing, case).returncode == 9
    assert case.result()["status"] == "started"


def test_by_hand_prints_one_json_object_and_saves_the_feature(runs):
    case, done = runs["by hand"].case, runs["by hand"].done
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["image_data_format", "load time", "preprocessing time", "predict time"]
    assert report.pop("image_data_format") == "channels_last"
    assert all(seconds > 0 for seconds in report.values())
    resized = (case.image[:1, 1::2, 1::2] - np.array(MEAN_RGB)).astype(np.float32)
    feature = np.load(case.output_dir / "feature.npy")
    assert relative_l2(feature, forward(TINY.arrays, resized)["fc1"]) < TOLERANCE


@pytest.mark.parametrize("missing", ["--image", "--weights"])
def test_by_hand_says_what_is_missing_in_one_sentence(runs, missing):
    done = runs[f"by hand, {missing}"].done
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and "nowhere.file" in done.stderr


def test_by_hand_lists_the_layers_when_one_is_unknown(runs):
    done = runs["by hand, fc9"].done
    assert done.returncode == 2 and "'fc9'" in done.stderr and "block5_pool" in done.stderr


def test_help_needs_no_framework(stack, environment, tmp_path):
    (tmp_path / "keras.py").write_text("raise SystemExit('keras was imported')")
    done = run_extractor(*stack, ["--help"], {**environment, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0 and "--layer" in done.stdout
