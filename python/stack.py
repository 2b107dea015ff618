"""What an extractor needs from a framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from job_files import Architecture, Preprocessing, Weights
from network_file import NetworkFile


@dataclass(frozen=True)
class Settings:
    """What a stack needs before its framework is imported."""

    data_format: str
    threads: int | None
    options: dict[str, Any]


@dataclass(frozen=True)
class Description:
    """What runs; result.json has keys of the same names.

    built: who built the network, None before `load`.
    """

    code: str
    versions: dict[str, str]
    threads_found: int | None
    blas: str | None
    flags: dict[str, str]
    built: str | None = None


class Stack(Protocol):
    """One framework. Tensors are float32, in the data format of its Settings."""

    def start(self, settings: Settings) -> None:
        """Import the framework and set it up; called before any other method."""

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """Build the VGG model that outputs these layers, with its weights in memory."""

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Load or build any network that outputs these layers, with its weights in memory.

        From now on, a tensor's channels are in the network's own order.
        """

    def preprocess(self, image_files: list[str], size: list[int]) -> np.ndarray:
        """Decode, resize to [height, width] and normalise as this tool's users do."""

    def preprocess_as(
        self, image_files: list[str], shape: list[int], preprocessing: Preprocessing
    ) -> np.ndarray:
        """Decode, resize and normalise as the network states, to H x W x C of `shape`."""

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer, in the tool's own data format."""

    def from_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """Convert the shared input, N x H x W x C, to what `predict` takes."""

    def to_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """Convert what `preprocess` returns to the shared input's order, N x H x W x C."""

    def feature_to_canonical(self, feature: np.ndarray) -> np.ndarray:
        """Convert an array that `predict` returns to N x H x W x C or N x K."""

    def layer_calls(
        self, tensor: np.ndarray, layers: list[str]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each layer's name and a function that computes the network up to this layer.

        The last layer is the last of `layers`. A function is valid until the next is yielded. Only
        needed for the option `per_layer`.
        """

    def describe(self) -> Description:
        """Return the versions and settings in force; called after `start` and again at the end."""
