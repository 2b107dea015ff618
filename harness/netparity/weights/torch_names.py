"""torchvision's names for the layers of a VGG network: modules numbered in two sequences.

`features` counts convolutions, ReLUs and pools; `classifier` counts linear layers, ReLUs and
dropouts, unless the network has no dropout. Kernels are OIHW; the image's channels are RGB; the
first linear layer is flattened in the order channels, height, width.
"""

from __future__ import annotations

from collections.abc import Iterator

from netparity.networks import Network
from netparity.weights.contents import Tensors, bias_values, kernel_values
from netparity.weights.layout import Layout, Tensor

LAYOUT = Layout("OIHW", "OIHW", flat=True)


def module_names(model: Network, dropout: bool = True) -> list[str]:
    """The modules with weights, in order."""
    names, feature, linear = [], 0, 0
    for layer in model.layers:
        if layer.kind == "dense":
            names.append(f"classifier.{linear}")
            linear += 3 if dropout else 2
        elif layer.kind == "conv":
            names.append(f"features.{feature}")
            feature += 2
        else:
            feature += 1
    return names


def arrays_of(
    model: Network, tensors: Tensors
) -> dict[str, tuple[tuple[int, ...], Iterator[Tensor]]]:
    """A state dict: each name with its shape and an iterator over its values in pieces."""
    arrays = {}
    for name, layer in zip(module_names(model), model.parametric_layers, strict=True):
        arrays[f"{name}.weight"] = kernel_values(tensors, layer, LAYOUT)
        arrays[f"{name}.bias"] = bias_values(tensors, layer)
    return arrays
