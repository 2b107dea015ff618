"""Keras .h5 in the layout of the published `vgg16_weights_tf_dim_ordering_tf_kernels.h5`.

One group per layer of the Keras model; the root's attribute `layer_names` gives their order
and each group's `weight_names` the data sets in it. There is no `keras_version` attribute.
Kernels are HWIO (dense: inputs x units, flattened height, width, channels); the first layer
takes BGR.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netparity.errors import InputError
from netparity.models import Layer, Model
from netparity.weights.canonical import Tensor, Tensors

if TYPE_CHECKING:
    import h5py

NAME = "keras-h5"
SUFFIXES = (".h5", ".hdf5")

_FIRST = "conv1_1"
_MOST_VALUES = 2**28


def suits(path: Path) -> bool:
    """Whether Keras 3, which tells the format by the name, takes this one for what it is."""
    return path.name.endswith(SUFFIXES) and not path.name.endswith(".weights.h5")


def write(path: Path, model: Model, tensors: Tensors) -> None:
    """Write the weights as the published file holds them."""
    import h5py

    with h5py.File(path, "w", libver="earliest") as file:
        groups = list(_groups(model))
        file.attrs["layer_names"] = np.array([name.encode() for name, _ in groups])
        for name, layer in groups:
            group = file.create_group(name)
            if layer is None:
                group.attrs["weight_names"] = np.array([], dtype="S1")
                continue
            arrays = {
                f"{name}_W_1:0": _to_keras(tensors[layer.kernel], layer),
                f"{name}_b_1:0": tensors[layer.bias],
            }
            group.attrs["weight_names"] = np.array([key.encode() for key in arrays])
            for key, array in arrays.items():
                group.create_dataset(key, data=array)


def read(path: Path, model: Model) -> dict[str, Tensor]:
    """Read such a file; a whole saved Keras 2 model is accepted too.

    Raises:
        InputError: if the file is damaged or has another layout.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            root = _own(file, "model_weights") if "model_weights" in file else file
            return _read_layers(root, model, path)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"weights {path} cannot be read as Keras .h5: {error}; is the download complete?"
        ) from error


def _groups(model: Model) -> Iterator[tuple[str, Layer | None]]:
    """Every layer of the Keras model in order, with those that hold no weights."""
    yield "input_1", None
    flattened = False
    for layer in model.layers:
        if layer.kind == "dense" and not flattened:
            yield "flatten", None
            flattened = True
        yield layer.names["keras"], layer if layer.parameters else None


def _to_keras(kernel: Tensor, layer: Layer) -> Tensor:
    if layer.kind == "dense":
        return kernel.reshape(-1, kernel.shape[3])
    return kernel[:, :, ::-1, :] if layer.name == _FIRST else kernel


def _from_keras(kernel: Tensor, layer: Layer) -> Tensor:
    if layer.kind == "dense" and kernel.ndim == 2:
        assert layer.kernel_shape is not None
        height, width = layer.kernel_shape[:2]
        if kernel.shape[0] % (height * width) == 0:
            return kernel.reshape(height, width, -1, kernel.shape[1])
    return kernel[:, :, ::-1, :] if layer.name == _FIRST and kernel.ndim == 4 else kernel


def _read_layers(root: h5py.Group, model: Model, path: Path) -> dict[str, Tensor]:
    if "layer_names" not in root.attrs:
        raise InputError(
            f"weights {path} has no attribute 'layer_names': it is no Keras weight file of the "
            "published layout (Keras 3's .weights.h5 is another format)"
        )
    if _text(root.attrs.get("backend", "tensorflow")) == "theano":
        raise InputError(
            f"weights {path} was written by Keras with Theano, whose kernels are rotated; save it "
            "again with the TensorFlow backend"
        )
    named = {layer.names["keras"]: layer for layer in model.parametric_layers}
    tensors: dict[str, Tensor] = {}
    for name in map(_text, np.atleast_1d(root.attrs["layer_names"])):
        arrays = _arrays(root, name)
        if not arrays:
            continue
        layer = named.get(name)
        if layer is None:
            raise InputError(
                f"weights {path}: layer {name!r} does not belong to {model.name}, whose layers "
                f"with weights are {', '.join(named)}"
            )
        if len(arrays) != 2:
            raise InputError(
                f"weights {path}: layer {name!r} has {len(arrays)} arrays; expected a kernel "
                "and a bias"
            )
        if layer.kernel in tensors:
            raise InputError(f"weights {path}: layer {name!r} stands twice in 'layer_names'")
        tensors[layer.kernel] = np.ascontiguousarray(_from_keras(arrays[0], layer))
        tensors[layer.bias] = arrays[1]
    if list(tensors) != [name for name in model.parameter_shapes if name in tensors]:
        # Keras fills its layers in the order of the file, whatever their names.
        raise InputError(f"weights {path}: 'layer_names' is not in the order of {model.name}")
    return tensors


def _arrays(root: h5py.Group, layer_name: str) -> list[Tensor]:
    group = _own(root, layer_name)
    return [_array(group, _text(name)) for name in group.attrs.get("weight_names", ())]


def _array(group: h5py.Group, name: str) -> Tensor:
    data = _own(group, name)
    if data.external or data.is_virtual:
        raise ValueError(f"{data.name!r} keeps its values in another file")
    if data.size > _MOST_VALUES:
        raise ValueError(f"{data.name!r} declares {data.size:,} values; no VGG layer has so many")
    return np.asarray(data, dtype=np.float32)


def _own(group: h5py.Group, name: str) -> Any:
    """A member that lies in this very file: a link could make us read any file there is."""
    import h5py

    for part in name.split("/"):
        if not isinstance(group, h5py.Group):
            raise KeyError(f"{group.name!r} is no group")
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise KeyError(f"{name!r} is missing from {group.name!r} or is a link")
        group = group[part]
    return group


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
