"""Dropout left active: finding the mask that a tool drew, which no seed would tell.

A layer's outputs are more equations than its dropped inputs have unknowns, or enough of them that
only one mask fits, since every entry is one of two values. Few entries are tried out. For many,
messages are passed between equations and entries until each entry has settled: approximate message
passing with the prior of a fair coin (Donoho, Maleki and Montanari, Message-passing algorithms for
compressed sensing, PNAS 106, 2009; Rangan, Generalized approximate message passing for estimation
with random linear mixing, ISIT 2011). Where that does not settle, which it need not for matrices
unlike random ones, least squares with bounds does, given half as many equations as entries (Donoho
and Tanner, Counting the faces of randomly-projected hypercubes and orthants, 2010).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netparity.models import Layer
from netparity.parity.arithmetic import Array
from netparity.parity.network import RIGHT, How, Weights

SCALES = (2.0, 1.0, 10 / 9, 1.25, 4 / 3, 10 / 7, 5 / 3, 2.5, 10 / 3, 5.0)
"""1 / (1 - p) for the usual rates p, and 1 where the kept values are not scaled."""

_CLEAR = 0.2
"""Distance from a bound, as a share of the interval, up to which an entry counts as on it."""

_FEWEST = 4
_FEWEST_EQUATIONS = 2
"""One would be met to float32's precision by some choice among 18 values of 0 or 1."""

_MOST_ENUMERATED = 18
_MOST_UNSURE = 12
"""Entries so small that rounding hides whether they are there; tried one way and the other."""

_MISFIT = 0.01
"""Share of the outputs that a mask may leave unexplained; at another scale, it is far more."""

_EQUAL = 1e-6

_MOST_BOUNDED = 512
"""Entries up to which least squares are quick, and with bounds precise."""

_MESSAGES = 100
_DAMPING = 0.3
_SETTLED = 1e-12
"""Share of its variance that is left of what the entries say together."""


Solver = Callable[[Array, Array], "Array | None"]


def output_mask(values: Array, right: Array) -> Array | None:
    """Factors by which dropout changed a layer's output; None if it cannot have been dropout.

    Args:
        values: N x units, as handed out.
        right: N x units, as they should be.
    """
    alive = right > 0
    dropped, kept = alive & (values == 0), alive & (values != 0)
    if dropped.sum() < _FEWEST or kept.sum() < _FEWEST:
        return None
    scale = float(np.median(values[kept] / right[kept]))
    near = min(SCALES, key=lambda known: abs(known - scale))
    if abs(near - scale) > 1e-3:
        return None
    return np.where(dropped, 0.0, near)


def input_mask(
    layer: Layer, weights: Weights, x: Array, values: Array, how: How = RIGHT
) -> Array | None:
    """Factors by which dropout changed a dense layer's input; None if it cannot have been dropout.

    Args:
        layer: the dense layer that comes after the dropout.
        x: N x units, its input as handed out before the dropout.
        values: N x outputs, what the layer made of it.
        how: what else the layer did.

    Returns:
        N x units; None also if too few equations are known.
    """
    matrix = weights[layer.kernel].reshape(-1, values.shape[-1]).astype(np.float64)
    bias = weights[layer.bias].astype(np.float64) * how.bias
    activation = {
        "own": layer.activation,
        "none": None,
        "relu": "relu",
        "relu-own": f"relu-{layer.activation}",
    }[how.activation]
    before, after = x.astype(np.float64), values.astype(np.float64)
    for scale, solve in _ways(matrix):
        masks = []
        for one, result in zip(before, after, strict=True):
            mask = _mask(matrix, bias, one, result, scale, activation, solve)
            if mask is None:
                break
            masks.append(mask)
        # An image of a few values may have lost none or all of them; not every image.
        if len(masks) == len(x) and len(np.unique(np.stack(masks)[x != 0])) > 1:
            return np.stack(masks)
    return None


def _ways(matrix: Array) -> list[tuple[float, Solver]]:
    """Scales with what solves for the entries, quick ones first."""
    if len(matrix) <= _MOST_BOUNDED:
        return [(scale, solve) for solve in (_solve, _pass_messages) for scale in SCALES]
    # Least squares of some size take long: there only the usual rate and no scale at all.
    quick: list[tuple[float, Solver]] = [(scale, _pass_messages) for scale in SCALES]
    return [*quick, *((scale, _solve) for scale in SCALES[:2])]


