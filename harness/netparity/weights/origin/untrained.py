"""Weights that no one has trained: their distribution is still that of an initialisation.

A uniform distribution ends at its bound and a normal one has a kurtosis of 3; training leaves
neither. The deviations are those that the frameworks draw kernels with: Glorot and Bengio (2010),
He et al. (2015, arXiv:1502.01852), PyTorch's default (uniform within 1 / sqrt(fan-in)).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks import Network
from netparity.weights.origin.finding import layers_of

Array = npt.NDArray[np.floating[Any]]

_UNIFORM, _NORMAL, _CUT = "uniform", "normal", "truncated"
_LEAST_VALUES = {_UNIFORM: 400, _NORMAL: 4000, _CUT: 4000}
"""Fewer say too little about their distribution; a uniform one has sharp ends."""
_MOST_VALUES = 2**20
_LARGEST = 2**23
_COMPARED, _SEEDS = 16, 100
_ERRORS = 5.0
"""Standard errors that a statistic may be away from its expected value."""
_MARGIN = 25.0
"""A uniform sample of n has its largest value within 25 / n of the bound, but for one in e^25."""
_ROUNDED = 2.0**-8
_TRUNCATED = 0.87962566103423978
"""Deviation of a normal distribution cut off at two deviations, as TensorFlow draws it."""


@dataclass(frozen=True)
class Initialisation:
    """A way of drawing kernels.

    Attributes:
        words: what the values are.
        kind: `uniform`, `normal` or `truncated`.
        gain: the variance times the fan; the deviation itself if that is fixed.
        fan: `in`, `out`, `both` (their mean) or `fixed`.
    """

    words: str
    kind: str
    gain: float
    fan: str

    def deviation(self, fan_in: float, fan_out: float) -> float:
        """The standard deviation for a layer of this size."""
        if self.fan == "fixed":
            return self.gain
        fans = {"in": fan_in, "out": fan_out, "both": (fan_in + fan_out) / 2}
        return math.sqrt(self.gain / fans[self.fan])


INITIALISATIONS = (
    Initialisation("uniform within sqrt(6 / (fan-in + fan-out)) (Glorot)", _UNIFORM, 1, "both"),
    Initialisation("uniform within sqrt(6 / fan-in) (He)", _UNIFORM, 2, "in"),
    Initialisation("uniform within 1 / sqrt(fan-in) (PyTorch's default)", _UNIFORM, 1 / 3, "in"),
    Initialisation("uniform within sqrt(3 / fan-in) (LeCun)", _UNIFORM, 1, "in"),
    Initialisation("normal with a variance of 2 / fan-in (He)", _NORMAL, 2, "in"),
    Initialisation("normal with a variance of 2 / fan-out (He, as torchvision)", _NORMAL, 2, "out"),
    Initialisation("normal with a variance of 2 / (fan-in + fan-out) (Glorot)", _NORMAL, 1, "both"),
    Initialisation("normal with a variance of 1 / fan-in (LeCun)", _NORMAL, 1, "in"),
    Initialisation("normal with a deviation of 0.01", _NORMAL, 0.01, "fixed"),
    Initialisation("normal, cut off, with a variance of 2 / fan-in (He)", _CUT, 2, "in"),
    Initialisation(
        "normal, cut off, with a variance of 2 / (fan-in + fan-out) (Glorot)",
        *(_CUT, 1, "both"),
    ),
)


def untrained(network: Network, tensors: Mapping[str, Array]) -> Mapping[str, str]:
    """The layers whose kernels are still as they were drawn, and how they were drawn.

    Small kernels are not judged, nor are those that take long to read.
    """
    found = {}
    for layer in layers_of(network):
        if min(_LEAST_VALUES.values()) <= math.prod(network.tensors[layer.kernel]) <= _LARGEST:
            drawn = drawn_as(np.asarray(tensors[layer.kernel]))
            if drawn is not None:
                found[layer.name] = drawn.words
    return found


def judged(network: Network) -> tuple[str, ...]:
    """The layers whose kernels are large enough to be judged, whatever their distribution."""
    found: dict[int, list[str]] = {}
    for layer in layers_of(network):
        size = math.prod(network.tensors[layer.kernel])
        for least in _LEAST_VALUES.values():
            if least <= size <= _LARGEST:
                found.setdefault(least, []).append(layer.name)
    return tuple(dict.fromkeys(found[max(found)])) if found else ()


def seed_of(network: Network, tensors: Mapping[str, Array]) -> int | None:
    """The seed of netparity's synthetic weights, if it is below 100; None for other weights.

    Their first kernel begins with the first numbers of a known generator, times one factor. It may
    be rotated, and its channels may be reversed.
    """
    layers = layers_of(network)
    if not layers or math.prod(network.tensors[layers[0].kernel]) < _COMPARED:
        return None
    kernel = np.asarray(tensors[layers[0].kernel])
    orders = [kernel]
    if kernel.ndim == 4:
        turned = kernel[::-1, ::-1]
        orders = [kernel, kernel[:, :, ::-1], turned, turned[:, :, ::-1]]
    for seed in range(_SEEDS):
        drawn = np.random.default_rng([seed, 0]).standard_normal(_COMPARED, dtype=np.float32)
        for order in orders:
            given = order.reshape(-1)[:_COMPARED].astype(np.float64)
            factor = float(drawn @ given / (drawn @ drawn))
            if factor and np.allclose(given, factor * drawn, rtol=_ROUNDED, atol=0):
                return seed
    return None


def drawn_as(kernel: Array) -> Initialisation | None:
    """The initialisation that a kernel is drawn with; None for a trained one."""
    fan_in, fan_out = _fans(kernel.shape)
    moments = _Moments.of(kernel.reshape(-1)[:_MOST_VALUES].astype(np.float64))
    return next(
        (
            entry
            for entry in INITIALISATIONS
            if moments.count >= _LEAST_VALUES[entry.kind]
            and all(_fits(moments, entry.kind, entry.deviation(fan_in, fan_out)))
        ),
        None,
    )


@dataclass(frozen=True)
class _Moments:
    """What is compared of a distribution.

    Attributes:
        square: the mean of the squares.
        kurtosis: the mean of the fourth powers by the squared mean of the squares.
        size: the mean of the absolute values.
    """

    count: int
    mean: float
    square: float
    kurtosis: float
    size: float
    largest: float

    @classmethod
    def of(cls, values: Array) -> _Moments:
        sizes, squares = np.abs(values), values**2
        square = float(squares.mean())
        kurtosis = float((squares @ squares) / values.size / square**2) if square else 0.0
        largest, size = float(sizes.max()), float(sizes.mean())
        return cls(values.size, float(values.mean()), square, kurtosis, size, largest)


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    places = math.prod(shape[:-2])
    return places * shape[-2], places * shape[-1]


def _fits(found: _Moments, kind: str, deviation: float) -> Iterator[bool]:
    """One test after another, each within five standard errors."""
    n = found.count
    fourth = {_UNIFORM: 1.8, _NORMAL: 3.0, _CUT: 2.3658}[kind]
    yield abs(found.square / deviation**2 - 1) <= _ERRORS * math.sqrt((fourth - 1) / n)
    yield abs(found.mean) <= _ERRORS * deviation / math.sqrt(n)
    if kind == _UNIFORM:
        bound = math.sqrt(3) * deviation
        yield bound * (1 - _MARGIN / n) <= found.largest <= bound * (1 + _ROUNDED)
    elif kind == _CUT:
        bound = 2 * deviation / _TRUNCATED
        yield bound * (1 - 5 * _MARGIN / n) <= found.largest <= bound * (1 + _ROUNDED)
    spread = {_UNIFORM: 1.2, _NORMAL: math.sqrt(24), _CUT: 2.1}[kind]
    yield abs(found.kurtosis - fourth) <= _ERRORS * spread / math.sqrt(n)
    size = {_UNIFORM: math.sqrt(3) / 2, _NORMAL: math.sqrt(2 / math.pi)}.get(kind)
    if size is not None:
        yield abs(found.size / deviation - size) <= _ERRORS * 0.7 / math.sqrt(n)
