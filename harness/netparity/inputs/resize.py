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

from netparity.inputs import smoothed, whole_levels
from netparity.inputs.filters import (
    Border,
    Kernel,
    Part,
    Pick,
    Pixels,
    Taps,
    area_taps,
    filter_taps,
    nearest_taps,
    window_taps,
)
from netparity.inputs.positions import Coordinates, Floats, Positions
from netparity.inputs.whole_levels import whole

Box = tuple[Part, Part]
"""The part of the rows and that of the columns."""

Rounding = Literal[
    "none", "fixed-point", "int16", "2048ths", "256ths", "each-pass", "single", "end", "down"
]
Order = Literal["columns", "pillow-13", "most-shrunk"]

_SMOOTHED: dict[Kernel, tuple[bool, bool]] = {
    "smoothed": (True, False),
    "spline": (False, True),
    "smoothed-spline": (True, True),
}
"""Kernels of `smoothed.py`: whether a Gaussian comes first, and whether the spline is cubic."""

_KERNEL_WORDS: dict[Kernel, str] = {
    "nearest": "nearest neighbour",
    "area": "area average",
    "windows": "average of the pixels under each output pixel (adaptive pooling)",
    "mitchell": "Mitchell and Netravali's cubic",
    "gaussian": "a Gaussian",
    "hamming": "Hamming",
    "lanczos2": "Lanczos of 2 lobes",
    "lanczos3": "Lanczos of 3 lobes",
    "lanczos4": "Lanczos of 4 lobes",
    "lanczos5": "Lanczos of 5 lobes",
    "smoothed": "bilinear after a Gaussian (scikit-image's anti_aliasing)",
    "spline": "cubic spline (scikit-image's order 3)",
    "smoothed-spline": "cubic spline after a Gaussian (scikit-image's order 3, anti_aliasing)",
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
    "int16": "rounded to whole grey levels, weights of 16 bits",
    "2048ths": "rounded to whole grey levels, weights in 2048ths",
    "256ths": "rounded to whole grey levels, weights in 256ths",
    "each-pass": "rounded to whole grey levels after each pass",
    "single": "rounded to whole grey levels after float32 sums",
    "end": "rounded to whole grey levels at the end",
    "down": "rounded down to whole grey levels at the end",
}
_POSITION_WORDS: dict[Positions, str] = {
    "exact": "",
    "rounded": "positions rounded to float32",
    "single": "positions in float32",
    "tabulated": "positions in 1024ths of a pixel",
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
            each axis. `int16` is PyTorch's for uint8, with weights of 16 bits; `2048ths` and
            `256ths` are OpenCV's, which rounds once (`whole_levels.py`). `each-pass` is MATLAB's
            for uint8: whole grey levels after each axis. `single` sums in float32, with halves to
            even. `end` rounds once; `down` cuts off. All clip to 0 to 255; halves go up.
        order: which axis is resized first, if rounding in between makes it matter. `columns` is
            Pillow's order up to version 12; `pillow-13` starts with the rows if they lose more than
            twice as many pixels as the columns; `most-shrunk` is MATLAB's, with rows first if both
            shrink equally.
        a: slope of the bicubic kernel.
        pick: which pixel `nearest` takes.
        positions: in which precision the positions of output pixels are computed.
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
    positions: Positions = "exact"
    tools: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, pixels: Pixels, size: tuple[int, int], box: Box | None = None) -> Floats:
        """Resize H x W x C to height x width x C float64, in the units of `pixels`.

        Memory: a band of the image as float64, and a copy of the image in its own type.

        Args:
            box: the part of the image to resize, as Pillow's `box`; only for methods of Pillow.
        """
        source = pixels.shape[0], pixels.shape[1]
        if source == size and box is None:
            return pixels.astype(np.float64)
        if self.rounding in ("2048ths", "256ths"):
            rows, columns = (self._taps(source[axis], size[axis]) for axis in (0, 1))
            if self.rounding == "256ths":
                return whole_levels.opencv_exact(rows, columns, pixels)
            return whole_levels.opencv(self.kernel, rows, columns, pixels)
        resized: Pixels = pixels
        for axis in self.passes(source, size):
            part = None if box is None else box[axis]
            resized = self._one_axis(resized.swapaxes(0, axis), size[axis], part).swapaxes(0, axis)
        if "spline" in self.kernel:  # scikit-image's `clip`
            resized = np.clip(resized, pixels.min(), pixels.max())
        return self._rounded(resized)

    def passes(self, source: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
        """The axes in the order in which they are resized, given heights and widths."""
        if self.rounding in ("none", "end", "2048ths", "256ths"):
            return 0, 1  # the result is the same, and this order is faster
        rows_first = False
        if self.order == "pillow-13":
            lost = source[0] - target[0], source[1] - target[1]
            rows_first = lost[0] > 2 * max(0, lost[1])
        elif self.order == "most-shrunk":
            rows_first = target[0] * source[1] <= target[1] * source[0]
        return (0, 1) if rows_first else (1, 0)

    def _taps(self, source: int, target: int, part: Part | None = None) -> Taps:
        if self.kernel == "area":
            return area_taps(source, target)
        if self.kernel == "windows":
            return window_taps(source, target)
        if self.kernel == "nearest":
            return nearest_taps(
                source,
                target,
                coordinates=self.coordinates,
                pick=self.pick,
                positions=self.positions,
                part=part,
            )
        return filter_taps(
            source,
            target,
            self.kernel,
            a=self.a,
            antialias=self.antialias,
            border=self.border,
            coordinates=self.coordinates,
            positions=self.positions,
            part=part,
        )

    def _one_axis(self, pixels: Pixels, target: int, part: Part | None) -> Floats:
        """Resize the first axis, in whole grey levels if the method rounds in between."""
        if self.kernel in _SMOOTHED:
            smooth, cubic = _SMOOTHED[self.kernel]
            return smoothed.resized(pixels, target, smooth=smooth, cubic=cubic)
        taps = self._taps(len(pixels), target, part)
        if self.rounding == "fixed-point":
            return whole_levels.pillow(taps, pixels)
        if self.rounding == "int16":
            return whole_levels.pytorch(taps, pixels)
        if self.rounding == "single":
            return whole_levels.in_single(taps, pixels)
        if self.rounding == "down":
            return whole_levels.between(taps, pixels)
        return whole(taps.apply(pixels)) if self.rounding == "each-pass" else taps.apply(pixels)

    def _rounded(self, resized: Floats) -> Floats:
        """In whole grey levels, if the method rounds at the end."""
        if self.rounding == "single":
            return np.clip(np.rint(resized), 0, 255)
        if self.rounding == "down":
            return np.clip(np.floor(resized), 0, 255)
        return whole(resized) if self.rounding == "end" else resized

    @property
    def words(self) -> str:
        """The method in words that can follow `resized by`."""
        name = _KERNEL_WORDS.get(self.kernel, self.kernel)
        if self.kernel == "nearest":
            return ", ".join(filter(None, [name, self._picked(), _POSITION_WORDS[self.positions]]))
        parts = [f"bicubic (a = {self.a:g})" if self.kernel == "bicubic" else name]
        if self.kernel not in ("area", "windows", *_SMOOTHED):
            parts.append("antialiased" if self.antialias else "not antialiased")
            parts.append(_BORDER_WORDS[self.border])
        parts += [
            _COORDINATE_WORDS[self.coordinates],
            _POSITION_WORDS[self.positions],
            _ROUNDING_WORDS[self.rounding],
            _ORDER_WORDS[self.order],
        ]
        return ", ".join(filter(None, parts))

    def _picked(self) -> str:
        corners = self.coordinates == "align-corners"
        return _COORDINATE_WORDS[self.coordinates] if corners else _PICK_WORDS[self.pick]