def _mask(
    matrix: Array,
    bias: Array,
    x: Array,
    y: Array,
    scale: float,
    activation: str | None,
    solve: Solver,
) -> Array | None:
    equations, target = _equations(matrix, bias, y, activation)
    unknown = np.flatnonzero(x)
    if len(target) < _FEWEST_EQUATIONS or len(unknown) < _FEWEST:
        return None
    # In units of the full value: 0 is dropped, 1 is kept.
    system = equations[:, unknown] * (x[unknown] * scale)
    share = solve(system, target)
    chosen = None if share is None else _settle(system, target, share)
    if chosen is None:
        return None
    if np.linalg.norm(system @ chosen - target) > _MISFIT * np.linalg.norm(target):
        return None
    mask = np.full(len(x), scale)
    mask[unknown] = chosen * scale
    return mask


def _equations(matrix: Array, bias: Array, y: Array, activation: str | None) -> tuple[Array, Array]:
    """What the outputs say about the inputs: A z = t."""
    if activation == "softmax":
        # Logits are known up to a constant: their distances to their mean are equations.
        known = np.flatnonzero(y > np.finfo(np.float32).tiny)
        logits = np.log(y[known]) - bias[known]
        centred = matrix[:, known] - matrix[:, known].mean(axis=1, keepdims=True)
        # Together they are zero: one of them says nothing that the others do not.
        return centred.T[:-1], (logits - logits.mean())[:-1]
    if activation == "relu-softmax":
        # The smallest is a logit of 0, if several are equal.
        lowest = y.min()
        alive = np.flatnonzero(y > lowest * (1 + _EQUAL))
        if lowest <= 0 or len(alive) > len(y) - 2:
            return matrix[:, :0].T, y[:0]
        return matrix[:, alive].T, np.log(y[alive]) - np.log(lowest) - bias[alive]
    relu = activation in ("relu", "relu-relu")
    alive = np.flatnonzero(y > 0) if relu else np.arange(len(y))
    return matrix[:, alive].T, y[alive] - bias[alive]


def _solve(system: Array, target: Array) -> Array | None:
    """Entries of 0 to 1 with `system @ entries = target`; None if they are not determined."""
    rows, columns = system.shape
    if rows >= columns:
        return np.asarray(np.linalg.lstsq(system, target, rcond=None)[0])
    if columns <= _MOST_ENUMERATED:
        return _enumerate(system, target)
    if rows <= columns // 2:
        return None
    from scipy.optimize import lsq_linear

    if columns > _MOST_BOUNDED:
        return None
    scale = np.linalg.norm(system, axis=0)
    scale[scale == 0] = 1
    # Entries need only be told apart, not known to the last digit.
    solved = lsq_linear(system / scale, target, bounds=(0, scale), tol=1e-6)
    return np.asarray(solved.x / scale)


def _pass_messages(system: Array, target: Array) -> Array | None:
    """Entries of 0 or 1 with `system @ entries = target`; None if they do not settle.

    In the words of Rangan's algorithm 1, with the entries as -1 and 1, a variance common to all
    equations, and no noise.
    """
    half = system / 2
    power = np.sum(half**2, axis=0)
    wanted = target - half.sum(axis=1)
    mean, variance = np.zeros(system.shape[1]), np.ones(system.shape[1])
    message = np.zeros(len(target))
    for step in range(_MESSAGES):
        uncertain = power @ variance / len(target)
        if uncertain <= _SETTLED * power.sum() / len(target):
            return (mean + 1) / 2
        message = (wanted - half @ mean) / uncertain + message
        # The entry's own field: what the equations say, and what it had said to them itself.
        field = half.T @ message + mean * power / uncertain
        settled = np.tanh(field)
        mean = settled if step == 0 else (1 - _DAMPING) * settled + _DAMPING * mean
        variance = 1 - mean**2
    return None


def _settle(system: Array, target: Array, share: Array) -> Array | None:
    """Entries of 0 or 1 from entries near them; None if too many are near neither."""
    chosen = np.clip(np.rint(share), 0, 1)
    distance = np.abs(share - chosen)
    if np.count_nonzero(distance >= _CLEAR) > min(_MOST_UNSURE, len(share) // 4):
        return None
    if distance.max() >= _CLEAR:
        unsure = np.argsort(distance)[-_MOST_UNSURE:]
        chosen[unsure] = 0
        chosen[unsure] = _enumerate(system[:, unsure], target - system @ chosen)
    return chosen


def _enumerate(system: Array, target: Array) -> Array:
    """The best of all choices of 0 and 1."""
    columns = system.shape[1]
    numbers = np.arange(2**columns)
    choices = ((numbers[:, None] >> np.arange(columns)) & 1).astype(np.float64)
    misfit = np.linalg.norm(choices @ system.T - target, axis=1)
    return np.asarray(choices[int(np.argmin(misfit))])
