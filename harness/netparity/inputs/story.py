"""How well a retold input agrees with a tool's own, and what may explain the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from netparity.inputs.resize import Resize

Tensor = npt.NDArray[np.floating]

EXACT = 0.02
"""Grey levels that single precision may leave: TensorFlow's coordinates leave up to 0.013."""

NOISE = 6.0
"""Grey levels that another JPEG decoder may leave: libjpeg's fast transform, at quality 90."""

MOST = 0.9
"""Share of the values that must agree for a resize to be all but certain."""

_STRUCTURE = 0.2
"""Above, what is left is taken for another filter: 0.25 to 0.95 measured, decoders up to 0.11."""

_REACH = 2
"""Neighbours to each side from which a filter's error is foretold."""


@dataclass(frozen=True)
class InputStory:
    """How a native tensor was made, as far as it can be told.

    Attributes:
        resize: None if no image had to be resized.
        grey: a key of `stages.GREYS`.
        offset: what the tool's tensor has beyond the normalisation, by channel, in grey levels;
            not zero if another mean was subtracted.
        max_abs: largest difference left between the retold tensor and the tool's, in grey levels.
        rms: root of the mean square of what is left, in grey levels.
        agreeing: share of the values that differ by less than `EXACT`.
        structure: how well what is left is foretold by the tensor's neighbouring values, 0 to 1
            (coefficient of multiple correlation), at most over the images. Near 0 for noise, and
            higher where another filter was used, since its error is itself a filtered image.
            Only measured where at most `NOISE` is left.
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
        """Whether nothing is left but the rounding of single precision."""
        return self.max_abs <= EXACT

    @property
    def noise(self) -> bool:
        """Whether what is left is small and is no filter's error."""
        return not self.exact and self.max_abs <= NOISE and self.structure < _STRUCTURE

    @property
    def remark(self) -> str:
        """What is left, in words; empty if nothing is."""
        if self.exact:
            return ""
        left = f"up to {self.max_abs:.3g} grey levels are left"
        if self.agreeing >= MOST:
            return f"{left}, but {self.agreeing:.1%} of the values agree"
        if self.noise:
            return f"{left}, as another decoder or another rounding leaves"
        if self.max_abs <= 1:
            return f"{left}: a resize much like this one"
        return f"{left}: no known resize explains them"


@dataclass
class Tally:
    """What one way of resizing leaves, image after image."""

    offset: Tensor
    squares: float = 0.0
    max_abs: float = 0.0
    agreeing: int = 0
    values: int = 0
    structure: float = 0.0

    def add(self, left: Tensor, retold: Tensor) -> None:
        """Count one image in: the difference in grey levels, and the tensor; H x W x 3."""
        left = left - self.offset
        self.squares += float(np.square(left).sum())
        self.max_abs = max(self.max_abs, float(np.abs(left).max()))
        self.agreeing += int((np.abs(left) <= EXACT).sum())
        self.values += left.size
        if EXACT < self.max_abs <= NOISE:
            self.structure = max(self.structure, _foretold(left, retold))

    @property
    def rms(self) -> float:
        """Root of the mean square of what is left, in grey levels."""
        return float(np.sqrt(self.squares / self.values))

    def story(self, resize: Resize | None, grey: str) -> InputStory:
        """What was counted, told of this resize and this treatment of colours."""
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


def _foretold(left: Tensor, tensor: Tensor) -> float:
    """Multiple correlation of `left` with what lies around each value of `tensor`, H x W x 3."""
    width = 2 * _REACH + 1
    around = sliding_window_view(tensor, (width, width), axis=(0, 1)).astype(np.float64)
    around = (around - around[..., _REACH : _REACH + 1, _REACH : _REACH + 1]).reshape(-1, width**2)
    inner = left[_REACH:-_REACH, _REACH:-_REACH].reshape(-1).astype(np.float64)
    around, inner = around - around.mean(axis=0), inner - inner.mean()
    products, spread = around.T @ inner, float(inner @ inner)
    weights = np.linalg.lstsq(around.T @ around, products)[0]
    return float(np.sqrt(np.clip(weights @ products / spread, 0, 1))) if spread > 0 else 0.0
