"""torchvision's names for the layers of a VGG network: modules numbered in two sequences.

`features` counts convolutions, ReLUs and pools; `classifier` counts linear layers, ReLUs and
dropouts, unless the network has no dropout. Kernels are OIHW; the image's channels are RGB; the
first linear layer is flattened in the order channels, height, width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from netparity.files.limits import DamagedError
from netparity.files.stored import Stored
from netparity.networks import Network
from netparity.weights.contents import Contents, Pair, Tensors, bias_values, kernel_values
from netparity.weights.layout import Layout, Tensor

LAYOUT = Layout("OIHW", "OIHW", flat=True)

_NAME = re.compile(r"(?:module\.)?(features|classifier)\.(\d{1,4})\.(weight|bias)")


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


def contents(arrays: Mapping[str, Stored]) -> Contents:
    """The layers of a state dict.

    Raises:
        DamagedError: if a name is not torchvision's, or a layer lacks its kernel or bias.
    """
    found: dict[tuple[int, int], dict[str, Stored]] = {}
    for name, stored in arrays.items():
        match = _NAME.fullmatch(name)
        if match is None:
            raise DamagedError(
                f"{name[:80]!r} is not a VGG name of torchvision, such as features.0.weight"
            )
        place = (("features", "classifier").index(match[1]), int(match[2]))
        both = found.setdefault(place, {})
        if match[3] in both:
            raise DamagedError(f"{name!r} is duplicated")
        both[match[3]] = stored
    pairs, linear = [], []
    for (part, index), both in sorted(found.items()):
        name = f"{('features', 'classifier')[part]}.{index}"
        if set(both) != {"weight", "bias"}:
            raise DamagedError(
                f"layer {name!r} has only {', '.join(both)}; expected weight and bias"
            )
        pairs.append(Pair(name, both["weight"], both["bias"]))
        if part:
            linear.append(index)
    dropout = linear != [2 * place for place in range(len(linear))] or len(linear) < 2
    return Contents(
        pairs=tuple(pairs),
        layout=LAYOUT,
        reason="the names are torchvision's, whose kernels are OIHW",
        names=lambda model: module_names(model, dropout),
        dropout=dropout if linear else None,
    )


def arrays_of(
    model: Network, tensors: Tensors
) -> dict[str, tuple[tuple[int, ...], Iterator[Tensor]]]:
    """A state dict: each name with its shape and an iterator over its values in pieces."""
    arrays = {}
    for name, layer in zip(module_names(model), model.parametric_layers, strict=True):
        arrays[f"{name}.weight"] = kernel_values(tensors, layer, LAYOUT)
        arrays[f"{name}.bias"] = bias_values(tensors, layer)
    return arrays
