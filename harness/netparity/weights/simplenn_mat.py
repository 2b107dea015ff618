"""MatConvNet SimpleNN .mat in the layout of `imagenet-vgg-verydeep-16.mat` (MAT 5).

`layers` is a 1 x N cell of structs; convolutions and dense layers alike are of type `conv`
with `weights = {filters, biases}`, filters H x W x Cin x Cout. The first layer takes RGB.
`meta.normalization` holds what the usual script subtracts and resizes to.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.models import Layer, Model
from netparity.weights import simplenn_structure
from netparity.weights.canonical import Tensor, Tensors, check_shapes

NAME = "matconvnet-simplenn"
SUFFIXES = (".mat",)


def suits(path: Path) -> bool:
    """Whether the tools of this format load a file of this name."""
    return True


def write(path: Path, model: Model, tensors: Tensors) -> None:
    """Write the weights as MatConvNet's own pretrained models are stored (uncompressed)."""
    from scipy.io import savemat

    layers = list(_structs(model, tensors))
    cell = np.empty((1, len(layers)), dtype=object)
    cell[0, :] = layers
    # Not compressed: Octave reads such a file several times faster (FAQ of docs/weights.md).
    savemat(path, {"layers": cell, "meta": _meta(model)}, do_compression=False, oned_as="row")


def read(path: Path, model: Model) -> dict[str, Tensor]:
    """Read such a file.

    Raises:
        InputError: if the file is damaged or has another layout.
    """
    from scipy.io import loadmat

    try:
        contents = loadmat(path)
        if "layers" not in contents:
            raise InputError(f"weights {path} hold no 'layers': no SimpleNN network")
        layers = contents["layers"].ravel()
        tensors: dict[str, Tensor] = {}
        for name, tensor in _tensors(layers, model, path):
            if name in tensors:
                raise InputError(f"weights {path}: {name} stands twice in 'layers'")
            tensors[name] = tensor
        check_shapes(tensors, model, path)  # first, as it knows which model the file does hold
        wanted = list(_structs(model, None))
        simplenn_structure.check(wanted, layers, contents.get("meta"), model, path)
        return tensors
    except NotImplementedError:
        raise InputError(
            f"weights {path} is a MAT 7.3 file; load it in MATLAB and save it again with "
            "save(..., '-v7')"
        ) from None
    except InputError:
        raise
    except Exception as error:  # scipy raises many types on damaged files
        raise InputError(
            f"weights {path} cannot be read as a SimpleNN .mat: {error!r}; is it complete?"
        ) from error


def _row(*values: float) -> npt.NDArray[np.float64]:
    return np.array([values], dtype=np.float64)


def _structs(model: Model, tensors: Tensors | None) -> Iterator[dict[str, Any]]:
    """The network's layers as MatConvNet counts them: a ReLU is a layer of its own.

    Without tensors, the layers without their numbers.
    """
    for layer in model.layers:
        if layer.kind == "pool":
            yield _pool(layer)
            continue
        yield _conv(layer, tensors)
        yield {
            "name": layer.names["matconvnet"],
            "type": layer.activation,
            "precious": False,
        }


def _pool(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.names["matconvnet"],
        "type": "pool",
        "method": "max",
        "pool": _row(2, 2),
        "stride": _row(2, 2),
        # As in the published file: one row and column that even sizes never reach.
        "pad": _row(0, 1, 0, 1),
        "precious": False,
    }


def _conv(layer: Layer, tensors: Tensors | None) -> dict[str, Any]:
    assert layer.parameters is not None and layer.kernel_shape is not None
    weights = np.empty((1, 2), dtype=object)
    if tensors is not None:
        weights[0, 0] = tensors[layer.kernel]
        weights[0, 1] = tensors[layer.bias].reshape(1, -1)
    pad = 1.0 if layer.kind == "conv" else 0.0
    return {
        "name": layer.parameters,
        "type": "conv",
        "weights": weights,
        "size": _row(*layer.kernel_shape),
        "pad": _row(pad, pad, pad, pad),
        "stride": _row(1, 1),
        "dilate": _row(1, 1),
        "precious": False,
    }


def _meta(model: Model) -> dict[str, Any]:
    height, width = model.input_size
    names = np.empty((1, model.classes), dtype=object)
    names[0, :] = [f"class {index}" for index in range(1, model.classes + 1)]
    return {
        "normalization": {
            "imageSize": _row(height, width, 3),
            "keepAspect": True,
            "averageImage": np.array(model.mean_rgb, dtype=np.float32).reshape(1, 1, 3),
            "border": _row(0, 0),
            "interpolation": "bilinear",
        },
        "classes": {"name": names, "description": names},
    }


def _tensors(layers: npt.NDArray[Any], model: Model, path: Path) -> Iterator[tuple[str, Tensor]]:
    named = {layer.parameters: layer for layer in model.parametric_layers}
    for struct in (cell[0, 0] for cell in layers):
        if "weights" not in (struct.dtype.names or ()) or struct["weights"].size == 0:
            continue
        name = simplenn_structure.text(struct, "name")
        layer = named.get(name)
        if layer is None:
            raise InputError(
                f"weights {path}: layer {name!r} does not belong to {model.name}, whose layers "
                f"with weights are {', '.join(map(str, named))}"
            )
        filters, biases = struct["weights"].ravel()[:2]
        # MATLAB drops trailing singleton dimensions: bring them back from the layer map.
        missing = 4 - filters.ndim
        yield (
            layer.kernel,
            np.ascontiguousarray(filters.reshape(filters.shape + (1,) * missing), dtype=np.float32),
        )
        yield layer.bias, np.ascontiguousarray(biases.ravel(), dtype=np.float32)
