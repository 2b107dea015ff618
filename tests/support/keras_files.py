"""Keras files made by hand: configurations as Keras 1, 2 and 3 write them, and their weights."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.reading.base import ReadNetwork
from netparity.networks.reading.keras import read
from tests.support.unexamined import unexamined

Json = dict[str, Any]
Arrays = Mapping[str, list[np.ndarray]]


def tensor(layer: str, call: int = 0, output: int = 0) -> Json:
    """Keras 3's description of a tensor."""
    config = {"shape": [], "dtype": "float32", "keras_history": [layer, call, output]}
    return {"class_name": "__keras_tensor__", "config": config}


def layer(kind: str, name: str, *inputs: str, **config: Any) -> Json:
    """A layer as Keras 3 describes it, called once with one tensor or a list of them."""
    given: list[Any] = [tensor(i) for i in inputs]
    calls = [{"args": given if len(given) == 1 else [given], "kwargs": {}}] if inputs else []
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name, **config},
        "registered_name": None,
        "name": name,
        "inbound_nodes": calls,
    }


def image(*shape: int | None, name: str = "image") -> Json:
    """An input layer of Keras 3."""
    return layer("InputLayer", name, batch_shape=[None, *shape], dtype="float32")


def functional(*layers: Json, name: str = "model", outputs: str = "") -> Json:
    """A functional model of Keras 3; its output is the last layer's unless it is said."""
    inputs = [[entry["name"], 0, 0] for entry in layers if entry["class_name"] == "InputLayer"]
    last = outputs or layers[-1]["name"]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": name,
            "layers": list(layers),
            "input_layers": inputs[0] if len(inputs) == 1 else inputs,
            "output_layers": [last, 0, 0],
        },
        "registered_name": "Functional",
    }


def older(kind: str, name: str, *inputs: str, **config: Any) -> Json:
    """A layer as Keras 1 and 2 describe it."""
    nodes = [[[i, 0, 0, {}] for i in inputs]] if inputs else []
    return {
        "class_name": kind,
        "name": name,
        "config": {"name": name, **config},
        "inbound_nodes": nodes,
    }


def older_model(*layers: Json, name: str = "model") -> Json:
    """A functional model of Keras 1 or 2."""
    inputs = [[entry["name"], 0, 0] for entry in layers if entry["class_name"] == "InputLayer"]
    outputs = [[layers[-1]["name"], 0, 0]]
    config = {"name": name, "layers": [*layers], "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Model", "config": config}


def write_keras(
    path: Path, config: Any, arrays: Mapping[str, list[np.ndarray]] | None = None, **metadata: Any
) -> Path:
    """A `.keras` file. arrays: by group (`layers/conv2d`), a list each."""
    inside = BytesIO()
    with h5py.File(inside, "w") as file:
        file.create_group("layers")
        for group, values in (arrays or {}).items():
            made = file.create_group(f"{group}/vars")
            for place, array in enumerate(values):
                made[str(place)] = array
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0", **metadata}))
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        archive.writestr("model.weights.h5", inside.getvalue())
    return path


def write_h5(
    path: Path,
    config: Any,
    arrays: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    **attributes: str,
) -> Path:
    """An `.h5` file. arrays: by layer of the outermost model, the arrays by their names."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        for name, value in attributes.items():
            file.attrs[name] = value
        inside = file.create_group("model_weights")
        inside.attrs["layer_names"] = [name.encode() for name in arrays or {}]
        for group, listed in (arrays or {}).items():
            made = inside.create_group(group)
            made.attrs["weight_names"] = [name.encode() for name in listed]
            for name, values in listed.items():
                made[name] = values
    return path


def read_file(path: Path, **options: Any) -> ReadNetwork:
    """The network of a file that a test has just written, or that is committed."""
    with unexamined():
        return read(Source(path, WEIGHTS), **options)
