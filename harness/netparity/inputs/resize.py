"""The resize methods of image tools: a `Resize` describes one and applies it.

Besides the kernel, they differ in four things: whether the kernel is widened when shrinking, where
the output pixels lie on the input, how taps outside the image are treated, and when values are
rounded. `filters.py` has the formulas, `catalogue.py` the combinations that tools use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from netparity.inputs.filters import (
    FIXED_POINT_BITS,
    Border,
    Coordinates,
    Floats,
    Kernel,
    Pick,
    Pixels,
    Taps,
    filter_taps,
    nearest_taps,
)

Rounding = Literal["none", "fixed-point", "each-pass", "end"]
Order = Literal["columns", "pillow-13", "most-shrunk"]

_KERNEL_WORDS: dict[Kernel, str] = {
    "nearest": "nearest neighbour",
    "area": "area average",
    "hamming": "Hamming",
    "lanczos2": "Lanczos of 2 lobes",
    "lanczos3": "Lanczos of 3 lobes",
    "lanczos4": "Lanczos of 4 lobes",
}
_PICK_WORDS: dict[Pick, str] = {
    "nearest": "the pixel under the centre",
    "nearest-low": "the lower of two",
    "running-sum": "the pixel under the centre, steps added up",
    "floor": "the pixel under the top left corner",
}
_BORDER_WORDS: dict[Border, str] = {
    "renormalise": "borders renormalised",
    "replicate": "borders replicated",
    "mirror": "borders mirrored",
}
_COORDINATE_WORDS: dict[Coordinates, str] = {
    "half-pixel": "",
    "align-corners": "corners aligned",
    "asymmetric": "top left corners aligned",
}
_ROUNDING_WORDS: dict[Rounding, str] = {
    "none": "not rounded",
    "fixed-point": "rounded to whole grey levels in fixed point",
    "each-pass": "rounded to whole grey levels after each pass",
    "end": "rounded to whole grey levels at the end",
}
_ORDER_WORDS: dict[Order, str] = {
    "columns": "",
    "pillow-13": "rows first where they shrink much more",
    "most-shrunk": "",
}


@dataclass(frozen=True)
class Resize:
    """One method of resizing an image, one axis at a time.

    Attributes:
        kernel: `area` is the exact average over the output pixel, `box` counts whole pixels.
        antialias: whether the kernel is widened when shrinking; ignored for `nearest`, which never
            is, and for `area`, which always is.
        border: how taps outside the image are treated; ignored for `nearest` and `area`.
        coordinates: which points of input and output coincide.
        rounding: `fixed-point` is Pillow's for 8 bits: weights of 22 bits, whole grey levels after
            each axis. `each-pass` is MATLAB's for uint8: whole grey levels after each axis. `end`
            rounds once. All clip to 0 to 255; halves go up.
        order: which axis is resized first, if rounding in between makes it matter. `columns` is
            Pillow's order up to version 12; `pillow-13` starts with the rows if they lose more than
            twice as many pixels as the columns; `most-shrunk` is MATLAB's, with rows first if both
            shrink equally.
        a: slope of the bicubic kernel.
        pick: which pixel `nearest` takes.
        tools: the call for it, by tool; ignored by equality and hash.
    """

    kernel: Kernel
    antialias: bool = False
    border: Border = "replicate"
    coordinates: Coordinates = "half-pixel"
    rounding: Rounding = "none"
    order: Order = "columns"
    a: float = -0.5
    pick: Pick = "nearest"
    tools: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, pixels: Pixels, size: tuple[int, int]) -> Floats:
        """Resize H x W x C to height x width x C float64, in the units of `pixels`.

        Memory: a band of the image as float64, and a copy of the image in its own type.
        """
        for axis in self.passes((pixels.shape[0], pixels.shape[1]), size):
            taps = self._taps(pixels.shape[axis], size[axis])
            pixels = self._one_pass(taps, pixels.swapaxes(0, axis)).swapaxes(0, axis)
        return _whole(pixels) if self.rounding == "end" else pixels

    def passes(self, source: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
        """The axes in the order in which they are resized, given heights and widths."""
        if self.rounding in ("none", "end"):
            return 0, 1  # the result is the same, and this order is faster
        rows_first = False
        if self.order == "pillow-13":
            lost = source[0] - target[0], source[1] - target[1]
            rows_first = lost[0] > 2 * max(0, lost[1])
        elif self.order == "most-shrunk":
            rows_first = target[0] * source[1] <= target[1] * source[0]
        return (0, 1) if rows_first else (1, 0)

    def _taps(self, source: int, target: int) -> Taps:
        if self.kernel == "nearest":
            return nearest_taps(source, target, coordinates=self.coordinates, pick=self.pick)
        return filter_taps(
            source,
            target,
            self.kernel,
            a=self.a,
            antialias=self.antialias,
            border=self.border,
            coordinates=self.coordinates,
        )

    def _one_pass(self, taps: Taps, pixels: Pixels) -> Floats:
        if self.rounding == "fixed-point":
            # Sums of whole numbers below 2 ** 53 are exact in float64, in any order.
            return _whole(taps.in_fixed_point().apply(pixels) / 2**FIXED_POINT_BITS)
        return _whole(taps.apply(pixels)) if self.rounding == "each-pass" else taps.apply(pixels)

    @property
    def words(self) -> str:
        """The method in words that can follow `resized by`."""
        name = _KERNEL_WORDS.get(self.kernel, self.kernel)
        if self.kernel == "nearest":
            return ", ".join(filter(None, [name, self._picked()]))
        parts = [f"bicubic (a = {self.a:g})" if self.kernel == "bicubic" else name]
        if self.kernel != "area":
            parts.append("antialiased" if self.antialias else "not antialiased")
            parts.append(_BORDER_WORDS[self.border])
        parts += [
            _COORDINATE_WORDS[self.coordinates],
            _ROUNDING_WORDS[self.rounding],
            _ORDER_WORDS[self.order],
        ]
        return ", ".join(filter(None, parts))

    def _picked(self) -> str:
        corners = self.coordinates == "align-corners"
        return _COORDINATE_WORDS[self.coordinates] if corners else _PICK_WORDS[self.pick]


def _whole(values: Floats) -> Floats:
    return np.clip(np.floor(values + 0.5), 0, 255)
