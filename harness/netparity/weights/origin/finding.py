"""Which known training the weights of a network come from, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks import Network
from netparity.weights.origin.known import (
    VGG16_OXFORD,
    VGG19_OXFORD,
    LayerFacts,
    Position,
    Training,
)
from netparity.weights.origin.known_torchvision import TORCHVISION

Array = npt.NDArray[np.floating[Any]]
Tensors = Mapping[str, Array]

TRAININGS: tuple[Training, ...] = (VGG16_OXFORD, VGG19_OXFORD, *TORCHVISION)

_PRINTED = 6e-5
"""Half a unit of the fourth decimal, to which most values are printed, and a little more."""
_ROUNDED = 2.0**-8
"""Relative: bfloat16 has 8 significant bits, float16 has 11."""
_STATISTICAL = 2e-3
"""Of a deviation: what rounding to bfloat16 does to mean and deviation of 64 values."""
_LEAST_VALUES = 8
_CLOSE = 0.3
"""Relative distance below which weights were trained further from known ones."""
_LARGEST = 2**23
"""Values of a kernel that is read; reading fc6 and fc7 would take longer than all others."""


@dataclass(frozen=True)
class Numbered:
    """A layer with weights: its kernel and its bias by their names in the network's tensors."""

    name: str
    kernel: str
    bias: str | None


@dataclass(frozen=True)
class Recognised:
    """Weights that come from a known training.

    Attributes:
        same: layers whose published values agree.
        other: layers whose published values differ: trained further, or replaced.
        unknown: number of layers of which nothing is published.
        reversed: whether the first kernel has the image's channels in the reverse of the order that
            the network expects; None if that cannot be told.
        factors: what the published first kernel is multiplied by, for red, green and blue, if it is
            not 1: the image has another scale.
        distance: relative distance of all published values, if none agrees exactly.
    """

    training: Training
    same: tuple[str, ...]
    other: tuple[str, ...]
    unknown: int
    reversed: bool | None = None
    factors: tuple[float, ...] | None = None
    distance: float | None = None


def layers_of(network: Network) -> tuple[Numbered, ...]:
    """The layers that have a kernel, in the order of the network; a shared kernel once."""
    found: dict[str, Numbered] = {}
    for node in network.nodes:
        kernel = node.tensors.get("kernel")
        if kernel is not None and kernel not in found:
            label = kernel.removesuffix(".kernel")
            name = label if label != kernel else network.owner(node)
            found[kernel] = Numbered(name, kernel, node.tensors.get("bias"))
    return tuple(found.values())


def recognise(network: Network, tensors: Tensors) -> Recognised | None:
    """The known training, if the published values of any are these.

    Args:
        tensors: canonical: kernels height x width x input x output channels, the image's channels
            in the order red, green, blue unless the network's input says otherwise.
    """
    layers = layers_of(network)
    if not layers or len(first := network.tensors[layers[0].kernel]) != 4:
        return None
    candidates = [training for training in TRAININGS if training.first == tuple(first)]
    if not candidates:
        return None
    read = [_read(network, layer, tensors) for layer in layers]
    found = [_compared(training, network, read) for training in candidates]
    return max(
        (entry for entry in found if entry is not None),
        key=lambda entry: (len(entry.same), -(entry.distance or 0.0)),
        default=None,
    )


@dataclass(frozen=True)
class _Read:
    """What is compared of one layer, read once.

    Attributes:
        kernel: a convolution's; None for a dense layer.
        statistics: of the kernel; None of a large one, whose bias tells as much.
    """

    name: str
    kernel: Array | None
    bias: Array | None
    statistics: tuple[float, float] | None


def _read(network: Network, layer: Numbered, tensors: Tensors) -> _Read:
    shape = network.tensors[layer.kernel]
    bias = None if layer.bias is None else tensors[layer.bias].reshape(-1)
    if math.prod(shape) > _LARGEST:
        return _Read(layer.name, None, bias, None)
    kernel = np.asarray(tensors[layer.kernel])
    return _Read(layer.name, kernel if len(shape) == 4 else None, bias, _statistics(kernel))


def _compared(training: Training, network: Network, read: list[_Read]) -> Recognised | None:
    first = _first_kernel(training, network, read[0])
    read = [replace(read[0], kernel=first.values), *read[1:]]
    same: list[str] = []
    other: list[str] = []
    numbers, strong = 0, False
    for layer, facts in _pairs(training, read):
        checks = list(_checks(facts, layer))
        if not checks:
            continue
        agree = all(check.agrees for check in checks)
        (same if agree else other).append(layer.name)
        numbers += sum(check.count for check in checks) if agree else 0
        strong = strong or any(check.agrees and check.count >= _LEAST_VALUES for check in checks)
    unknown = len(read) - len(same) - len(other)
    if same and (strong or numbers >= _LEAST_VALUES):
        return Recognised(
            training, tuple(same), tuple(other), unknown, first.is_reversed, first.factors
        )
    if (distance := _distance(training, read)) is not None and distance < _CLOSE:
        return Recognised(training, (), tuple(other), unknown, first.is_reversed, None, distance)
    return None


