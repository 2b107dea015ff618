"""Changes that relate one kernel to another: other orders of axes, turns, and roundings.

A file is read as its format prescribes. If its writer did not follow the format, the numbers are
there in another order. The changes known here are of three kinds: the values are stored in another
order of axes; a kernel is rotated or its channels are reversed; values are rounded.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from netparity.networks.rounding import rounded

Tensor = npt.NDArray[np.floating[Any]]

LOSSY = {"half-of", "bfloat16-of"}
"""Changes that cannot be undone, since the other tensor holds more digits."""

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
        names: its parts.
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
        corner = np.s_[:, :, :4, :8]  # decides nearly every case cheaply
        if not self._same(changed[corner], target[corner]):
            return False
        if self.rounding is not None and not (first.any() and second.any()):
            return False  # any value small enough rounds to zero
        return all(self._same(a, b) for a, b in _parts(changed, target))

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


class Kernel(Protocol):
    """What the changes of a kernel depend on; a layer of a network is one."""

    @property
    def kernel_shape(self) -> tuple[int, ...] | None:
        """Height x width x input channels x units."""

    @property
    def kind(self) -> str:
        """`conv` or `dense`."""

    @property
    def takes_image(self) -> bool:
        """Whether the input channels are the image's."""


def kernel_changes(layer: Kernel) -> list[Change]:
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


_ROUNDINGS: tuple[str | None, ...] = (None, "half-of", "to-half", "bfloat16-of", "to-bfloat16")


def _rounded(values: Tensor, rounding: str) -> Tensor:
    return rounded(values, "bfloat16" if "bfloat16" in rounding else "float16")


def _parts(a: Tensor, b: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    step = max(1, 2**22 // max(1, a[:, :, :1].size))
    for start in range(0, a.shape[2], step):
        yield a[:, :, start : start + step], b[:, :, start : start + step]
