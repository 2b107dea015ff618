"""MatConvNet SimpleNN .mat, MAT 5 and 7, in the layout of `imagenet-vgg-verydeep-16.mat`.

Such a file states its network and is read as one; here it is written.

`meta.normalization` holds the mean that the usual script subtracts and the size that it resizes
to; before 1.0-beta16 it was at the top level, and filters and biases were separate fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from netparity.files import mat5_writing as writing
from netparity.networks import Layer, Network
from netparity.weights import simplenn_structure as structure
from netparity.weights.contents import Format, Tensors, kernel_values
from netparity.weights.layout import Tensor

NAME = "matconvnet-simplenn"
SUFFIXES = (".mat",)


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the weights in the form of MatConvNet's own pretrained models.

    They are not compressed: Octave reads such a file several times faster (docs/weights.md).
    """
    _write(path, model, tensors)


def write_compressed(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the same as MAT 7, which is compressed."""
    _write(path, model, tensors, compress=True)


def write_before_beta16(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the weights in the form used before MatConvNet 1.0-beta16."""
    _write(path, model, tensors, old=True)


def _write(
    path: Path, model: Network, tensors: Tensors, old: bool = False, compress: bool = False
) -> None:
    layers = writing.cell(
        [_layer(*listed, tensors, old) for listed in structure.listed(model)], "layers"
    )
    described = {"normalization": _normalization, "classes": _classes}
    if old:
        rest = [make(model, name) for name, make in described.items()]
    else:
        rest = [writing.struct({name: make(model, "") for name, make in described.items()}, "meta")]
    writing.write(path, [layers, *rest], compress)


def _layer(name: str, kind: str, layer: Layer, tensors: Tensors, old: bool) -> writing.Blob:
    fields = {"name": writing.text(name), "type": writing.text(kind)}
    if kind == "pool":
        fields["method"] = writing.text("max")
    if kind == "conv":
        fields |= _weights(layer, tensors, old)
    if kind in ("conv", "pool"):
        geometry = structure.geometry(layer)
        if old:
            geometry.pop("dilate", None)
        fields |= {field: writing.doubles(*values) for field, values in geometry.items()}
    if not old:
        fields["precious"] = writing.logical(False)
    return writing.struct(fields)


def _weights(layer: Layer, tensors: Tensors, old: bool) -> dict[str, writing.Blob]:
    assert layer.kernel_shape is not None

    def biases() -> Iterator[Tensor]:
        yield np.ascontiguousarray(tensors[layer.bias])

    filters = writing.array(
        layer.kernel_shape, lambda: kernel_values(tensors, layer, structure.LAYOUT)[1]
    )
    units = writing.array((1, layer.kernel_shape[3]), biases)
    if old:
        return {"filters": filters, "biases": units}
    return {"weights": writing.cell([filters, units]), "size": writing.doubles(*layer.kernel_shape)}


def _normalization(model: Network, name: str) -> writing.Blob:
    height, width = model.input_size
    mean = np.array(model.mean_rgb, dtype=np.float32)
    return writing.struct(
        {
            "imageSize": writing.doubles(height, width, 3),
            "keepAspect": writing.logical(True),
            "averageImage": writing.array((1, 1, 3), lambda: [mean]),
            "border": writing.doubles(0, 0),
            "interpolation": writing.text("bilinear"),
        },
        name,
    )


def _classes(model: Network, name: str) -> writing.Blob:
    [classes] = model.layers[-1].output_shape[-1:] if model.layers[-1].kind == "dense" else (0,)
    names = [writing.text(f"class {index}") for index in range(1, classes + 1)]
    return writing.struct({"name": writing.cell(names), "description": writing.cell(names)}, name)


def _variant(name: str, title: str, writer: Callable[[Path, Network, Tensors], None]) -> Format:
    return Format(name, title, SUFFIXES, None, None, writer, only_to=True)


FORMATS = (
    Format(NAME, "MatConvNet SimpleNN .mat", SUFFIXES, None, None, write),
    _variant(f"{NAME}-v7", "MatConvNet SimpleNN .mat, compressed", write_compressed),
    _variant(f"{NAME}-old", "MatConvNet SimpleNN .mat before 1.0-beta16", write_before_beta16),
)
