"""What any error becomes behind several layers, whatever its source.

Layers stretch some directions more than others, so that unrelated errors come out alike. The errors
of float32 sums and of formats that are not meant show these directions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netparity.networks.ops.base import Array

_LEAST_LEFT = 0.4
"""Least share of an error's norm that must be left without the common directions."""


def common_directions(errors: Sequence[Array], right: Array) -> Array:
    """An orthonormal basis of what unrelated errors have in common.

    Args:
        errors: of sources that are not meant, each of the shape of `right`.
        right: the correct values, whose own direction counts as well.

    Returns:
        Values x directions.
    """
    vectors = [right, (right != 0).astype(np.float64), *errors]
    usable = [
        each.ravel() / np.linalg.norm(each) for each in vectors if 0 < np.linalg.norm(each) < np.inf
    ]
    return np.asarray(np.linalg.qr(np.stack(usable, axis=1))[0])


def deviations_left(error: Array, simulated: Array, directions: Array) -> float:
    """The cosine of two errors without the common directions, in standard deviations.

    Returns:
        0 if little is left of the error.
    """
    left, expected = (_without(each, directions) for each in (error, simulated))
    if float(np.linalg.norm(left)) < _LEAST_LEFT * float(np.linalg.norm(error)):
        return 0.0
    products = left * expected
    scale = float(np.linalg.norm(left) * np.linalg.norm(expected))
    if scale == 0:
        return 0.0
    chance = max(float(np.linalg.norm(products)) / scale, float(left.size) ** -0.5)
    return float(float(products.sum()) / scale / chance)


def above_others(
    error: Array, simulated: Array, directions: Array, others: Sequence[Array]
) -> float:
    """The cosine of two errors over the root mean square of those with other roundings.

    All are taken without the common directions. A first layer of few channels makes errors of few
    dimensions, so that even other roundings of the same size can have a cosine of 0.3.

    Args:
        others: errors of other roundings of the same size. Those that overflow are left out.
    """
    left = _without(error, directions)
    finite = [each for each in others if np.isfinite(each).all()]
    squares = [_cosine(left, _without(each, directions)) ** 2 for each in finite]
    usual = float(np.mean(squares)) ** 0.5 if squares else 0.0
    return _cosine(left, _without(simulated, directions)) / max(usual, float(left.size**-0.5))


def _without(error: Array, directions: Array) -> Array:
    flat = error.ravel()
    return np.asarray(flat - directions @ (directions.T @ flat))


def _cosine(first: Array, second: Array) -> float:
    scale = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.vdot(first, second)) / scale if scale > 0 else 0.0
