"""What is the same for every process of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.networks import Layer, Network
from netparity.protocol import InputKind
from netparity.runners import Runner
from netparity.system.launch import Limits
from netparity.weights import WeightSet


@dataclass(frozen=True)
class Graph:
    """A network that tools load or build from a file, rather than by its architecture's name.

    Attributes:
        file: network.json.
        weight_files: the network with its weights, or its weights alone, by network format.
        names: network format to node to the name of its output in the tool.
        mean_image: the mean image as .npy, if the preprocessing subtracts one.
        own_formats: by label, what a runner gets that loads a file of its own framework's.
    """

    file: Path
    weight_files: Mapping[str, Path]
    names: Mapping[str, Mapping[str, str]]
    mean_image: Path | None = None
    own_formats: Mapping[str, str] = field(default_factory=dict)

    def format_for(self, runner: Runner) -> str:
        """The network format that a runner gets."""
        return self.own_formats.get(runner.label, runner.network_format)


@dataclass(frozen=True)
class Assignment:
    """What is the same for every process of a run.

    Attributes:
        weight_files: weights by format, for the runners that build a VGG network by themselves.
        tensor: the shared input, N x H x W x C, which lies in the file `shared_input` too.
        options: what every extractor is told beside its runner's own keys.
        graph: the network's files for all other runners; None if there are none.
    """

    model: Network
    layers: Sequence[Layer]
    weights: WeightSet
    weight_files: Mapping[str, Path]
    images: Sequence[Path]
    tensor: npt.NDArray[np.float32]
    shared_input: Path
    threads: int
    warmup: int
    repeats: int
    timeout_seconds: float
    limits: Limits = field(default_factory=Limits)
    options: Mapping[str, str] = field(default_factory=dict)
    graph: Graph | None = None

    @property
    def kinds(self) -> tuple[InputKind, ...]:
        """The inputs that features are computed from: without images, only the shared one."""
        return ("shared", "native") if self.images else ("shared",)

    def graph_for(self, runner: Runner) -> Graph | None:
        """What a runner is told about the graph; None if it builds a VGG network by itself."""
        return None if runner.weights_format in self.weight_files else self.graph

    def name_for(self, runner: Runner, layer: Layer) -> str:
        """What a runner's extractor calls a layer."""
        graph = self.graph_for(runner)
        if graph is None:
            return runner.layer_name(layer)
        return graph.names[graph.format_for(runner)][layer.name]
