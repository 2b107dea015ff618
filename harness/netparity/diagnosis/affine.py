"""Any mean and any scale of the input, solved for.

After resizing, people multiply each channel by a number and add another. These six numbers are
fitted to the exported values by least squares (Gauss and Newton's method, since the network behind
them is not linear), and named afterwards if they are known ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netparity.diagnosis.mistakes import InputChange
from netparity.networks import Network
from netparity.networks.ops.base import Array
from netparity.networks.plain_input import from_plain, in_order, to_plain
from netparity.parity.floor import relative_l2

_LENGTHS = (5e-4, 0.1)
"""Least and largest change of a number for its derivative: far above float32 rounding."""

_PART = 0.3
"""The change in between, as a part of the error."""

_ROUNDS = 20
_SLOW = 0.3
"""A step that leaves more of the error than this asks for new slopes."""

_PROGRESS = 0.9
"""A round that leaves more of the error than this has stalled."""

_MOST_STALLS = 2
_HALVINGS = 4
_GREY = 64.0
"""Offsets are measured in this many scaled grey levels, so that all numbers weigh alike."""


@dataclass(frozen=True)
class Affine:
    """A factor and an offset for each channel, applied to grey levels of 0 to 255 in RGB.

    Attributes:
        scale: of red, green and blue.
        offset: added afterwards.
        channels_swapped: BGR for RGB, after all else.
        words: the numbers, named if they are known.
    """

    scale: tuple[float, ...]
    offset: tuple[float, ...]
    channels_swapped: bool = False
    words: str = ""

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Keys of these mistakes."""
        return ("input-affine", *["channels-swapped"] * self.channels_swapped)

    @property
    def mean(self) -> Array:
        """What is subtracted from grey levels, in RGB."""
        return np.asarray(-np.asarray(self.offset) / np.asarray(self.scale))

    def apply_to_input(self, x: Array, network: Network) -> Array:
        """Make the mistakes in a network's correct input (N x H x W x 3)."""
        mean = np.asarray(network.mean_rgb, dtype=x.dtype)
        levels = to_plain(x, network) + mean
        scale, offset = np.asarray(self.scale, x.dtype), np.asarray(self.offset, x.dtype)
        made = in_order(levels * scale + offset, network)
        return np.ascontiguousarray(made[..., ::-1] if self.channels_swapped else made)


Compute = Callable[[Sequence[Affine]], Sequence[Array]]
"""From inputs with other means and scales to their features."""


def as_affine(change: InputChange | None, network: Network) -> Affine:
    """The numbers of a known mistake with mean and scale; those of the right input for None."""
    mean = np.asarray(network.mean_rgb, dtype=np.float64)
    levels = np.stack([np.zeros(3), np.full(3, 255.0)])[:, None, None]
    x = from_plain(levels - mean, network)
    if change is not None:
        x = replace(change, channels_swapped=False, axes_swapped=False).apply_to_input(x, network)
    black, white = in_order(x, network)[:, 0, 0]
    swapped = change is not None and change.channels_swapped
    return Affine(tuple((white - black) / 255), tuple(black), swapped)


def fit(
    compute: Compute,
    values: Array,
    start: Affine,
    enough: float,
) -> tuple[Affine, float]:
    """The numbers with which the computed feature comes nearest to the exported one.

    Slopes are measured where the last ones led astray, and corrected otherwise by what a step has
    changed (Broyden, A class of methods for solving nonlinear simultaneous equations, 1965).

    Args:
        compute: the features of inputs with these numbers.
        values: the exported feature.
        enough: a relative L2 error at which to stop.

    Returns:
        The numbers, and the relative L2 error that they leave.
    """
    best, [at] = start, compute([start])
    error, stalls = relative_l2(values, at), 0
    slopes: Array | None = None
    for _ in range(_ROUNDS):
        if error <= enough or stalls == _MOST_STALLS or not np.isfinite(error):
            break
        measured = slopes is None
        if slopes is None:
            # Far away, longer steps see the slope behind the kinks of ReLUs and pools.
            length = float(np.clip(_PART * error / (1 + 3 * stalls), *_LENGTHS))
            slopes = _slopes(compute, best, at, length)
        wanted = (np.asarray(values, dtype=np.float64) - at).ravel()
        step = np.linalg.lstsq(slopes, wanted, rcond=1e-9)[0]
        before = error
        for _ in range(_HALVINGS if measured else 1):
            tried = _moved(best, step)
            [result] = compute([tried])
            left = relative_l2(values, result)
            if left < error:
                changed = np.subtract(result, at, dtype=np.float64).ravel()
                slopes = slopes + np.outer(changed - slopes @ step, step) / (step @ step)
                best, at, error = tried, result, left
                break
            step = step / 2
        if error > _SLOW * before:
            slopes = None
        if measured:
            stalls = stalls + 1 if error > _PROGRESS * before else 0
    return best, error


def _slopes(compute: Compute, best: Affine, at: Array, length: float) -> Array:
    """The change of the feature with each of the six numbers, in columns."""
    moved = compute([_moved(best, step) for step in length * np.eye(6)])
    changes = [np.subtract(each, at, dtype=np.float64).ravel() / length for each in moved]
    return np.stack(changes, axis=1)


def _moved(start: Affine, step: Array) -> Affine:
    """Other numbers: three relative changes of the scale, then three changes of the offset."""
    scale = np.asarray(start.scale)
    return replace(
        start,
        scale=tuple(scale * (1 + step[:3])),
        offset=tuple(np.asarray(start.offset) + _GREY * scale * step[3:]),
    )
