"""How well a reproduced input agrees with a tool's own, and what may explain the difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from netparity.inputs.resize import Resize

Tensor = npt.NDArray[np.floating]

EXACT = 0.02
"""Grey levels due to single precision: up to 0.013 from TensorFlow's coordinates."""

NOISE = 6.0
"""Grey levels due to another JPEG decoder: libjpeg's fast transform at quality 90."""

MOST = 0.9
"""Share of the values that must agree for a resize to be almost certain."""

_STRUCTURE = 0.2
"""Above this, the difference is due to another filter: 0.25 to 0.95 measured; decoders to 0.11."""

_REACH = 2
"""Neighbours on each side from which a filter's error is predicted."""


@dataclass(frozen=True)
class InputStory:
    """How a native tensor was made, as far as it can be determined.

    Attributes:
        resize: None if no image had to be resized.
        grey: a key of `stages.GREYS`.
        offset: constant difference to the normalised tensor by channel, in grey levels; not zero
            if another mean was subtracted.
        max_abs: largest remaining difference to the tool's tensor, in grey levels.
        rms: root mean square of the remaining difference, in grey levels.
        agreeing: share of the values that differ by less than `EXACT`.
        structure: how well neighbouring values of the tensor predict the remaining difference, 0
            to 1 (coefficient of multiple correlation), maximum over the images. It is near 0 for
            noise and higher for another filter, whose error is itself a filtered image. Only
            measured if at most `NOISE` remains.
    """

    resize: Resize | None
    grey: str
    offset: tuple[float, float, float]
    max_abs: float
    rms: float
    agreeing: float
    structure: float

    @property
    def exact(self) -> bool:
        """Whether only rounding of single precision remains."""
        return self.max_abs <= EXACT

    @property
    def noise(self) -> bool:
        """Whether the remaining difference is small and not a filter's error."""
        return not self.exact and self.max_abs <= NOISE and self.structure < _STRUCTURE

    @property
    def remark(self) -> str:
        """The remaining difference in words; empty if there is none."""
        if self.exact:
            return ""
        rest = f"a difference of up to {self.max_abs:.3g} grey levels remains"
        if self.agreeing >= MOST:
            return f"{rest}, but {self.agreeing:.1%} of the values agree"
        if self.noise:
            return f"{rest}, typical of another decoder or another rounding"
        if self.max_abs <= 1:
            return f"{rest}: the resize is similar to this one"
        return f"{rest}: no known resize explains it"


@dataclass
class Tally:
    """The remaining difference of one resize method, added up over the images."""

    offset: Tensor
    squares: float = 0.0
    max_abs: float = 0.0
    agreeing: int = 0
    values: int = 0
    structure: float = 0.0

    def add(self, rest: Tensor, reproduced: Tensor) -> None:
        """Add one image: the difference in grey levels, and the tensor; H x W x 3."""
        rest = rest - self.offset
        self.squares += float(np.square(rest).sum())
        self.max_abs = max(self.max_abs, float(np.abs(rest).max()))
        self.agreeing += int((np.abs(rest) <= EXACT).sum())
        self.values += rest.size
        if EXACT < self.max_abs <= NOISE:
            self.structure = max(self.structure, _predictable(rest, reproduced))

    @property
    def rms(self) -> float:
        """Root mean square of the remaining difference, in grey levels."""
        return float(np.sqrt(self.squares / self.values))

    def story(self, resize: Resize | None, grey: str) -> InputStory:
        """The result for this resize and this conversion to grey."""
        red, green, blue = (float(value) for value in self.offset)
        return InputStory(
            resize=resize,
            grey=grey,
            offset=(red, green, blue),
            max_abs=self.max_abs,
            rms=self.rms,
            agreeing=self.agreeing / self.values,
            structure=self.structure,
        )


def _predictable(rest: Tensor, tensor: Tensor) -> float:
    """Multiple correlation of `rest` with the neighbours of each value of `tensor`, H x W x 3."""
    width = 2 * _REACH + 1
    around = sliding_window_view(tensor, (width, width), axis=(0, 1)).astype(np.float64)
    around = (around - around[..., _REACH : _REACH + 1, _REACH : _REACH + 1]).reshape(-1, width**2)
    inner = rest[_REACH:-_REACH, _REACH:-_REACH].reshape(-1).astype(np.float64)
    around, inner = around - around.mean(axis=0), inner - inner.mean()
    products, spread = around.T @ inner, float(inner @ inner)
    weights = np.linalg.lstsq(around.T @ around, products)[0]
    return float(np.sqrt(np.clip(weights @ products / spread, 0, 1))) if spread > 0 else 0.0
