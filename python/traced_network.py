"""A PyTorch network as a graph in which every value has torchvision's name for it."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch  # type: ignore[import-not-found]
from torch import fx

_IN_PLACE = {operator.iadd: operator.add, operator.imul: operator.mul}


@dataclass(frozen=True)
class TracedNetwork:
    """A network, and the values in it that are features.

    names: as torchvision.models.feature_extraction has them (`layer1.0.conv1`, `layer1.0.add`,
    `layer1.0.relu_1`), in an order of computation; the last one is the network's output.
    """

    module: Any
    nodes: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """Return the names of all features."""
        return list(self.nodes)

    @property
    def aliases(self) -> dict[str, str]:
        """Return each module's name (`layer1`, `layer1.0`) with the last feature in it."""
        found = {}
        for name in self.names:
            parts = name.split(".")
            found.update({".".join(parts[:count]): name for count in range(1, len(parts))})
        return {alias: name for alias, name in found.items() if alias not in self.nodes}

    def returning(self, names: Sequence[str]) -> Any:
        """Return a module that computes these features, and no more than they need, as a tuple.

        Raises ValueError for a name that there is not.
        """
        unknown = [name for name in names if name not in self.nodes]
        if unknown:
            raise ValueError(f"the network has no value {unknown[0]!r}; it has {self.names}")
        graph = fx.Graph()
        copies: dict[Any, Any] = {}
        graph.graph_copy(self.module.graph, copies)
        graph.output(tuple(copies[self.nodes[name]] for name in names))
        module = fx.GraphModule(self.module, graph)
        module.graph.eliminate_dead_code()
        module.recompile()
        return module.eval()


def trace(torchvision: Any, model: Any, image: Any) -> TracedNetwork:
    """Return a network in evaluation mode as a graph.

    Unlike torchvision's own feature extraction, this looks into blocks such as
    Conv2dNormActivation, whose layers then have the names of their modules.

    Args:
        torchvision: the module.
        model: the network.
        image: an input, N x C x H x W.
    """
    from torchvision.models.feature_extraction import (  # type: ignore[import-not-found]
        NodePathTracer,
    )

    tracer = NodePathTracer(
        autowrap_modules=(math, torchvision.ops),
        leaf_modules=[torchvision.ops.StochasticDepth, torchvision.ops.Permute],
    )
    graph = tracer.trace(model)
    for node in graph.nodes:
        node.target = _IN_PLACE.get(node.target, node.target)
        if node.kwargs.get("inplace"):  # so that every value stays as it was
            node.kwargs = {**node.kwargs, "inplace": False}
    values = _Values(fx.GraphModule(tracer.root, graph).eval())
    with torch.no_grad():
        values.run(image)
    features = {
        name: node
        for node, name in tracer.node_to_qualname.items()
        if node.op != "placeholder" and node in values.images
    }
    return TracedNetwork(values.module, features)


class _Values(fx.Interpreter):  # type: ignore[misc]
    """Computes a graph; `images` are the nodes whose values are made of the image's."""

    def __init__(self, module: Any) -> None:
        super().__init__(module)
        self.images: set[Any] = set()

    def run_node(self, n: Any) -> Any:
        """Compute one node."""
        value = super().run_node(n)
        is_map = isinstance(value, torch.Tensor) and value.is_floating_point() and value.ndim > 1
        if is_map and (n.op == "placeholder" or self.images & set(_sources(n))):
            self.images.add(n)
        return value


def _sources(node: Any) -> Iterator[Any]:
    """Yield what a node computes with; several values in one, as of `chunk`, are looked through."""
    for source in node.all_input_nodes:
        yield source
        if source.op != "placeholder":
            yield from source.all_input_nodes