def _pairs(training: Training, read: list[_Read]) -> Iterator[tuple[_Read, LayerFacts]]:
    for number, layer in enumerate(read):
        if (facts := training.layers.get(number)) is not None:
            yield layer, facts


@dataclass(frozen=True)
class _Check:
    agrees: bool
    count: int


def _checks(facts: LayerFacts, layer: _Read) -> Iterator[_Check]:
    """How the published values of one layer compare with a network's."""
    if facts.kernel and layer.kernel is not None:
        yield _values_agree(facts.kernel, layer.kernel)
    if facts.kernel_statistics is not None and layer.statistics is not None:
        yield _statistics_agree(facts.kernel_statistics, layer.statistics)
    if layer.bias is None:
        return
    if facts.bias:
        yield _values_agree({(place,): value for place, value in facts.bias.items()}, layer.bias)
    if facts.bias_statistics is not None and layer.bias.size > 1:
        yield _statistics_agree(facts.bias_statistics, _statistics(layer.bias))


def _values_agree(published: Mapping[Position, float], values: Array) -> _Check:
    inside = [place for place in published if _has(values, place)]
    if len(inside) < len(published):
        return _Check(False, 0)
    expected = np.array([published[place] for place in inside])
    found = np.array([values[place] for place in inside], np.float64)
    agrees = bool(np.all(np.abs(found - expected) <= _PRINTED + _ROUNDED * np.abs(expected)))
    return _Check(agrees, len(inside))


def _statistics(values: Array) -> tuple[float, float]:
    """Mean and deviation with n - 1."""
    flat = values.reshape(-1)
    ratio = math.sqrt(flat.size / max(1, flat.size - 1))
    return float(flat.mean(dtype=np.float64)), float(flat.std(dtype=np.float64)) * ratio


def _statistics_agree(published: tuple[float, float], found: tuple[float, float]) -> _Check:
    apart = max(abs(a - b) for a, b in zip(published, found, strict=True))
    return _Check(apart <= _STATISTICAL * published[1], 4)


def _has(values: Array, place: Position) -> bool:
    inside = zip(place, values.shape, strict=False)
    return len(place) == values.ndim and all(at < size for at, size in inside)


@dataclass(frozen=True)
class _FirstKernel:
    """The first kernel in the published order, and what had to be done for it."""

    values: Array | None
    is_reversed: bool | None = None
    factors: tuple[float, ...] | None = None


def _first_kernel(training: Training, network: Network, read: _Read) -> _FirstKernel:
    """In RGB as published, whatever order and scale of the image the network has."""
    kernel = read.kernel
    published = training.layers[0].kernel
    if not published or kernel is None:
        return _FirstKernel(kernel)
    expected = network.inputs[0].preprocessing
    is_bgr = expected is not None and expected.order == "BGR"
    for flip in (is_bgr, not is_bgr):
        values = kernel[:, :, ::-1] if flip else kernel
        factors = _factors(published, values)
        if factors is None:
            continue
        if all(abs(factor - 1) <= 4 * _ROUNDED for factor in factors):
            return _FirstKernel(values, flip != is_bgr)
        scaled = values / np.reshape(factors, (1, 1, len(factors), 1))
        return _FirstKernel(scaled, flip != is_bgr, factors)
    return _FirstKernel(kernel[:, :, ::-1] if is_bgr else kernel)


def _factors(published: Mapping[Position, float], values: Array) -> tuple[float, ...] | None:
    """A number for each channel by which the published values are multiplied; None if none is."""
    found = []
    for channel in range(values.shape[2]):
        places = [place for place in published if place[2] == channel]
        expected = np.array([published[place] for place in places])
        given = np.array([values[place] for place in places], np.float64)
        factor = float(expected @ given / (expected @ expected))
        error = np.abs(given - factor * expected)
        if not factor or np.any(error > abs(factor) * (_PRINTED + _ROUNDED * np.abs(expected))):
            return None
        found.append(factor)
    return tuple(found)


def _distance(training: Training, read: list[_Read]) -> float | None:
    """||found - published|| / ||published|| over all single values; None if there are few."""
    expected: list[float] = []
    found: list[float] = []
    for layer, facts in _pairs(training, read):
        for published, values in ((facts.kernel, layer.kernel), (facts.bias, layer.bias)):
            for at, value in (published or {}).items():
                place = (at,) if isinstance(at, int) else at
                if values is not None and _has(values, place):
                    expected.append(value)
                    found.append(float(values[place]))
    if len(expected) < 2 * _LEAST_VALUES:
        return None
    apart = np.subtract(found, expected)
    return float(np.linalg.norm(apart) / np.linalg.norm(expected))
