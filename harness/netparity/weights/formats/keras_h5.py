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

from netparity.files import hdf5
from netparity.files.limits import DamagedError, reading
from netparity.files.source import Source
from netparity.networks import Layer, Network
from netparity.weights.contents import (
    Contents,
    Format,
    Pair,
    Tensors,
    bias_values,
    convolution_axes,
    kernel_values,
)
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
    return "layer_names" in root.attributes or "model_weights" in root.members


def read(source: Source) -> Contents:
    """Read such a file; a whole saved Keras 2 model is accepted too.

    Raises:
        InputError: if the file is damaged or has another layout.
    """
    path = source.path
    with reading(path, "Keras .h5"):
        root = source.hdf5
        if "model_weights" in root.members:
            root = hdf5.group(root, "model_weights")
        if "layer_names" not in root.attributes:
            raise DamagedError(
                "it has no attribute 'layer_names', so it is not a Keras weight file of the "
                "published layout"
            )
        names = [hdf5.text(name) for name in np.atleast_1d(root.attributes["layer_names"])]
        pairs = tuple(_pairs(root, names))
        layout, reason = _layout(root, pairs, path.name)
        # Keras 2.3.1 fails on version attributes, which h5py 3 reads as str.
        silent = not {"keras_version", "backend"} & set(root.attributes)
        plain = silent and layout == _PUBLISHED and path.name.endswith(SUFFIXES)
        return Contents(
            pairs=pairs,
            layout=layout,
            reason=reason,
            names=lambda model: [layer.names["keras"] for layer in model.parametric_layers],
            dropout=any(name.startswith("dropout") for name in names),
            # Keras 3 recognises its own format by this suffix.
            as_it_is=plain and not path.name.endswith(".weights.h5"),
        )


def _pairs(root: hdf5.Group, names: list[str]) -> Iterator[Pair]:
    for name in names:
        group = hdf5.group(root, name)
        listed = [
            hdf5.text(name) for name in np.atleast_1d(group.attributes.get("weight_names", ()))
        ]
        arrays = [hdf5.floats(hdf5.member(group, name), name) for name in listed]
        if not arrays:
            continue
        if len(arrays) != 2:
            raise DamagedError(
                f"layer {name!r} has {len(arrays)} arrays; expected a kernel and a bias"
            )
        yield Pair(name, *arrays)


def _layout(root: hdf5.Group, pairs: tuple[Pair, ...], file_name: str) -> tuple[Layout, str]:
    axes = convolution_axes(pair.kernel for pair in pairs)
    if axes == "OIHW" or (axes is None and "th_dim_ordering" in file_name):
        layout, reason = _THEANO_ORDERED, "kernel shapes end in 3 x 3, as in Theano's ordering"
    else:
        layout, reason = _PUBLISHED, "kernel shapes begin with 3 x 3, as in TensorFlow's ordering"
    if axes is None:
        reason = "kernel shapes do not determine the ordering; TensorFlow's is assumed unless the "
        reason += "file's name contains th_dim_ordering"
    if (backend := root.attributes.get("backend")) is not None:
        layout = replace(layout, rotated=hdf5.text(backend) == "theano")
        return layout, f"{reason}; the attribute 'backend' is {hdf5.text(backend)[:40]!r}"
    for mark, rotated in (("th_kernels", True), ("tf_kernels", False)):
        if mark in file_name:
            return replace(layout, rotated=rotated), f"{reason}; the file's name contains {mark}"
    if layout.rotated:
        reason += "; the file does not say for which convolution, and published files of this "
        reason += "ordering are for Theano's (weights verify can tell)"
    return layout, reason


def _writer(
    layout: Layout, arrays: tuple[str, str], attributes: dict[str, str]
) -> Callable[[Path, Network, Tensors], None]:
    def write(path: Path, model: Network, tensors: Tensors) -> None:
        import h5py

        with h5py.File(path, "w", libver="earliest") as file:
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
        hdf5.write(group, array, shape, values)


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
        read,
        _writer(_PUBLISHED, _OLD, {}),
    ),
    Format(
        "keras-h5-theano",
        "Keras .h5, as published for Theano (th_dim_ordering_th_kernels)",
        SUFFIXES,
        None,
        read,
        _writer(_THEANO_ORDERED, ("{0}_W", "{0}_b"), {}),
        only_to=True,
    ),
    Format(
        "keras2-h5",
        "Keras .h5, of Keras 2 on TensorFlow",
        SUFFIXES,
        None,
        read,
        _writer(_PUBLISHED, _NEW, _KERAS2),
        only_to=True,
    ),
    Format(
        "keras2-h5-theano",
        "Keras .h5, of Keras 2 on Theano",
        SUFFIXES,
        None,
        read,
        _writer(
            replace(_PUBLISHED, rotated=True),
            ("{0}/kernel", "{0}/bias"),
            _KERAS2 | {"backend": "theano"},
        ),
        only_to=True,
    ),
)
