"""The networks of keras.applications and their own preprocessing; Keras is a stand-in."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from job_files import Preprocessing
from keras_networks import (
    application_called,
    applications,
    own_preprocessing,
    preprocess_input_of,
    stated_by,
)


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """As Keras has it: a module with `Net50` and `preprocess_input`, and the same name above."""
    module = ModuleType("standing.applications.net")
    source = (
        "def Net50(weights=None, input_shape=None): ...\n"
        "def preprocess_input(x, data_format=None):\n"
        "    assert data_format == 'channels_last'\n"
        "    return x / 127.5 - 1.0\n"
    )
    exec(compile(source, "net.py", "exec"), vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    listed = SimpleNamespace(Net50=module.Net50, net50=module, imagenet_utils=module)
    return SimpleNamespace(applications=listed, __version__="3.0")


def test_the_names_are_those_of_the_functions(keras: SimpleNamespace) -> None:
    assert applications(keras) == ["Net50"]
    assert application_called(keras, "Net50") is keras.applications.Net50
    with pytest.raises(ValueError, match="has no 'net50'"):
        application_called(keras, "net50")


def test_the_preprocessing_is_that_of_the_same_module(keras: SimpleNamespace) -> None:
    function = preprocess_input_of(keras.applications.Net50)
    stated = stated_by(function)
    assert stated == {
        **{"order": "RGB", "scale": 1 / 127.5, "mean": [1.0], "deviation": [1.0]},
        "filter": "nearest",
    }
    own = own_preprocessing(keras, "keras:Net50", Preprocessing(**stated))
    assert own is not None
    assert own(np.full((1, 2, 2, 3), 255, np.float32)).max() == 1


def test_any_other_network_or_preprocessing_has_none(keras: SimpleNamespace) -> None:
    stated = Preprocessing(**stated_by(preprocess_input_of(keras.applications.Net50)))
    for name in ("Net50", "keras:Net51", "torchvision:Net50"):
        assert own_preprocessing(keras, name, stated) is None
    for other in (replace(stated, filter="bicubic"), replace(stated, mean=[0.0])):
        assert own_preprocessing(keras, "keras:Net50", other) is None
