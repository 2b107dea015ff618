"""Keras .h5: one group per layer, as in Keras 1, Keras 2 and the published files.

The root's attribute `layer_names` gives the order of the layers, and each group's `weight_names`
its arrays. The published files have no other attributes; Keras 2 adds `keras_version` and
`backend`. The first layer takes BGR. In a published file's name, `th_kernels` means that
convolutions are rotated by 180 degrees for Theano's convolution, and `th_dim_ordering` that kernels
are OIHW and the image is flattened channels first (see `preprocess_weights_for_loading` in Keras
2.0.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from netparity.files import hdf5, hdf5_writing
from netparity.files.source import Source
from netparity.networks import Layer, Network
from netparity.weights import tensor_shapes
from netparity.weights.contents import (
    Format,
    Tensors,
    bias_values,
    kernel_values,
)
from netparity.weights.formats.keras_h5_listing import listing
from netparity.weights.layout import Layout

NAME = "keras-h5"
SUFFIXES = (".h5", ".hdf5")

_PUBLISHED = Layout(flat=True, first="BGR")
_THEANO_ORDERED = Layout("OIHW", "IHWO", flat=True, rotated=True, first="BGR")
_KERAS2 = {"keras_version": "2.3.1", "backend": "tensorflow"}


def recognise(source: Source) -> bool:
    """Whether it is HDF5 with the root attribute of this format, or a whole saved model."""
    if not source.head.startswith(hdf5.SIGNATURE):
        return False
    root = source.hdf5
    marks = {"layer_names", "layer_names0", "nb_layers"} & set(root.attributes)
    return bool(marks) or "model_weights" in root.members


def published_layers(source: Source) -> list[str]:
    """The layers with weights of a file that Keras 2 and 3 load as they load published ones.

    Returns:
        In the file's order; empty if its layout is another, or the tools do not load it: Keras
        2.3.1 fails on version attributes, which h5py 3 reads as text, and Keras 3 takes a file
        named `.weights.h5` for its own.
    """
    root, name = source.hdf5, source.path.name
    if "layer_names" not in root.attributes or {"keras_version", "backend"} & set(root.attributes):
        return []
    found = listing(source)
    plain = tensor_shapes.kernel_axes(found.tensors) != "OIHW" and not found.convention.rotated
    if not plain or not name.endswith(SUFFIXES) or name.endswith(".weights.h5"):
        return []
    return [layer for layer in _layer_names(root) if _weight_names(hdf5.group(root, layer))]


def _layer_names(root: hdf5.Group) -> list[str]:
    return [hdf5.text(name) for name in np.atleast_1d(root.attributes["layer_names"])]


def _weight_names(group: hdf5.Group) -> list[str]:
    return [hdf5.text(name) for name in np.atleast_1d(group.attributes.get("weight_names", ()))]


def _writer(
    layout: Layout, arrays: tuple[str, str], attributes: dict[str, str]
) -> Callable[[Path, Network, Tensors], None]:
    def write(path: Path, model: Network, tensors: Tensors) -> None:
        with hdf5_writing.creating(path, libver="earliest") as file:
            groups = list(_groups(model))
            file.attrs["layer_names"] = np.array([name.encode() for name, _ in groups])
            for key, value in attributes.items():
                file.attrs[key] = np.bytes_(value)  # which Keras 2 can decode under h5py 3
            for name, layer in groups:
                _write_group(file.create_group(name), name, layer, layout, arrays, tensors)

    return write


def _write_group(
    group: Any,
    name: str,
    layer: Layer | None,
    layout: Layout,
    arrays: tuple[str, str],
    tensors: Tensors,
) -> None:
    if layer is None:
        group.attrs["weight_names"] = np.array([], dtype="S1")
        return
    names = [pattern.format(name) for pattern in arrays]
    group.attrs["weight_names"] = np.array([array.encode() for array in names])
    both = kernel_values(tensors, layer, layout), bias_values(tensors, layer)
    for array, (shape, values) in zip(names, both, strict=True):
        hdf5_writing.write(group, array, shape, values)


def _groups(model: Network) -> Iterator[tuple[str, Layer | None]]:
    """Every layer of the Keras model in order, including those without weights."""
    yield "input_1", None
    flattened = False
    for layer in model.layers:
        if layer.kind == "dense" and not flattened:
            yield "flatten", None
            flattened = True
        yield layer.names["keras"], layer if layer.parameters else None


_OLD, _NEW = ("{0}_W_1:0", "{0}_b_1:0"), ("{0}/kernel:0", "{0}/bias:0")

FORMATS = (
    Format(
        NAME,
        "Keras .h5, as published (tf_dim_ordering_tf_kernels)",
        SUFFIXES,
        recognise,
        listing,
        _writer(_PUBLISHED, _OLD, {}),
        tool="Keras 1, Keras 2, tf-keras",
        brought="`save_weights`, whatever the layers are called; the layout of 2015 too",
    ),
    Format(
        "keras-h5-theano",
        "Keras .h5, as published for Theano (th_dim_ordering_th_kernels)",
        SUFFIXES,
        None,
        listing,
        _writer(_THEANO_ORDERED, ("{0}_W", "{0}_b"), {}),
        only_to=True,
    ),
    Format(
        "keras2-h5",
        "Keras .h5, of Keras 2 on TensorFlow",
        SUFFIXES,
        None,
        listing,
        _writer(_PUBLISHED, _NEW, _KERAS2),
        only_to=True,
    ),
    Format(
        "keras2-h5-theano",
        "Keras .h5, of Keras 2 on Theano",
        SUFFIXES,
        None,
        listing,
        _writer(
            replace(_PUBLISHED, rotated=True),
            ("{0}/kernel", "{0}/bias"),
            _KERAS2 | {"backend": "theano"},
        ),
        only_to=True,
    ),
)
