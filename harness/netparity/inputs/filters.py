"""One axis of a resize: the input pixels of an output pixel, and their weights.

Pixel j covers the interval from j to j + 1, so its centre lies at j + 0.5. An output pixel whose
centre lies at c weights input pixel j by k((j + 0.5 - c) / stretch), normalised to sum to one.
The stretch is 1, or input / output pixels when an antialiased filter shrinks. The window of taps
and the order of operations are those that Pillow documents for `Image.resize`
(src/libImaging/Resample.c), so that the weights agree to the last bit that Pillow uses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kernel = Literal[
    "nearest", "box", "area", "bilinear", "hamming", "bicubic", "lanczos2", "lanczos3", "lanczos4"
]
Border = Literal["renormalise", "replicate", "mirror"]
Coordinates = Literal["half-pixel", "align-corners", "asymmetric"]
Pick = Literal["nearest", "nearest-low", "running-sum", "floor"]

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[Any]

FIXED_POINT_BITS = 32 - 8 - 2
"""Fractional bits of Pillow's weights for 8-bit images: 32, less 8 of the pixel, less 2 spare."""

_BLOCK = 16
"""Output pixels computed at a time: limits the memory to a band of the input."""


def _box(t: Floats) -> Floats:
    return ((t > -0.5) & (t <= 0.5)).astype(np.float64)


def _triangle(t: Floats) -> Floats:
    return np.maximum(0.0, 1.0 - np.abs(t))


def _hamming(t: Floats) -> Floats:
    """A sinc with a Hamming window of one lobe; Pillow stores the constants in single precision."""
    rise, swing = float(np.float32(0.54)), float(np.float32(0.46))
    return np.where(np.abs(t) < 1, np.sinc(t) * (rise + swing * np.cos(np.pi * t)), 0.0)


def _cubic(t: Floats, a: float) -> Floats:
    """Cubic convolution: R. Keys, IEEE Transactions on ASSP 29(6), 1981, with free slope a."""
    t = np.abs(t)
    near = ((a + 2) * t - (a + 3)) * t * t + 1
    far = (((t - 5) * t + 8) * t - 4) * a
    return np.where(t < 1, near, np.where(t < 2, far, 0.0))


def _lanczos(t: Floats, lobes: int) -> Floats:
    return np.where(np.abs(t) < lobes, np.sinc(t) * np.sinc(t / lobes), 0.0)


def _kernel(kernel: Kernel, a: float, scale: float) -> tuple[float, Callable[[Floats], Floats]]:
    """Half the kernel's width, and the kernel."""
    kernels: dict[Kernel, tuple[float, Callable[[Floats], Floats]]] = {
        "box": (0.5, _box),
        # The overlap of a pixel with the output pixel's interval of `scale` input pixels.
        "area": ((scale + 1) / 2, lambda t: np.clip((scale + 1) / 2 - np.abs(t), 0, min(scale, 1))),
        "bilinear": (1, _triangle),
        "hamming": (1, _hamming),
        "bicubic": (2, lambda t: _cubic(t, a)),
        "lanczos2": (2, lambda t: _lanczos(t, 2)),
        "lanczos3": (3, lambda t: _lanczos(t, 3)),
        "lanczos4": (4, lambda t: _lanczos(t, 4)),
    }
    return kernels[kernel]


def _centres(source: int, target: int, coordinates: Coordinates) -> Floats:
    """Positions of the output pixels' centres on the input axis."""
    i = np.arange(target, dtype=np.float64)
    if coordinates == "half-pixel":
        return (i + 0.5) * (source / target)
    if coordinates == "asymmetric":
        return i * (source / target) + 0.5
    return i * ((source - 1) / max(1, target - 1)) + 0.5


@dataclass(frozen=True)
class Taps:
    """The input pixels of every output pixel.

    Attributes:
        index: output pixels x taps, all within the input.
        weight: output pixels x taps; each row sums to one.
    """

    index: npt.NDArray[np.int64]
    weight: Floats

    def in_fixed_point(self) -> Taps:
        """The weights as whole multiples of 2 ** -FIXED_POINT_BITS, halves away from zero."""
        weight = self.weight * 2**FIXED_POINT_BITS
        return Taps(self.index, np.trunc(weight + np.copysign(0.5, weight)))

    def apply(self, pixels: Pixels) -> Floats:
        """Resample the first axis: input pixels x anything to output pixels x anything."""
        flat = pixels.reshape(len(pixels), -1)
        out = np.empty((len(self.index), flat.shape[1]))
        for start in range(0, len(out), _BLOCK):
            index, weight = self.index[start : start + _BLOCK], self.weight[start : start + _BLOCK]
            used, place = np.unique(index, return_inverse=True)
            matrix = np.zeros((len(index), len(used)))
            np.add.at(matrix, (np.arange(len(index))[:, None], place.reshape(index.shape)), weight)
            out[start : start + _BLOCK] = matrix @ flat[used].astype(np.float64)
        return out.reshape(len(out), *pixels.shape[1:])


def filter_taps(
    source: int,
    target: int,
    kernel: Kernel,
    *,
    a: float,
    antialias: bool,
    border: Border,
    coordinates: Coordinates,
) -> Taps:
    """The taps of any kernel but `nearest`.

    Args:
        source: input pixels.
        target: output pixels.
        a: slope of the bicubic kernel at a distance of one pixel.
        antialias: whether the kernel is stretched when shrinking.
        border: a tap outside the image is dropped, or replaced by the pixel at the border, or
            mirrored at the border (2 1 | 1 2 3 | 3 2).
    """
    scale = source / target
    stretch = max(1.0, scale) if antialias else 1.0
    half, function = _kernel(kernel, a, scale)
    reach = half * stretch
    centre = _centres(source, target, coordinates)[:, None]
    first, last = np.floor(centre - reach + 0.5), np.floor(centre + reach + 0.5)
    index = (first + np.arange(int(np.ceil(2 * reach)) + 1)).astype(np.int64)
    weight = function((index - centre + 0.5) * (1.0 / stretch))
    weight[index >= last] = 0
    if border == "renormalise":
        weight[(index < 0) | (index >= source)] = 0
    if border == "mirror":
        index = np.mod(index, 2 * source)
        index = np.minimum(index, 2 * source - 1 - index)
    total = np.cumsum(weight, axis=1)[:, -1:]  # in order, like a loop
    weight = np.divide(weight, total, out=weight, where=total != 0)
    return Taps(np.clip(index, 0, source - 1), weight)


def nearest_taps(source: int, target: int, *, coordinates: Coordinates, pick: Pick) -> Taps:
    """One tap for each output pixel.

    Args:
        pick: `nearest` is the pixel with the nearest centre, the higher of two equally near ones;
            `nearest-low` the lower of two; `floor` the pixel at or before the centre;
            `running-sum` is `nearest` with centres computed by adding up the step, as in Pillow,
            where rounding errors decide ties.
    """
    centre = _centres(source, target, coordinates)
    if pick == "running-sum":
        step = source / target
        index = np.floor(np.cumsum(np.r_[step / 2, np.full(target - 1, step)]))
    elif pick == "floor":
        index = np.floor(centre - 0.5)
    elif pick == "nearest-low":
        index = np.ceil(centre) - 1
    else:
        index = np.floor(centre)
    inside = np.clip(index, 0, source - 1).astype(np.int64)
    return Taps(inside[:, None], np.ones((target, 1)))
