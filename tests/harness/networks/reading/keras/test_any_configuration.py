"""Whatever a configuration says, reading ends in a network or in one sentence."""

from __future__ import annotations

import copy
import json
import lzma
import zipfile
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netparity.errors import InputError
from netparity.files.stored import Stored
from netparity.networks.reading.keras.reading import network_of
from netparity.networks.reading.keras.saved import Saved
from tests.support.keras_zoo import FILES


class Anything:
    """Weights that have whatever arrays were there for a layer of this name."""

    def __init__(self, arrays):
        self._arrays = arrays

    def of_layer(self, name, key):
        return [
            Stored(name, shape, np.dtype("f4"), lambda a, b: np.ones(b - a, "f4"))
            for shape in self._arrays.get(key.split("_")[0], ())
        ]

    def of_model(self, name, key):
        return self


ARRAYS = {
    "conv2d": ((3, 3, 4, 3), (3,)),
    "dense": ((5, 5), (5,)),
    "batch": ((4,),) * 4,
    "p": ((1, 1, 4),),
    "layer": ((4,),) * 2,
    "depthwise": ((3, 3, 4, 1), (4,)),
}


def config_of(name):
    packed = (FILES / f"keras3-{name}.keras.xz").read_bytes()
    with zipfile.ZipFile(BytesIO(lzma.decompress(packed))) as archive:
        return json.loads(archive.read("config.json"))


def small(config):
    """Only the layers that read the image, a few at a time, so that each is met."""
    layers = config["config"]["layers"]
    first = layers[0]
    for entry in layers[1:]:
        yield {
            **config,
            "config": {
                **config["config"],
                "layers": [first, entry],
                "output_layers": [entry["name"], 0, 0],
            },
        }


CONFIGS = [*small(config_of("every_layer")), config_of("nested"), config_of("functions")]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from(["same", "valid", "channels_first", "relu", "softmax", "Dense", "image", ""])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["class_name", "config", "name", "args", "x"]), inner)
    ),
    max_leaves=6,
)


def places(value, path=()):
    """The path of every part of a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    result = copy.copy(value)
    result[path[0]] = replaced(value[path[0]], path[1:], new)
    return result


def ends(config, version):
    try:
        network_of(Saved(config, version, "", Anything(ARRAYS)))
    except InputError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 600


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_configuration_is_read_or_refused(data):
    config = data.draw(st.sampled_from(CONFIGS), "config")
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([*places(config)]), "path")
        config = replaced(config, path, data.draw(JSON, "new"))
    ends(config, data.draw(st.sampled_from([1, 2, 3, None])))


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(config):
    ends(config, 3)


@pytest.mark.parametrize("field", ["strides", "pool_size", "padding", "axis", "data_format"])
@pytest.mark.parametrize("value", [0, -1, 2**40, [0, 0], [], None, "x", {}, True, 1.5, [1, 2, 3]])
def test_fields_of_any_value_are_read_or_refused(field, value):
    for config in CONFIGS:
        entry = config["config"]["layers"][-1]
        if field in entry["config"]:
            changed = {**entry, "config": {**entry["config"], field: value}}
            layers = [config["config"]["layers"][0], changed]
            ends({**config, "config": {**config["config"], "layers": layers}}, 3)
