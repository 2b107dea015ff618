"""What the tools share that load an ONNX file: the file is cut to what the job asks for."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graph_stack import GraphStack
from job_files import Weights
from network_file import NetworkFile
from onnx_cut import FLOAT_TENSOR, Cut, cut


class OnnxStack(GraphStack):
    """A `Stack` (see stack.py), except for `start`, `opened`, `called` and `describe`.

    built: who made the file, None before it is loaded; kind: see `cut`.
    """

    built: str | None = None
    file: str
    model: Any
    names: list[str]
    network: NetworkFile
    channels_last: bool = False
    kind: bytes = FLOAT_TENSOR

    def load_network(self, network: NetworkFile, weights: Weights, layers: list[str]) -> None:
        """Load an ONNX file. Raises ValueError for another format or an unknown layer."""
        if weights.format != "onnx":
            raise ValueError(
                f"weights have the format {weights.format!r}, expected 'onnx'; this tool loads "
                "ONNX files"
            )
        self.file, self.network = weights.file, network
        part = cut(weights.file, layers, self.kind)
        self.channels_last = takes_channels_last(part, network)
        self.model, self.names = self.opened(part, layers), layers
        by_us = part.producer == "netparity"
        self.built = "netparity, from the graph" if by_us else "the file"

    def opened(self, part: Cut, layers: list[str]) -> Any:
        """Return the tool's model of a part of the file, whose outputs are these layers."""
        raise NotImplementedError

    def called(self, model: Any, tensor: np.ndarray) -> list[np.ndarray]:
        """Return a model's outputs, in main memory, in the order in which they were asked for."""
        raise NotImplementedError

    def predict(self, tensor: np.ndarray) -> list[np.ndarray]:
        """Return one array per requested layer."""
        return self.called(self.model, tensor)

    def from_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """N x H x W x C to the order of the file."""
        return (
            np.ascontiguousarray(tensor) if self.channels_last else super().from_canonical(tensor)
        )

    def to_canonical(self, tensor: np.ndarray) -> np.ndarray:
        """The inverse of `from_canonical`."""
        return tensor if self.channels_last else super().to_canonical(tensor)

    def layer_calls(
        self, tensor: np.ndarray, layers: list[str]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        """Yield each layer and a function that computes a file that ends there."""
        computed = cut(self.file, layers, self.kind).values
        wanted = {node.name for node in self.network.nodes if not node.inner}
        names = [name for name in computed if name in wanted] or computed
        for name in names:
            model = self.opened(cut(self.file, [name], self.kind), [name])
            yield name, lambda model=model: self.called(model, tensor)  # type: ignore[misc]
            del model


def versions_of(tool: str, version: str) -> dict[str, str]:
    """Return the versions that every such tool records."""
    return {tool: version, "numpy": np.__version__, "python": platform.python_version()}


def takes_channels_last(part: Cut, network: NetworkFile) -> bool:
    """Return whether the file's input is N x H x W x C.

    Raises ValueError if its sizes are not those of the network.
    """
    [sizes] = part.inputs.values()
    expected = network.inputs[0].shape
    if len(expected) != 3 or fits(sizes[1:], (expected[2], *expected[:2])):
        return False
    if fits(sizes[1:], expected):
        return True
    raise ValueError(
        f"the file's input has the sizes {list(sizes)}, which are not those of the network, "
        f"{list(expected)}"
    )


def fits(stated: tuple[int | None, ...], sizes: tuple[int, ...]) -> bool:
    """Return whether sizes are those that a file states or leaves open."""
    return len(stated) == len(sizes) and all(
        size is None or size == other for size, other in zip(stated, sizes, strict=True)
    )
