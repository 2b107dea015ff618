"""Checking a Keras .h5 weights file before a framework loads it.

The layout is that of the published vgg16_weights_tf_dim_ordering_tf_kernels.h5. The root attribute
`layer_names` lists the layers, each has a group whose attribute `weight_names` lists its arrays.
"""

from __future__ import annotations

import math
import os
import re
from typing import Any

from job_files import Architecture
from vgg16_topology import weighted_layers


class WeightsError(ValueError):
    """The weights file is not one of this network."""


def check_weights(path: str, architecture: Architecture) -> None:
    """Check that a file has the architecture's layers and shapes.

    Frameworks load by position, and Theano accepts any shape silently: a mistake would show at
    predict, or never. Reads shapes only.

    Raises WeightsError or FileNotFoundError.
    """
    found = weight_shapes(path)
    expected = weighted_layers(architecture)
    if len(found) != len(expected):
        raise WeightsError(
            f"weights file '{path}' has {len(found)} layers with weights {list(found)}, expected "
            f"{len(expected)} {[layer.name for layer in expected]}; convert the weights again"
        )
    for (name, shapes), layer in zip(found.items(), expected, strict=True):
        if shapes != [layer.kernel, layer.bias]:
            raise WeightsError(
                f"weights file '{path}' has for layer '{layer.name}' (there: '{name}') arrays of "
                f"shape {shapes}, expected {[layer.kernel, layer.bias]}; convert the weights "
                "again, or name the architecture they belong to"
            )


def infer_architecture(path: str) -> Architecture:
    """Infer the architecture from the kernel shapes; the input is assumed to be square.

    Raises WeightsError if the file is not a VGG16-like network with its dense layers.
    """
    shapes = {name: arrays[0] for name, arrays in weight_shapes(path).items() if arrays}
    blocks: list[list[int]] = []
    for name, kernel in shapes.items():
        if match := re.fullmatch(r"block(\d+)_conv\d+", name):
            while len(blocks) < int(match[1]):
                blocks.append([])
            blocks[-1].append(kernel[-1])
    dense = [kernel for name, kernel in shapes.items() if re.fullmatch(r"fc\d+", name)]
    if not blocks or not dense or "predictions" not in shapes:
        raise WeightsError(
            f"weights file '{path}' has the layers {list(shapes)}, expected block1_conv1 ... fc1, "
            "fc2, predictions; give a VGG16 file that includes its dense layers"
        )
    cells = dense[0][0] // blocks[-1][-1]
    side = math.isqrt(cells) * 2 ** len(blocks)
    architecture = Architecture(
        blocks, [kernel[-1] for kernel in dense], shapes["predictions"][-1], [side, side]
    )
    check_weights(path, architecture)
    return architecture


def weight_shapes(path: str) -> dict[str, list[tuple[int, ...]]]:
    """Return each weighted layer's array shapes, in the file's order.

    Raises FileNotFoundError, or WeightsError if it is not such a file.
    """
    with _open(path) as file:
        root = _root(file)
        layers = {}
        try:
            for name in _names(root, "layer_names"):
                arrays = _names(root[name], "weight_names")
                if arrays:
                    layers[name] = [tuple(root[name][array].shape) for array in arrays]
        except KeyError as error:
            raise WeightsError(
                f"weights file '{path}' is not in Keras's .h5 layout ({error.args[0]}); expected "
                "the layout of vgg16_weights_tf_dim_ordering_tf_kernels.h5"
            ) from error
        return layers


def original_backend(path: str) -> str | None:
    """Return the backend that the file's kernels are for; None if it does not say."""
    with _open(path) as file:
        backend = _root(file).attrs.get("backend")
        return _text(backend) if backend is not None else None


def _open(path: str) -> Any:
    import h5py  # type: ignore[import-untyped,import-not-found,unused-ignore]

    if not os.path.isfile(path):
        raise FileNotFoundError(
            f"weights file '{path}' does not exist; check the path or fetch the weights first"
        )
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise WeightsError(
            f"weights file '{path}' cannot be opened as HDF5 ({error}); "
            "it may be truncated: fetch or convert it again"
        ) from error


def _root(file: Any) -> Any:
    """Return the group that holds the layers; model.save() puts them one level lower."""
    return file.get("model_weights", file)


def _names(group: Any, attribute: str) -> list[str]:
    if attribute not in group.attrs:
        raise KeyError(f"no attribute '{attribute}' in '{group.name}'")
    return [_text(name) for name in group.attrs[attribute]]


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
