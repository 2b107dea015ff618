"""How sums are taken and values are stored: one value for reference, floor and every precision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from netparity.networks.rounding import Precision, Split, rounded

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class How:
    """How sums are taken and stored; the defaults are plain arithmetic.

    Attributes:
        channel_order: order in which the input channels of a sum are added.
        partial_sums: number of terms per group (`sums.convolve`); `short` for groups of 4, or for
            64 groups if there are more than 256 terms: almost term by term, as some tools sum.
        operands: precision to which inputs and kernels are rounded before multiplication;
            `bfloat16x3` for the sum of two bfloat16 numbers.
        scale: factor of operands and tensors while they are rounded; any but a power of 2 gives
            other roundings of the same size.
        storage: precision in which every result is stored: the sums, with the bias, and after the
            activation.
        tensors: precision to which all tensors but kernels are rounded, as in a network that was
            cast as a whole: those of batch normalisations, for example.
        wide_results: the operations whose last result is stored in float32 nevertheless.
        narrow_ops: the operations that `operands`, `storage` and `tensors` apply to; None for all.
        fused: whether the bias is added before the sums are stored.
        stepwise: whether a response normalisation stores its squares, sums and powers, as a
            tool does that composes it of element-wise operations.
    """

    channel_order: Literal["stored", "shuffled", "shuffled-again"] = "stored"
    partial_sums: int | Literal["short"] | None = None
    operands: Precision | Split | None = None
    scale: float = 1.0
    storage: Precision | None = None
    tensors: Precision | None = None
    wide_results: frozenset[str] = frozenset()
    narrow_ops: frozenset[str] | None = None
    fused: bool = False
    stepwise: bool = False

    @property
    def sums(self) -> Precision | None:
        """The precision in which sums are stored before the bias is added."""
        return None if self.fused else self.storage

    def operand(self, values: Array) -> Array:
        """An input or a kernel as it is multiplied."""
        return self._rounded(values, self.operands)

    def tensor(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """A tensor that is not a kernel as it is used."""
        return np.asarray(self._rounded(values, self.tensors), np.float32)

    def _rounded(self, values: Array, precision: Precision | Split | None) -> Array:
        if precision is None or self.scale == 1:
            return rounded(values, precision)
        scale = values.dtype.type(self.scale)
        return np.asarray(rounded(values * scale, precision) / scale)

    def at(self, op: str) -> How:
        """How one operation is computed."""
        if self.narrow_ops is None or op in self.narrow_ops:
            return self
        return replace(self, operands=None, storage=None, tensors=None)


RIGHT = How()
