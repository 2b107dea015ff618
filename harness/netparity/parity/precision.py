"""The arithmetic behind an error: a narrow format of accelerators, or inexact float32.

An error is attributed to a kind of reduced precision on three legs: its size is that of the
simulated error, its direction is closer to it than unrelated errors can be, and it has no structure
that the simulated error does not have. docs/decisions/0009 has the thresholds and the error rates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from netparity.networks.ops.base import Array, How
from netparity.networks.rounding import SIGNIFICANT_BITS, Precision, rounded, stored_as
from netparity.parity.precisions import (
    STORED_ONLY,
    above_others,
    common_directions,
    compare_errors,
    deviations_left,
    is_noise,
    kinds_for,
    without_tiles,
)
from netparity.parity.precisions.kinds import PROBE
from netparity.protocol import Arithmetic

STORED_MOST = {name: 32 * 2.0**-bits for name, bits in SIGNIFICANT_BITS.items()}
"""Largest relative L2 error of a layer whose operands and results are stored in the format."""

_LARGEST = 0.25
"""Relative L2 error that no arithmetic makes, unless it overflows: simulations would not help."""

_MOST_OF_ROUNDING = 64.0
"""Largest relative L2 error of a simulation, in units of the format's roundoff. What is larger has
overflowed: float16 ends at 65504, which the squares of a response normalisation exceed."""

_ALIKE_OVERFLOWN = 0.9
"""Least cosine with such a simulation: values overflow at the same places, at any depth."""

_SIZES = (0.75, 1.35)
"""Band of the ratio of an error's norm to the simulated error's."""

_WIDER = 1.5
"""By how many standard deviations of an unrelated error's cosine the band is widened."""

_ALIKE, _LESS_ALIKE, _ALIKE_DEEP = 0.6, 0.03, 0.3
"""Least cosine with the simulated error: of one layer whose operands are rounded, how much less for
each layer more, and behind any number.

Behind several layers the roundings of activations are no longer those of the simulation; those of
weights still are.
"""

_CHANCE, _CERTAIN, _LEFT = 3.0, 30.0, 4.7
"""How many standard deviations of an unrelated error's cosine a cosine must exceed; from how many
on nothing else is asked; and how many must be left without what unrelated errors have in common."""

_CERTAIN_ALIKE = 0.5
"""Least cosine of which nothing else is asked."""

_ABOVE_OTHERS = 2.3
"""How many times the cosines with other roundings of the same size a cosine must be."""

_OTHER_ROUNDINGS = (1.07, 1.19, 1.31, 1.43, 1.57, 1.71)
"""Factors of the operands while they are rounded."""

_TELL_APART = 4.0
"""The same for the difference between the cosines with two kinds of reduced precision."""

_MOST_OF_STORING = 1.15
"""Largest ratio of an error to that of storing the correct values, if they were only stored."""

_MOST_OF_FLOAT32 = 2.0**-16
"""A simulation with a smaller relative error has rounded no operand to 11 significant bits."""

_UNRELATED = (How(partial_sums="short"), How(channel_order="shuffled"))
"""Float32 sums, whose errors have nothing to do with those of narrow formats."""

_PLAIN = How(partial_sums="short")
"""Float32 sums in an order that no other pass has."""

Simulate = Callable[[How], Array]


def identify(
    x: Array,
    right: Array,
    simulate: Simulate,
    *,
    layers: int = 1,
    ops: frozenset[str] | None = None,
) -> tuple[Arithmetic, ...]:
    """The kinds of arithmetic that explain the difference to the correct values, the best first.

    Args:
        x: the runner's values, finite; N x the node's shape.
        right: the correct values.
        simulate: computes the same layers in a specified way.
        layers: how many layers whose operands are rounded follow each other.
        ops: the operations of the layers; None if unknown.

    Returns:
        Nothing if none does; several if they cannot be told apart.
    """
    values = np.asarray(right, dtype=np.float64)
    error = np.asarray(x, dtype=np.float64) - values
    if not error.any():
        return ()
    grid = stored_as(x)
    if grid is None and np.linalg.norm(error) > _LARGEST * np.linalg.norm(values):
        return ()
    stored = only_stored(x, values) if grid is not None else None
    candidates = _candidates(error, values, grid, simulate, ops)

    @cache
    def directions() -> Array:
        eight = any(each.name.startswith(("bfloat16", "mixed-bfloat16")) for each in candidates)
        others = (*_UNRELATED, How(operands="tf32" if eight else "bfloat16"))
        return common_directions([simulate(how) - values for how in others], values)

    @cache
    def other_roundings(how: How) -> list[Array]:
        return [simulate(replace(how, scale=scale)) - values for scale in _OTHER_ROUNDINGS]

    def stands_out(each: _Candidate) -> bool:
        if deviations_left(error, each.simulated, directions()) < _LEFT:
            return False
        others = other_roundings(How(operands=each.how.operands, tensors=each.how.tensors))
        return above_others(error, each.simulated, directions(), others) >= _ABOVE_OTHERS

    fitting = _fitting(error, values, candidates, layers, stands_out)
    if stored is not None:
        # A layer without sums is computed alike in every kind that stores its results.
        same = [each.name for each in fitting if _is_storing(each.simulated, values, stored[1])]
        return (stored[0], *dict.fromkeys(same))
    if fitting:
        return _best(error, fitting)
    return () if grid is not None else _inexact_float32(error, values, simulate, layers)


