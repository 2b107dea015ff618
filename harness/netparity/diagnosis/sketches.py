"""What each mistake changes about a feature, and which two of them would add up to an error.

The changes that two small mistakes make add up, nearly. So the changes of all that were tried alone
say which pairs are worth a pass, without one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netparity.diagnosis.candidate import Candidate
from netparity.networks.ops.base import Array

_MOST_VALUES = 4096
"""Of a larger feature, so many values are drawn."""

_MOST_CHANGES = 400
_LEFT = 0.8
"""The part of the error that a pair may leave."""


class Sketches:
    """The changes of all candidates, at some of the feature's values.

    Args:
        values: the exported ones.
        right: the correct ones.
    """

    def __init__(self, values: Array, right: Array) -> None:
        self._places = _some(right.size)
        self._right = right.reshape(-1)[self._places].astype(np.float32)
        drawn = np.asarray(values).reshape(-1)
        same = drawn.size == right.size
        self._error = drawn[self._places].astype(np.float32) - self._right if same else None
        self._changes: list[tuple[Candidate, Array]] = []

    def add(self, candidate: Candidate, computed: Array) -> None:
        """Remember what a candidate changes, if it is a single mistake."""
        if len(self._changes) == _MOST_CHANGES or candidate.treatment is not None:
            return
        if (
            len(candidate.parts) == 1
            and candidate.parts != ("affine",)
            and computed.size >= len(self._places)
        ):
            change = computed.reshape(-1)[self._places].astype(np.float32) - self._right
            if np.isfinite(change).all():
                self._changes.append((candidate, change))

    def pairs(self, most: int) -> list[Candidate]:
        """The pairs whose changes add up best to the error, the best first."""
        if self._error is None or len(self._changes) < 2:
            return []
        changes = np.stack([change for _, change in self._changes]).astype(np.float64)
        error = self._error.astype(np.float64)
        gram, along = changes @ changes.T, changes @ error
        own = np.diag(gram) - 2 * along
        left = float(error @ error) + own[:, None] + own[None] + 2 * gram
        left[np.tril_indices(len(left))] = np.inf
        least = min(float(error @ error), float((error @ error + own).min()))
        found: list[Candidate] = []
        for place in np.argsort(left, axis=None)[: 4 * most]:
            first, second = np.unravel_index(place, left.shape)
            if left[first, second] > _LEFT * least or len(found) == most:
                break
            joined = self._changes[first][0].joined(self._changes[second][0])
            if joined is not None:
                found.append(joined)
        return found


def _some(size: int) -> npt.NDArray[np.intp]:
    """The same places each time."""
    if size <= _MOST_VALUES:
        return np.arange(size)
    return np.sort(np.random.default_rng(size).choice(size, _MOST_VALUES, replace=False))
