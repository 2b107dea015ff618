"""Any network in PyTorch, built from network.json and its canonical weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]

from job_files import Preprocessing
from network_file import NetworkError, NetworkFile, NetworkNode
from torch_operations import OPERATIONS
from torch_step import Shape, Step

_FRESH = ("conv", "dense", "batch_norm", "add")
"""Operations whose result shares no memory with what they were given."""


class Graph(torch.nn.Module):  # type: ignore[misc]
    """The nodes that some outputs need. It takes N x C x H x W and returns a list of tensors.

    A value is kept only until the last node that reads it has been computed.
    """

    def __init__(self, source: str, steps: Mapping[str, Step], outputs: Sequence[str]) -> None:
        """Take the nodes up to the outputs.

        source: the name of the input; steps: by name, in an order of computation.
        """
        super().__init__()
        needed = set(outputs)
        for name in reversed(list(steps)):
            if name in needed:
                needed.update(steps[name].node.inputs)
        chosen = [step for name, step in steps.items() if name in needed]
        self.source, self.outputs = source, list(outputs)
        self.steps = torch.nn.ModuleList(chosen)
        last: dict[str, int] = {}
        for place, step in enumerate(chosen):
            last.update(dict.fromkeys([step.node.name, *step.node.inputs], place))
        self.forgotten = [
            [name for name, at in last.items() if at == place and name not in outputs]
            for place in range(len(chosen))
        ]
        # As in torchvision's networks: a second map of this size costs a fifth of VGG16's time.
        self.in_place = [
            step.node.op == "relu"
            and step.node.inputs[0] in forgotten
            and step.node.inputs[0] != source
            and steps[step.node.inputs[0]].node.op in _FRESH
            for step, forgotten in zip(chosen, self.forgotten, strict=True)
        ]

    def forward(self, x: Any) -> list[Any]:
        """Compute every output."""
        values = {self.source: x}
        plan = zip(self.steps, self.in_place, self.forgotten, strict=True)
        for step, in_place, forgotten in plan:
            node = step.node
            given = [values[name] for name in node.inputs]
            values[node.name] = torch.relu_(*given) if in_place else step(*given)
            for name in forgotten:
                del values[name]
        return [values[name] for name in self.outputs]


class GraphNetwork:
    """A network.json with its canonical weights."""

    def __init__(self, network: NetworkFile, tensors: Mapping[str, np.ndarray]) -> None:
        """Build every node.

        Raises NetworkError naming the node that PyTorch cannot compute or whose weights do not fit.
        """
        if len(network.inputs) != 1:
            raise NetworkError(
                f"network {network.name!r} has {len(network.inputs)} inputs, expected 1"
            )
        self.source = network.inputs[0].name
        shapes: dict[str, Shape] = {self.source: network.inputs[0].shape}
        self.steps: dict[str, Step] = {}
        for node in network.nodes:
            given = [shapes[name] for name in node.inputs]
            self.steps[node.name] = _step(node, given, network, tensors)
            shapes[node.name] = node.shape

    @property
    def timed(self) -> list[str]:
        """The nodes that the option `per_layer` times."""
        return [name for name, step in self.steps.items() if not step.node.inner]

    def own_transforms(self, preprocessing: Preprocessing) -> None:
        """Return None: no graph has transforms of its own."""

    def up_to(self, layers: list[str]) -> Graph:
        """Return the network that ends at these nodes. Raises NetworkError if it lacks one."""
        for layer in layers:
            if layer not in self.steps:
                raise NetworkError(
                    f"the network has no layer {layer!r}; ask for one of {list(self.steps)}"
                )
        return Graph(self.source, self.steps, layers)


def _step(
    node: NetworkNode,
    shapes: list[Shape],
    network: NetworkFile,
    tensors: Mapping[str, np.ndarray],
) -> Step:
    operation = OPERATIONS.get(node.op)
    if operation is None:
        raise NetworkError(
            f"node {node.name!r} ({node.op}) cannot be built in PyTorch; it has {list(OPERATIONS)}"
        )
    step = Step(node, shapes, _weights(node, network, tensors))
    try:
        step.call = operation(step)
    except (ValueError, TypeError, KeyError) as error:
        raise NetworkError(
            f"node {node.name!r} ({node.op}) cannot be built in PyTorch: {error}"
        ) from error
    step.given = {}
    return step


def _weights(
    node: NetworkNode, network: NetworkFile, tensors: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    found = {}
    for role, name in node.tensors.items():
        values, shape = tensors.get(name), network.tensors[name]
        if values is None or values.shape != shape:
            given = "none" if values is None else values.shape
            raise NetworkError(
                f"node {node.name!r} ({node.op}): the weights file has {given} for its {role} "
                f"{name!r}, expected {shape}"
            )
        found[role] = values
    return found
