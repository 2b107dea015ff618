"""Files of real Keras: every layer equals what Keras computed from it, to float32's rounding."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from netparity.system.cache import cache_folder
from tests.support import keras_zoo
from tests.support.keras_zoo import FILES, end_error, errors, unpacked
from tests.support.tiny_vgg16 import stack_environment

MOST = 3e-6
SUPPORT = Path(keras_zoo.__file__).parent
PYTHON = SUPPORT.parents[1] / "python"

COMMITTED = {
    "keras3-every_layer.keras": 137,
    "keras3-every_layer_channels_first.h5": 100,
    "keras3-nested.keras": 19,
    "keras3-nested.h5": 19,
    "keras3-two_inputs.h5": 6,
    "keras3-sequential.keras": 4,
    "keras3-functions.keras": 5,
    "tf_keras-nested.keras": 2,
    "tf_keras-nested.h5": 2,
    "tf_keras-functions.keras": 5,
    "tf_keras-functions.h5": 5,
    "keras2-every_layer.h5": 90,
    "keras2-every_layer_channels_first.h5": 90,
    "keras2-nested.h5": 4,
    "keras2-sequential.h5": 4,
}
"""File to the least number of its layers that are compared."""


def check(path, computed, least):
    found = errors(path, computed, "channels_first" in path.name)
    assert {name: error for name, error in found.items() if not error < MOST} == {}
    assert len(found) >= least


@pytest.mark.parametrize("name", COMMITTED)
def test_every_layer_of_a_file_of_keras_is_computed_as_keras_did(name, tmp_path):
    check(unpacked(name, tmp_path), FILES / f"{name.split('.')[0]}.npz", COMMITTED[name])


@pytest.mark.slow
def test_what_keras_3_saves_now_is_read(keras3_python, tmp_path):
    command = [keras3_python, SUPPORT / "keras3_zoo.py", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    for computed in sorted(tmp_path.glob("*.npz")):
        for suffix in (".keras", ".h5"):
            # Keras writes functions into .h5 without their constants, and cannot load it either.
            if (computed.stem, suffix) != ("functions", ".h5"):
                check(computed.with_suffix(suffix), computed, 4)


@pytest.mark.slow
def test_what_keras_2_saves_now_is_read(keras2_python, tmp_path):
    environment = {**os.environ, **stack_environment(cache_folder("theano"))}
    command = [keras2_python, SUPPORT / "keras2_zoo.py", tmp_path, "nested", "sequential"]
    environment["PYTHONPATH"] = str(PYTHON)
    environment["THEANO_FLAGS"] += ",blas.ldflags=,optimizer=fast_compile"
    subprocess.run(command, check=True, capture_output=True, env=environment)
    for computed in sorted(tmp_path.glob("*.npz")):
        check(computed.with_suffix(".h5"), computed, 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("python", "keras", "least"),
    [
        ("keras3_python", "keras", 22),
        ("tf_keras_python", "tf_keras", 23),
        ("keras2_python", "keras2", 2),
    ],
)
def test_fine_tuned_and_wrapped_models_are_read(request, tmp_path, python, keras, least):
    environment = {**os.environ, **stack_environment(cache_folder("theano"))}
    environment["PYTHONPATH"] = str(PYTHON)
    environment["THEANO_FLAGS"] += ",blas.ldflags=,optimizer=fast_compile"
    script = SUPPORT / "keras_transfer_zoo.py"
    command = [request.getfixturevalue(python), script, keras, tmp_path]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    files = [*tmp_path.glob("*.keras"), *tmp_path.glob("*.h5")]
    found = {path.name: end_error(path, path.with_suffix(".npz")) for path in files}
    assert {name: error for name, error in found.items() if not error < MOST} == {}
    assert len(found) >= least


def test_half_of_the_padding_is_before_in_files_of_theano_and_the_notes_say_so(tmp_path):
    read = keras_zoo.read_file(unpacked("keras2-nested.h5", tmp_path))
    # 6 rows, 3 x 3 with stride 2: TensorFlow would pad (0, 1).
    assert read.network.node("strided").attributes["pads"] == (1, 0, 1, 0)
    assert any("Theano" in note for note in read.notes)


def test_kernels_of_theano_are_turned_round(tmp_path):
    path = unpacked("keras2-sequential.h5", tmp_path)
    import h5py

    with h5py.File(path) as file:
        stored = np.asarray(file["model_weights/conv/conv/kernel"])
    read = keras_zoo.read_file(path)
    np.testing.assert_array_equal(read.tensors["conv.kernel"], stored[::-1, ::-1])
