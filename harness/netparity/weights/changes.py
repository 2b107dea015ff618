"""The changes that `weights convert --apply` undoes: their words, and the layers they apply to."""

from __future__ import annotations

from netparity.errors import UsageError
from netparity.networks import Layer, Network
from netparity.networks.relating.changes import LOSSY, Change, bias_changes, kernel_changes

__all__ = [
    "LOSSY",
    "WORDS",
    "Change",
    "bias_changes",
    "concerns",
    "kernel_changes",
    "named",
    "usual_layers",
]

WORDS = {
    "reverse-channels": "taking the image's channels in reversed order (RGB for BGR)",
    "rotate": "rotated by 180 degrees (Theano's convolution)",
    "swap-rows-columns": "with rows and columns swapped",
    "from-oihw": "with OIHW values under an HWIO shape (reshaped, not transposed)",
    "to-oihw": "with HWIO values under an OIHW shape (reshaped, not transposed)",
    "from-chw": "flattened channels first (C x H x W instead of H x W x C)",
    "to-chw": "flattened channels last (H x W x C instead of C x H x W)",
    "from-columns": "flattened by columns (MATLAB's order instead of H x W x C)",
    "to-columns": "flattened H x W x C (instead of by columns, MATLAB's order)",
    "from-transposed": "as units x inputs instead of inputs x units",
    "to-transposed": "as inputs x units instead of units x inputs",
    "half-of": "rounded to half precision",
    "to-half": "not rounded to half precision, as the other's are",
    "bfloat16-of": "rounded to bfloat16",
    "to-bfloat16": "not rounded to bfloat16, as the other's are",
}
"""What the first file's kernel is, relative to the second's, if this change relates them."""


def named(names: set[str], layer: Layer) -> Change:
    """The change with those of the parts `names` that apply to a layer's kernel.

    Raises:
        UsageError: if the parts cannot be combined.
    """
    relevant = {name for name in names if concerns(name, layer)}
    for change in kernel_changes(layer):
        if set(change.names) == relevant:
            return change
    raise UsageError(f"{', '.join(sorted(relevant))} cannot be combined in {layer.name}")


def usual_layers(name: str, model: Network) -> list[str]:
    """The layers that a change applies to if none are named."""
    layers = [layer for layer in model.parametric_layers if concerns(name, layer)]
    if name in ("rotate", "swap-rows-columns"):
        layers = [layer for layer in layers if layer.kind == "conv"]
    return [str(layer.parameters) for layer in layers]


def concerns(name: str, layer: Layer) -> bool:
    """Whether a change applies to a layer's kernel."""
    return any(name in change.names for change in kernel_changes(layer))