def _inexact_float32(
    error: Array, right: Array, simulate: Simulate, layers: int
) -> tuple[Arithmetic, ...]:
    """Float32 that is less exact than its sums could be."""
    sums = np.asarray(simulate(_PLAIN), dtype=np.float64) - right
    evened = without_tiles(error)
    if evened is not None:
        evened *= np.linalg.norm(error) / np.linalg.norm(evened)
        if is_noise(evened, right, sums, deep=layers > 1):
            return ("winograd",)
    return ("fast-math",) if is_noise(error, right, sums, deep=layers > 1) else ()


def only_stored(x: Array, right: Array) -> tuple[Arithmetic, Precision] | None:
    """Whether the values are the correct ones, stored in a narrow format; which one."""
    grid = stored_as(x)
    if grid is None or grid not in STORED_ONLY or x.shape != right.shape:
        return None
    storing = float(np.linalg.norm(rounded(right.astype(np.float32), grid) - right))
    if storing == 0 or float(np.linalg.norm(x - right)) > _MOST_OF_STORING * storing:
        return None
    return STORED_ONLY[grid], grid


@dataclass(frozen=True)
class _Candidate:
    """A kind of reduced precision, the error that it gives, and how alike that is."""

    name: Arithmetic
    how: How
    simulated: Array
    overflows: bool = False
    cosine: float = 0.0


def _candidates(
    error: Array,
    right: Array,
    grid: Precision | None,
    simulate: Simulate,
    ops: frozenset[str] | None,
) -> list[_Candidate]:
    """The kinds that the values and the size of the error leave, each simulated."""
    made: dict[How, Array] = {}

    def simulated(how: How) -> Array:
        if how not in made:
            # What a tool joins is not stored on the way, but what it exports is.
            made[how] = np.asarray(rounded(simulate(how), grid), dtype=np.float64)
        return made[how] - right

    ratio: float | None = 1.0
    if grid is None:
        with np.errstate(all="ignore"):
            probe = float(np.linalg.norm(simulated(PROBE.how)))
        if not np.isfinite(probe):
            return []
        # Float32 passes without products differ from the reference by their own rounding only.
        narrow = probe > _MOST_OF_FLOAT32 * float(np.linalg.norm(right))
        ratio = float(np.linalg.norm(error)) / probe if narrow else None
    candidates = [
        _Candidate(name, how, simulated(how), _overflows(how, simulated(how), right))
        for name, how in kinds_for(grid, ratio, ops)
    ]
    if grid is None:
        # Values that lie on no grid were not stored narrowly at the end.
        return [each for each in candidates if stored_as(each.simulated + right) is None]
    return candidates


def _overflows(how: How, simulated: Array, right: Array) -> bool:
    """Whether a simulation has left the format's range, so that its error is not rounding."""
    if how.storage is None:
        return False
    most = _MOST_OF_ROUNDING * 2.0 ** -SIGNIFICANT_BITS[how.storage]
    # Not a number compares as false.
    return not float(np.linalg.norm(simulated)) <= most * float(np.linalg.norm(right))


@np.errstate(all="ignore")
def _fitting(
    error: Array,
    right: Array,
    candidates: list[_Candidate],
    layers: int,
    stands_out: Callable[[_Candidate], bool],
) -> list[_Candidate]:
    """The candidates that an error resembles in size, direction and structure.

    Args:
        stands_out: whether the likeness behind several layers is more than unrelated errors have.
    """
    fitting = []
    usual = max(_ALIKE_DEEP, _ALIKE - _LESS_ALIKE * (layers - 1))
    for each in candidates:
        alike = _ALIKE_OVERFLOWN if each.overflows else usual
        found = compare_errors(error, each.simulated, right)
        if found is None:
            continue
        # The norms of few values differ by chance.
        wider = 1 + _WIDER * found.chance
        if not _SIZES[0] / wider <= found.ratio <= _SIZES[1] * wider:
            continue
        chance = max(found.chance, error.size**-0.5)
        # Few values cannot exceed chance that far; then only a cosine near 1 tells.
        if found.cosine < min(max(alike, _CHANCE * chance), 0.95) or not found.same_shape:
            continue
        certain = layers == 1 or found.cosine >= max(_CERTAIN_ALIKE, min(_CERTAIN * chance, 0.95))
        if certain or stands_out(each):
            fitting.append(replace(each, cosine=found.cosine))
    return fitting


def _best(error: Array, fitting: list[_Candidate]) -> tuple[Arithmetic, ...]:
    """The most alike, and those that cannot be told from it, in their own order."""
    most = max(fitting, key=lambda each: each.cosine)
    unit = most.simulated / np.linalg.norm(most.simulated)
    size = float(np.linalg.norm(error))
    names: list[Arithmetic] = []
    for each in fitting:
        apart = unit - each.simulated / np.linalg.norm(each.simulated)
        # The difference of the cosines is the error's component along `apart`.
        deviation = float(np.linalg.norm(error * apart)) / size
        if most.cosine - each.cosine <= _TELL_APART * deviation and each.name not in names:
            names.append(each.name)
    return tuple(names)


def _is_storing(simulated: Array, right: Array, grid: Precision) -> bool:
    """Whether a simulation does nothing but store the correct values."""
    storing = float(np.linalg.norm(rounded(right.astype(np.float32), grid) - right))
    return float(np.linalg.norm(simulated)) <= _MOST_OF_STORING * storing
