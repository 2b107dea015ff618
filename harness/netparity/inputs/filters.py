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

from netparity.inputs.positions import Coordinates, Floats, Positions, centres, edges

Kernel = Literal[
    "nearest",
    "box",
    "area",
    "windows",
    "bilinear",
    "hamming",
    "bicubic",
    "mitchell",
    "gaussian",
    "lanczos2",
    "lanczos3",
    "lanczos4",
    "lanczos5",
    "smoothed",
    "spline",
    "smoothed-spline",
]
Border = Literal["renormalise", "replicate", "mirror"]
Pick = Literal["nearest", "nearest-low", "running-sum", "floor"]

Pixels = npt.NDArray[Any]

Part = tuple[float, float]
"""Where a part of an axis begins, and how long it is."""

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


def _mitchell(t: Floats) -> Floats:
    """D. Mitchell, A. Netravali, Computer Graphics 22(4), 1988, with B = C = 1/3."""
    t = np.abs(t)
    near = (7 * t - 12) * t * t + 16 / 3
    far = ((-7 / 3 * t + 12) * t - 20) * t + 32 / 3
    return np.where(t < 1, near, np.where(t < 2, far, 0.0)) / 6


def _gaussian(t: Floats) -> Floats:
    """With a deviation of half a pixel, cut off at three deviations."""
    return np.where(np.abs(t) < 1.5, np.exp(-2 * t * t), 0.0)


def _kernel(kernel: Kernel, a: float) -> tuple[float, Callable[[Floats], Floats]]:
    """Half the kernel's width, and the kernel."""
    kernels: dict[Kernel, tuple[float, Callable[[Floats], Floats]]] = {
        "box": (0.5, _box),
        "bilinear": (1, _triangle),
        "hamming": (1, _hamming),
        "bicubic": (2, lambda t: _cubic(t, a)),
        "lanczos2": (2, lambda t: _lanczos(t, 2)),
        "lanczos3": (3, lambda t: _lanczos(t, 3)),
        "lanczos4": (4, lambda t: _lanczos(t, 4)),
        "lanczos5": (5, lambda t: _lanczos(t, 5)),
        "mitchell": (2, _mitchell),
        "gaussian": (1.5, _gaussian),
    }
    return kernels[kernel]


@dataclass(frozen=True)
class Taps:
    """The input pixels of every output pixel.

    Attributes:
        index: output pixels x taps, all within the input.
        weight: output pixels x taps; each row sums to one.
    """

    index: npt.NDArray[np.int64]
    weight: Floats

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
    positions: Positions = "exact",
    part: Part | None = None,
) -> Taps:
    """The taps of any kernel but `nearest`, `area`, `windows` and those of `smoothed.py`.

    Args:
        source: input pixels.
        target: output pixels.
        a: slope of the bicubic kernel at a distance of one pixel.
        antialias: whether the kernel is stretched when shrinking.
        border: a tap outside the image is dropped, or replaced by the pixel at the border, or
            mirrored at the border (2 1 | 1 2 3 | 3 2).
        positions: as in `positions.centres`.
        part: the part of the input that becomes the output, in pixels; taps beyond it are used.
    """
    start, length = part or (0.0, source)
    scale = length / target
    stretch = max(1.0, scale) if antialias else 1.0
    half, function = _kernel(kernel, a)
    reach = half * stretch
    centre = start + centres(length, target, coordinates, positions)[:, None]
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


def area_taps(source: int, target: int) -> Taps:
    """The pixels under each output pixel, weighted by the part of it that they cover."""
    border = edges(source, target)
    low, high = border[:-1, None], border[1:, None]
    index = np.floor(low) + np.arange(int(np.ceil(source / target)) + 2)
    weight = np.clip(np.minimum(index + 1, high) - np.maximum(index, low), 0, None)
    weight[index >= source] = 0
    inside = np.clip(index, 0, source - 1).astype(np.int64)
    return Taps(inside, weight / weight.sum(axis=1, keepdims=True))


def window_taps(source: int, target: int) -> Taps:
    """All pixels that an output pixel touches, each with the same weight (adaptive pooling)."""
    i = np.arange(target)[:, None]
    low, high = i * source // target, -((-i - 1) * source // target)
    index = low + np.arange(int((high - low).max()))
    weight = (index < high).astype(np.float64)
    inside = np.minimum(index, source - 1)
    return Taps(inside, weight / weight.sum(axis=1, keepdims=True))


def nearest_taps(
    source: int,
    target: int,
    *,
    coordinates: Coordinates,
    pick: Pick,
    positions: Positions = "exact",
    part: Part | None = None,
) -> Taps:
    """One tap for each output pixel.

    Args:
        pick: `nearest` is the pixel with the nearest centre, the higher of two equally near ones;
            `nearest-low` the lower of two; `floor` the pixel at or before the centre;
            `running-sum` is `nearest` with centres computed by adding up the step, as in Pillow,
            where rounding errors decide ties.
        positions: as in `positions.centres`.
        part: as in `filter_taps`.
    """
    start, length = part or (0.0, source)
    centre = start + centres(length, target, coordinates, positions)
    if pick == "running-sum":
        step = length / target
        index = np.floor(np.cumsum(np.r_[start + step / 2, np.full(target - 1, step)]))
    elif pick == "floor":
        index = np.floor(centre - 0.5)
    elif pick == "nearest-low":
        index = np.ceil(centre) - 1
    else:
        index = np.floor(centre)
    inside = np.clip(index, 0, source - 1).astype(np.int64)
    return Taps(inside[:, None], np.ones((target, 1)))
