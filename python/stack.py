"""What an extractor asks of a framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from job_files import Architecture


@dataclass(frozen=True)
class Settings:
    """What a stack must know before its framework is imported."""

    data_format: str
    threads: int | None
    options: dict[str, Any]


@dataclass(frozen=True)
class Description:
    """What ran: see the keys of the same names in result.json."""

    code: str
    versions: dict[str, str]
    threads_found: int | None
    blas: str | None
    flags: dict[str, str]


class Stack(Protocol):
    """One framework. Tensors are N x H x W x C or N x C x H x W float32, as Settings say."""

    def start(self, settings: Settings) -> None:
        """Import the framework and set it up. No other method may be called before."""

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """Build the model that outputs these layers, with the weights in memory."""

    def preprocess(self, image_files: list[str], size: list[int]) -> np.ndarray:
        """Decode, resize to [height, width] and normalise as this tool's users do."""

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer, in the tool's own data format."""

    def from_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """N x H x W x C RGB to what `predict` takes."""

    def to_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """What `preprocess` returns to N x H x W x C RGB."""

    def feature_to_canonical(self, feature: np.ndarray) -> np.ndarray:
        """What `predict` returns to N x H x W x C or N x K."""

    def layer_calls(
        self, tensor: np.ndarray, layers: list[str]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each layer's name and a call that computes the network up to it and no further.

        The last is the last of `layers`. A call is valid until the next is asked for.
        """

    def describe(self) -> Description:
        """Say what is in force now; called after `start` and again at the end."""
