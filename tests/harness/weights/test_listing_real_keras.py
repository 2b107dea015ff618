"""Files of weights alone that real Keras 1 to 3 wrote list what Keras had in them, in its order."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.weights import tensor_names
from netparity.weights.formats import keras3, keras_h5, npz
from netparity.weights.listing import Listing
from tests.support.unexamined import unexamined

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests" / "support" / "keras_weight_files.py"
ROLES = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


def made(python: str, module: str, folder: Path, path: str = "") -> Path:
    flags = f"blas.ldflags=-lopenblas,floatX=float32,base_compiledir={folder}/theano"
    environment = os.environ | {
        "PYTHONPATH": path,
        "THEANO_FLAGS": flags,
        "CUDA_VISIBLE_DEVICES": "",
    }
    command = [python, SCRIPT, module, folder]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def keras3_files(keras3_python: str, tmp_path_factory) -> Path:
    return made(keras3_python, "keras", tmp_path_factory.mktemp("keras3"))


@pytest.fixture(scope="module")
def tf_keras_files(tf_keras_python: str, tmp_path_factory) -> Path:
    return made(tf_keras_python, "tf_keras", tmp_path_factory.mktemp("tf_keras"))


@pytest.fixture(scope="module")
def keras2_files(keras2_python: str, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("keras2")
    return made(keras2_python, "keras", folder, str(ROOT / "python"))


def check(folder: Path, found: Listing, names: bool = True) -> None:
    """Layer by layer and role by role, the arrays are Keras's."""
    with np.load(folder / "truth.npz") as file:
        truth = tensor_names.by_layer({name: file[name] for name in file.files})
    layers = tensor_names.by_layer(found.tensors)
    assert len(truth) == len(layers)
    with unexamined():
        for (wanted, arrays), (layer, listed) in zip(truth.items(), layers.items(), strict=True):
            if names:
                assert layer.rpartition("/")[2] == wanted.rpartition("/")[2]
            assert set(listed) == set(arrays) <= set(ROLES)
            assert all(np.array_equal(listed[role].load(), arrays[role]) for role in arrays)


def source(path: Path) -> Source:
    return Source(path, WEIGHTS)


def test_keras_3(keras3_files: Path) -> None:
    found = keras3.listing_of_h5(source(keras3_files / "nested.weights.h5"))
    check(keras3_files, found)
    assert found.ordered and found.dropout and not found.notes
    # Adam keeps two arrays for each of 15 that are trained, a counter and its rate.
    assert found.left_out == ("state of an optimizer (32 tensors)",)
    assert list(found.tensors)[:2] == ["base/c0/kernel", "base/c0/bias"]
    check(keras3_files, npz.listing(source(keras3_files / "numbered.npz")), names=False)


def test_tf_keras(tf_keras_files: Path) -> None:
    found = keras3.listing_of_h5(source(tf_keras_files / "nested.weights.h5"))
    check(tf_keras_files, found, names=False)
    assert found.ordered and next(iter(found.tensors)) == "functional/conv2d/kernel"
    found = keras_h5.listing(source(tf_keras_files / "nested.h5"))
    check(tf_keras_files, found)
    assert next(iter(found.tensors)) == "base/c0/kernel:0" and not found.convention.rotated
    check(tf_keras_files, npz.listing(source(tf_keras_files / "numbered.npz")), names=False)


def test_keras_2_on_theano(keras2_files: Path) -> None:
    found = keras_h5.listing(source(keras2_files / "nested.h5"))
    check(keras2_files, found)
    assert found.convention.rotated and found.convention.kernels == ("HWIO",)
    # It lists a nested model's weights that are not trained behind all others.
    with pytest.raises(InputError, match="which of 9 vectors in a row"):
        npz.listing(source(keras2_files / "numbered.npz"))


def test_names_from_keras_in_an_archive(tf_keras_files: Path) -> None:
    found = npz.listing(source(tf_keras_files / "truth.npz"))
    check(tf_keras_files, found)
    assert found.ordered and found.convention.first == "BGR"
