"""What tools share that take every network as a graph and compute in N x C x H x W."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from job_files import Architecture, Preprocessing, Weights
from native_image import mean_image_of, normalised, resized
from network_file import NetworkFile
from stack import Description, Settings


class GraphStack:
    """A `Stack` (see stack.py), except for `start`, `load_network`, `predict` and `describe`.

    tensors: canonical weights by name, where the tool is given these.
    """

    tensors: Mapping[str, np.ndarray] = MappingProxyType({})

    def start(self, settings: Settings) -> None:
        """Import the tool and fix its settings."""
        raise NotImplementedError

    def load(self, architecture: Architecture, weights_file: str, layers: list[str]) -> None:
        """Refuse a job that names an architecture. Raises ValueError."""
        raise ValueError(
            "the job names an architecture, but this extractor takes a network.json only; give "
            "the job a 'network'"
        )

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Load or build the network that outputs these nodes."""
        raise NotImplementedError

    def preprocess(self, image_files: list[str], size: list[int]) -> np.ndarray:
        """Refuse images of a job that names an architecture. Raises ValueError."""
        raise ValueError("the job has images, but no 'network' with its preprocessing")

    def preprocess_as(
        self, image_files: list[str], shape: list[int], preprocessing: Preprocessing
    ) -> np.ndarray:
        """Decode and resize with Pillow, and normalise as the network states.

        Returns N x C x H x W float32. Raises ValueError naming the image.
        """
        size = image_size(shape)
        images = []
        for image_file in image_files:
            image = resized(decoded(image_file, preprocessing.order), size, preprocessing)
            images.append(np.asarray(image, np.float32).reshape(*size, -1))
        mean_image = mean_image_of(preprocessing, self.tensors)
        return self.from_canonical(normalised(np.stack(images), preprocessing, mean_image))

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested node."""
        raise NotImplementedError

    def from_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """N x H x W x C to N x C x H x W; other ranks stay."""
        return np.ascontiguousarray(tensor.transpose(0, 3, 1, 2) if tensor.ndim == 4 else tensor)

    def to_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """The inverse of `from_canonical`."""
        return np.ascontiguousarray(self.feature_to_canonical(tensor))

    def feature_to_canonical(self, feature: np.ndarray) -> np.ndarray:
        """N x C x H x W to N x H x W x C; other ranks stay."""
        return feature.transpose(0, 2, 3, 1) if feature.ndim == 4 else feature

    def layer_calls(
        self, tensor: np.ndarray, layers: list[str]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        """Refuse the option `per_layer`, which the runner does not offer."""
        raise NotImplementedError

    def describe(self) -> Description:
        """Say what runs."""
        raise NotImplementedError


def decoded(image_file: str, order: str) -> Any:
    """Return a Pillow image, grey for the order `grey`, else RGB. Raises ValueError naming it."""
    from PIL import Image

    try:
        with Image.open(image_file) as image:
            return image.convert("L" if order == "grey" else "RGB")
    except Exception as error:  # Pillow raises many types
        raise ValueError(f"image '{image_file}' cannot be read: {error}") from error


def image_size(shape: list[int]) -> tuple[int, int]:
    """Return height and width of a network's input. Raises ValueError if it is not an image's."""
    if len(shape) != 3:
        raise ValueError(f"the network's input has the shape {shape}, which is not an image's")
    return shape[0], shape[1]
