"""Keras 3 on any backend: what an unknown one gets, with stand-ins for Keras and frameworks."""

from __future__ import annotations

import os
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import extract_keras3
import keras3_backends
from keras3_backends import Backend, backend_called
from stack import Settings


@pytest.fixture
def framework(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Keras and a backend called `abacus`, of which both give NumPy arrays."""
    config = SimpleNamespace(
        set_image_data_format=lambda name: None,
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
            r"option call is 'jit', expected one of \('predict', 'direct'\)",
        ),
        ("tensorflow", {"call": "fit"}, "option call is 'fit'.* on TensorFlow"),
        ("tensorflow", {"data_format": "channels_first"}, "choose data_format 'channels_last'"),
        ("abacus", {"data_format": "sideways"}, "data_format is 'sideways', expected one of"),
    ],
)
def test_what_a_backend_does_not_support_is_refused_before_any_import(
    monkeypatch, name: str, changes: dict[str, str], words: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", name)
    monkeypatch.setattr(Backend, "start", lambda *rest: pytest.fail("it was imported"))
    with pytest.raises(ValueError, match=words):
        extract_keras3.Keras3().start(settings(**changes))


def test_jax_is_told_its_threads_before_it_is_imported(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(
        keras3_backends.importlib, "import_module", lambda name: seen.append(os.environ["NPROC"])
    )
    monkeypatch.setenv("NPROC", "64")
    backend_called("jax").start(2)
    assert seen == ["2"]
