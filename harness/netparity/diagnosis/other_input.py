"""Inputs that may have been used in place of the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from netparity.networks.ops.base import Array


class OtherInput:
    """One input, made when it is first needed.

    Args:
        mistakes: what was done to the image, each as the key of a mistake and a detail in words.
        make: gives the network's input, (N * views) x its shape, the views of an image side by
            side.
        views: inputs for each image, whose features are averaged.
    """

    def __init__(
        self,
        mistakes: Sequence[tuple[str, str]],
        make: Callable[[], npt.NDArray[np.floating]],
        views: int = 1,
    ) -> None:
        self.mistakes, self._make, self.views = tuple(mistakes), make, views

    @cached_property
    def tensor(self) -> Array:
        """The input, (N * views) x its shape."""
        return self._make()


class OtherInputs(Protocol):
    """All that may have been done to the images."""

    def alone(self) -> Iterable[OtherInput]:
        """Each with one mistake, the likeliest first."""

    def beside(self, other: OtherInput) -> Iterable[OtherInput]:
        """Each that has one more mistake than another one, or goes into its detail."""


class KnownInputs:
    """Tensors that are given, by a description of how they were made."""

    def __init__(self, tensors: Mapping[str, Array]) -> None:
        self._tensors = tensors

    def alone(self) -> Iterable[OtherInput]:
        """Each tensor."""
        for words, tensor in self._tensors.items():
            yield OtherInput([("resize", words)], lambda tensor=tensor: tensor)  # type: ignore[misc]

    def beside(self, other: OtherInput) -> Iterable[OtherInput]:
        """None."""
        return ()
