"""Keras 3: `.weights.h5` (arrays by kind and number of the layer) and `.keras` (an archive).

`layers/conv2d_3/vars/0` is the kernel of the fourth convolution and `vars/1` its bias; the
attribute `name` of `vars` is the user's name for the layer. A `.keras` file is a zip archive of
`config.json`, `metadata.json` and such a `model.weights.h5`. First layer BGR, kernels HWIO.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netparity.files import hdf5, hdf5_writing, zip_file
from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.networks import Layer, Network
from netparity.system.drafts import drafting
from netparity.weights.contents import Format, Tensors, bias_values, kernel_values
from netparity.weights.formats import keras3_listing
from netparity.weights.layout import Layout
from netparity.weights.listing import Listing

_LAYOUT = Layout(flat=True, first="BGR")
_INSIDE = "model.weights.h5"
_KERAS_VERSION = "3.0.0"


def recognise_h5(source: Source) -> bool:
    """Whether it is HDF5 with Keras 3's groups."""
    if not source.head.startswith(hdf5.SIGNATURE):
        return False
    return keras3_listing.recognises(source.hdf5)


def recognise_archive(source: Source) -> bool:
    """Whether it is an archive that contains Keras 3 weights."""
    return zip_file.looks_like(source.head) and _INSIDE in source.members


def listing_of_h5(source: Source) -> Listing:
    """Read `.weights.h5`.

    Raises:
        InputError: if the file is damaged or has another layout.
    """
    with reading(source.path, "Keras 3 .weights.h5"):
        return keras3_listing.listing_of(source.hdf5)


def listing_of_archive(source: Source) -> Listing:
    """Read `.keras`; its configuration is ignored, and nothing in it is run.

    Raises:
        InputError: if the file is damaged or has another layout.
    """
    with reading(source.path, "a .keras archive"):
        return keras3_listing.listing_of(source.hdf5_in_archive(_INSIDE))


def write_h5(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the same as `model.save_weights`."""
    with hdf5_writing.creating(path) as file:
        file.create_group("vars").attrs["name"] = model.name
        for group, name, layer in _groups(model):
            made = file.create_group(f"layers/{group}/vars")
            made.attrs["name"] = name
            if layer is not None and layer.parameters:
                shape, values = kernel_values(tensors, layer, _LAYOUT)
                hdf5_writing.write(made, "0", shape, values)
                hdf5_writing.write(made, "1", *bias_values(tensors, layer))


def write_archive(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the same as `model.save`; `keras.models.load_model` can load it."""
    with drafting(path.with_suffix(".h5")) as inside:
        write_h5(inside, model, tensors)
        with zip_file.writing(path) as archive:
            metadata = {"keras_version": _KERAS_VERSION, "date_saved": "1980-01-01@00:00:00"}
            zip_file.add(archive, "metadata.json", [json.dumps(metadata).encode()])
            zip_file.add(archive, "config.json", [json.dumps(_config(model)).encode()])
            zip_file.add_file(archive, _INSIDE, inside)


def _groups(model: Network) -> Iterator[tuple[str, str, Layer | None]]:
    """Every layer of the Keras model: its group, its name, and netparity's layer."""
    counts: dict[str, int] = {}
    yield "input_layer", "input_layer", None
    kinds = {"conv": "conv2d", "pool": "max_pooling2d", "dense": "dense"}
    for layer in model.layers:
        if layer.kind == "dense" and "dense" not in counts:
            yield "flatten", "flatten", None
        kind = kinds[layer.kind]
        count = counts.get(kind, 0)
        counts[kind] = count + 1
        yield f"{kind}_{count}" if count else kind, layer.names["keras"], layer


def _config(model: Network) -> dict[str, Any]:
    """The network as a Keras 3 configuration."""
    shape: tuple[int, ...] = (*model.input_size, 3)
    described = [
        _described("InputLayer", "input_layer", {"batch_shape": [None, *shape], "dtype": "float32"})
    ]
    before = "input_layer"
    for _, name, layer in list(_groups(model))[1:]:
        kind, config = _layer_config(layer)
        entry = _described(kind, name, config)
        tensor = {"shape": [None, *shape], "dtype": "float32", "keras_history": [before, 0, 0]}
        argument = {"class_name": "__keras_tensor__", "config": tensor}
        entry["inbound_nodes"] = [{"args": [argument], "kwargs": {}}]
        if layer is None or layer.parameters:
            entry["build_config"] = {"input_shape": [None, *shape]}
        described.append(entry)
        shape = (shape[0] * shape[1] * shape[2],) if layer is None else layer.output_shape
        before = name
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": model.name,
            "trainable": True,
            "layers": described,
            "input_layers": ["input_layer", 0, 0],
            "output_layers": [before, 0, 0],
        },
        "registered_name": "Functional",
        "build_config": {"input_shape": [None, *model.input_size, 3]},
    }


def _described(kind: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": kind,
        "config": {"name": name} | config,
        "registered_name": None,
        "name": name,
        "inbound_nodes": [],
    }


def _layer_config(layer: Layer | None) -> tuple[str, dict[str, Any]]:
    if layer is None:
        return "Flatten", {"data_format": "channels_last"}
    if layer.kind == "pool":
        return "MaxPooling2D", {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid"}
    assert layer.kernel_shape is not None
    common = {"activation": layer.activation, "use_bias": True}
    if layer.kind == "dense":
        return "Dense", {"units": layer.kernel_shape[3]} | common
    return "Conv2D", {
        "filters": layer.kernel_shape[3],
        "kernel_size": list(layer.kernel_shape[:2]),
        "strides": [1, 1],
        "padding": "same",
        "data_format": "channels_last",
    } | common


FORMATS = (
    Format(
        "keras-weights-h5",
        "Keras 3 .weights.h5",
        (".weights.h5",),
        recognise_h5,
        listing_of_h5,
        write_h5,
        tool="Keras 3",
        brought="`save_weights`, of nested models too",
    ),
    Format(
        "keras", "Keras 3 .keras", (".keras",), recognise_archive, listing_of_archive, write_archive
    ),
)
