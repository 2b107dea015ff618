"""Changes that relate one file's kernels to another's, and how to apply them.

A file is read as its format prescribes. If its writer did not follow the format, the numbers are
there in another order. The changes known here are of three kinds: the values are stored in another
order of axes; a kernel is rotated or its channels are reversed; values are rounded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netparity.errors import UsageError
from netparity.networks import Layer, Network
from netparity.networks.rounding import rounded
from netparity.weights.layout import Tensor

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

LOSSY = {"half-of", "bfloat16-of"}
"""Changes that cannot be undone, since the other file holds more digits."""

# Orders of axes in which values may be stored whatever their shape says, and the parts of the
# change that corrects each.
_CONVOLUTION_ORDERS: dict[str, tuple[str, ...]] = {
    "HWIO": (),
    "WHIO": ("swap-rows-columns",),
    "OIHW": ("oihw",),
    "OIWH": ("oihw", "swap-rows-columns"),
}
_DENSE_ORDERS: dict[str, tuple[str, ...]] = {
    "HWIO": (),
    "WHIO": ("swap-rows-columns",),
    "IHWO": ("chw",),
    "IWHO": ("columns",),
    "OHWI": ("transposed",),
    "OWHI": ("transposed", "swap-rows-columns"),
    "OIHW": ("transposed", "chw"),
    "OIWH": ("transposed", "columns"),
}


@dataclass(frozen=True)
class Change:
    """One way to turn the first file's kernel into the second's.

    Attributes:
        names: its parts, which are keys of `WORDS`.
        from_order: order of axes in which the first kernel's values are stored.
        to_order: order of axes in which the second kernel's values are stored.
        rotate: whether one of them is rotated by 180 degrees.
        reverse: whether the input channels of one of them are reversed.
        rounding: the part that is a rounding, if any.
    """

    names: tuple[str, ...] = ()
    from_order: str = "HWIO"
    to_order: str = "HWIO"
    rotate: bool = False
    reverse: bool = False
    rounding: str | None = None

    def apply(self, kernel: Tensor) -> Tensor:
        """The first file's kernel in the second's form; lost digits are not restored."""
        view = self._turned(ordered(kernel, self.from_order))
        if self.to_order != "HWIO":
            permuted = view.transpose(["HWIO".index(axis) for axis in self.to_order])
            view = permuted.reshape(kernel.shape)
        return (
            _rounded(view, self.rounding) if self.rounding in ("to-half", "to-bfloat16") else view
        )

    def explains(self, first: Tensor, second: Tensor) -> bool:
        """Whether the two kernels are equal under this change."""
        changed = self._turned(ordered(first, self.from_order))
        target = ordered(second, self.to_order)
        if self.rounding is not None and not (first.any() and second.any()):
            return False  # any value small enough rounds to zero
        corner = np.s_[:, :, :4, :8]  # decides nearly every case cheaply
        return self._same(changed[corner], target[corner]) and all(
            self._same(a, b) for a, b in _parts(changed, target)
        )

    def _turned(self, view: Tensor) -> Tensor:
        view = view[::-1, ::-1] if self.rotate else view
        return view[:, :, ::-1] if self.reverse else view

    def _same(self, first: Tensor, second: Tensor) -> bool:
        if self.rounding in LOSSY:
            second = _rounded(second, self.rounding)
        elif self.rounding is not None:
            first = _rounded(first, self.rounding)
        return bool(np.array_equal(first, second))


def ordered(kernel: Tensor, order: str) -> Tensor:
    """A kernel whose values are stored in another order of axes than its shape says, corrected."""
    if order == "HWIO":
        return kernel
    sizes = dict(zip("HWIO", kernel.shape, strict=True))
    shape = [sizes[axis] for axis in order]
    return kernel.reshape(shape).transpose([order.index(axis) for axis in "HWIO"])


def kernel_changes(layer: Layer) -> list[Change]:
    """The changes that can relate two kernels of this layer, the simplest first."""
    assert layer.kernel_shape is not None
    height, width = layer.kernel_shape[:2]
    orders = _CONVOLUTION_ORDERS if layer.kind == "conv" else _DENSE_ORDERS
    if (height, width) == (1, 1):
        orders = {order: orders[order] for order in ("HWIO", "OHWI") if order in orders}
    pairs = [(order, "HWIO") for order in orders]
    pairs += [("HWIO", order) for order in orders if order not in ("HWIO", "WHIO")]
    rotations = (False, True) if height * width > 1 else (False,)
    reversals = (False, True) if layer.takes_image else (False,)
    found = []
    for (from_order, to_order), rotate, reverse, rounding in itertools.product(
        pairs, rotations, reversals, _ROUNDINGS
    ):
        names = [name if "-" in name else f"from-{name}" for name in orders[from_order]]
        names += [name if "-" in name else f"to-{name}" for name in orders[to_order]]
        names += ["rotate"] * rotate + ["reverse-channels"] * reverse
        names += [rounding] if rounding else []
        found.append(Change(tuple(names), from_order, to_order, rotate, reverse, rounding))
    return sorted(found, key=lambda change: len(change.names))


def bias_changes() -> list[Change]:
    """The changes that can relate two biases."""
    return [Change((rounding,) if rounding else (), rounding=rounding) for rounding in _ROUNDINGS]


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


_ROUNDINGS: tuple[str | None, ...] = (None, "half-of", "to-half", "bfloat16-of", "to-bfloat16")


def _rounded(values: Tensor, rounding: str) -> Tensor:
    return rounded(values, "bfloat16" if "bfloat16" in rounding else "float16")


def _parts(a: Tensor, b: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    step = max(1, 2**22 // max(1, a[:, :, :1].size))
    for start in range(0, a.shape[2], step):
        yield a[:, :, start : start + step], b[:, :, start : start + step]
