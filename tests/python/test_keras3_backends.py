"""Keras 3 on any backend: what an unknown one gets, with stand-ins for Keras and frameworks."""

from __future__ import annotations

import os
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import accelerator
import extract_keras3
import keras3_backend
from keras3_backend import Backend
from keras3_backends import backend_called
from stack import Settings


@pytest.fixture
def framework(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Keras and a backend called `abacus`, of which both give NumPy arrays."""
    config = SimpleNamespace(
        set_image_data_format=lambda name: None,
        set_dtype_policy=lambda name: None,
        dtype_policy=lambda: SimpleNamespace(name="float32"),
    )
    keras = ModuleType("keras")
    keras.__version__ = "3.99"
    keras.config = config
    keras.ops = SimpleNamespace(convert_to_tensor=np.asarray, convert_to_numpy=np.asarray)
    keras.utils = SimpleNamespace(load_img=None, img_to_array=None)
    abacus = ModuleType("abacus")
    abacus.__version__ = "1.2"
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setitem(sys.modules, "abacus", abacus)
    monkeypatch.setenv("KERAS_BACKEND", "abacus")
    monkeypatch.setenv("KERAS_HOME", "unchanged")


def settings(data_format: str = "channels_last", **options: str) -> Settings:
    return Settings(data_format, 2, options)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.usefixtures("framework")
def test_a_backend_that_is_not_known_runs_and_is_named(monkeypatch, data_format: str) -> None:
    monkeypatch.setattr("keras_stack.library_versions", dict)
    stack = extract_keras3.Keras3()
    stack.start(settings(data_format, call="direct"))
    found = stack.describe()
    assert found.code == "Keras 3.99 on abacus 1.2"
    assert found.versions == {"keras": "3.99", "abacus": "1.2"}
    assert (found.threads_found, found.blas) == (None, None)
    assert found.flags == {"call": "direct", "precision": "float32"}


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.usefixtures("framework")
def test_a_model_is_called_directly_and_not_in_training(several: bool) -> None:
    stack = extract_keras3.Keras3()
    stack.start(settings(call="direct"))

    def model(x, training):
        assert training is False
        return [x + 1, x + 2] if several else x + 1

    stack.use(model)
    assert [float(output[0]) for output in stack.predict(np.zeros(1))] == [1, 2][: 1 + several]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        (
            "abacus",
            {"call": "jit"},
            r"option call is 'jit', expected one of \('predict', 'on_batch', 'direct'\)",
        ),
        ("tensorflow", {"call": "fit"}, "option call is 'fit'.* on TensorFlow"),
        ("tensorflow", {"data_format": "channels_first"}, "choose data_format 'channels_last'"),
        ("abacus", {"data_format": "sideways"}, "data_format is 'sideways', expected one of"),
        ("jax", {"device": "tpu"}, r"option device is 'tpu', expected one of \('cpu', 'cuda'\)"),
        ("abacus", {"device": "cuda"}, r"device is 'cuda', expected one of \('cpu',\) on abacus"),
        ("jax", {"precision": "tf32"}, "only NVIDIA GPUs compute in; add device=cuda"),
        ("jax", {"precision": "float8"}, "option precision is 'float8', expected one of .* on JAX"),
    ],
)
def test_what_a_backend_does_not_support_is_refused_before_any_import(
    monkeypatch, name: str, changes: dict[str, str], words: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", name)
    monkeypatch.setattr(Backend, "start", lambda *rest: pytest.fail("it was imported"))
    with pytest.raises(ValueError, match=words):
        extract_keras3.Keras3().start(settings(**changes))


@pytest.fixture
def jax(monkeypatch) -> SimpleNamespace:
    """A JAX that records what its backend in Keras tells it, with one GPU of 2 GiB peak memory."""
    told = SimpleNamespace(precision=None)
    gpu = SimpleNamespace(
        device_kind="NVIDIA H200",
        compute_capability="9.0",
        memory_stats=lambda: {"peak_bytes_in_use": 2**31},
    )

    def update(name: str, value: str | None) -> None:
        told.precision = value
        config.jax_default_matmul_precision = value

    config = SimpleNamespace(update=update, jax_default_matmul_precision=None)
    told.module = SimpleNamespace(config=config, devices=lambda platform: [gpu])
    monkeypatch.setattr(keras3_backend.importlib, "import_module", lambda name: told.module)
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    for name in ("NPROC", "JAX_PLATFORMS"):
        monkeypatch.setenv(name, "unchanged")
    return told


def test_jax_is_told_its_threads_before_it_is_imported(monkeypatch, jax) -> None:
    seen = []

    def load(name: str) -> Any:
        seen.append((os.environ["NPROC"], os.environ["JAX_PLATFORMS"]))
        return jax.module

    monkeypatch.setattr(keras3_backend.importlib, "import_module", load)
    backend_called("jax").start(settings())
    assert seen == [("2", "cpu")]


@pytest.mark.parametrize(
    ("options", "told", "tf32"),
    [
        ({}, None, "yes"),
        ({"precision": "float32"}, "highest", "no"),
        ({"precision": "tf32"}, "tensorfloat32", "yes"),
    ],
)
def test_jax_on_a_gpu_says_which_one_and_whether_it_multiplies_in_tf32(
    monkeypatch, jax, options, told, tf32
) -> None:
    monkeypatch.setattr(accelerator, "driver_version", lambda: "580.1")
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    backend = backend_called("jax")
    backend.start(settings(device="cuda", **options))
    assert jax.precision == told
    assert backend.flags() == {
        "matmul_precision": told or "default",
        "XLA_FLAGS": "unset",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "tf32": tf32,
        "device": "cuda",
        "device_name": "NVIDIA H200",
        "device_driver": "580.1",
        "device_peak_bytes": str(2**31),
    }


@pytest.mark.usefixtures("framework", "jax")
def test_a_gpu_without_enough_memory_is_one_sentence(monkeypatch) -> None:
    stack = extract_keras3.Keras3()
    monkeypatch.setattr(stack, "backend", backend_called("jax"), raising=False)
    stack.backend.start(settings(device="cuda"))
    with (
        pytest.raises(
            ValueError, match=r"too little free memory .*: JAX ran out of it after 2\.00"
        ),
        stack.memory_of_device(),
    ):
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes.")
    with pytest.raises(RuntimeError, match="another"), stack.memory_of_device():
        raise RuntimeError("another error")


def test_without_a_gpu_jax_is_refused_with_the_fix(monkeypatch, jax) -> None:
    def devices(platform: str) -> Any:
        raise RuntimeError("Unknown backend cuda")

    jax.module.devices = devices
    with pytest.raises(ValueError, match=r"JAX finds no GPU \(Unknown backend cuda\); leave"):
        backend_called("jax").start(settings(device="cuda"))
