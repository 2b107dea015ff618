"""The order of layers in a file of Keras 3, which lists them by class and number."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from netparity.files.stored import Stored

_NUMBERED = re.compile(r"(.+?)(?:_(\d{1,6}))?")
_NORMALISATION = "batch_normalization"


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer with arrays.

    Attributes:
        path: the groups that lead to it, without the containers of layers.
        names: the same with the user's names where the file has them.
        listed: whether it and all models around it are counted in a list of layers.
        arrays: in the order of their numbers.
        address: where in the file the first of them is described.
    """

    path: tuple[str, ...]
    names: tuple[str, ...]
    listed: bool
    arrays: tuple[Stored, ...]
    address: int

    @property
    def kind(self) -> str:
        """The class in snake case, or the name of an attribute."""
        return _kind(self.path[-1])[0] if self.path else ""

    @property
    def takes_maps(self) -> bool:
        """Whether it is a convolution, or normalises images."""
        return self.kind == "normalization" or any(len(a.shape) == 4 for a in self.arrays)


def in_order(layers: list[Layer]) -> tuple[list[Layer], bool]:
    """The layers in the order in which they were made, and whether the file tells it.

    Keras writes layer by layer, so that the places of the arrays in the file give the order. It is
    believed if it agrees with the numbers of layers of each kind, and is not that of the alphabet,
    in which copies of a file are written. Failing that, layers of a kind are in the order of their
    numbers, and dense layers come last.
    """
    written = sorted(layers, key=lambda layer: layer.address)
    numbered = _by_number(layers)
    alphabetical = written == sorted(layers, key=lambda layer: layer.path)
    listed = all(layer.listed for layer in layers)
    if listed and _counts_up(written) and (not alphabetical or written == numbered):
        return written, True
    return numbered, False


def _counts_up(layers: Sequence[Layer]) -> bool:
    kinds: dict[tuple[tuple[str, ...], str], list[int]] = {}
    for layer in layers:
        if layer.path:
            kind, number = _kind(layer.path[-1])
            kinds.setdefault((layer.path[:-1], kind), []).append(number)
    return all(a < b for numbers in kinds.values() for a, b in pairwise(numbers))


def _by_number(layers: Sequence[Layer]) -> list[Layer]:
    """By model, kind and number; each normalisation behind the layer that gives its channels."""
    last: dict[tuple[str, ...], bool] = {}
    for layer in layers:
        for depth in range(len(layer.path) + 1):
            below = layer.path[:depth]
            last[below] = last.get(below, True) and not layer.takes_maps

    def key(layer: Layer) -> list[tuple[bool, str, int]]:
        steps = [layer.path[: depth + 1] for depth in range(len(layer.path))]
        return [(last[step], *_kind(step[-1])) for step in steps]

    ordered = sorted(layers, key=key)
    waiting: dict[tuple[str, ...], deque[Layer]] = {}
    for layer in ordered:
        if layer.kind == _NORMALISATION:
            waiting.setdefault(layer.path[:-1], deque()).append(layer)
    found: list[Layer] = []
    for layer in (layer for layer in ordered if layer.kind != _NORMALISATION):
        found.append(layer)
        following = waiting.get(layer.path[:-1])
        if following and following[0].arrays[0].shape == layer.arrays[0].shape[-1:]:
            found.append(following.popleft())
    return found + [layer for rest in waiting.values() for layer in rest]


def _kind(key: str) -> tuple[str, int]:
    """A group's kind and number: `conv2d_3` is the convolution with number 3, `conv2d` 0."""
    match = _NUMBERED.fullmatch(key)
    return (match[1], int(match[2] or 0)) if match is not None else (key, 0)
